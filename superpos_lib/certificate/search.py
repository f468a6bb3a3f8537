"""One clip: branch and bound over the active inputs, one at a time.

Lemma 1 (one input at a time). Let f be convex, z a number, and x_1, ..., x_k numbers. Then

    f(z + x_1 + ... + x_k) <= f(z) + sum over j of (f(z + k x_j) - f(z)) / k.

Proof. z + x_1 + ... + x_k is the mean of the k numbers z + k x_j: Jensen. ∎

Lemma 2 (clipped). Let f = min(cap, g), g convex. Then also

    f(z + x_1 + ... + x_k) <= f(z) + sum over j of c_j,
    c_j = (g(z + k x_j) - g(z)) / k, but at least 0 and at most cap - f(z).

Proof. If some c_j is cap - f(z), or f(z) = cap, the right side is at least cap. Else f(z) = g(z), no
term was lowered, and by Lemma 1 for g the right side is at least g(z + x_1 + ... + x_k), so at least f
there. ∎

How far f can fall below f(z), up to where it would be 0, is a clipped convex function of what is added,
too: Lemma 2 bounds deficits as well as excesses.

Search. Let k more inputs join those in P. The read-out of output i is a sum over a few rows of q_r
f_r, f_r as above, q_r of either sign. By the lemmas it rises by no more than the sum of numbers c(j), one
for each input that joins; so by no more than the k largest of them. If that settles all sets above P, we
are done with P. If not, any set that is not settled contains a j with c(j) at least the k-th part of what
is missing. Each such j joins P in its turn, with those before it barred and k - 1 to come. Where one is
to come, the read-out is computed exactly, for all inputs at once, and what reaches the threshold is run
through the network. For an output that should be false, P starts empty, and no set contains both inputs
of its pair; for one that should be true, P starts with the pair, and the signs are turned.

Nearly everybody moves nothing. A clip that is dark stays dark for whoever is not loud, and one that is lit
stays lit: their c(j) are 0. And a row adds no more to c(j) than q_r times the room up to its cap. So c is
computed only for those who move so many rows that c(j) can be the k-th part of what is missing. For each
row those who move it are listed once for each loudness that is asked for.

A detector is an extra term in a row, w relu(z'), w < 0. Where the row may rise, what the detector takes
for sure is taken, whichever k inputs join; where it may fall, Lemma 1 bounds the term itself.
"""

import numpy as np

from .._matrices import entries
from ..problems import TwoAnd
from .heard import additive, relu, second
from .suspects import GaveUp

__all__ = ["settle_one_clip"]

# So many sets P are looked at, and SETS more for each output.
NODES, SETS = 400_000, 16
# Lists of so many inputs in all are kept.
KEPT = 2**26
# By more than rounding.
NEARLY = 1 - 1e-9


class Loud:
    """Which inputs move unit u of the first layer below a level, A[u, j] < level, or above it."""

    def __init__(self, A):
        self.A, self.found, self.kept = A, {}, 0

    def __call__(self, unit, level, sign):
        """The j with sign A[unit, j] < level, and perhaps a few more: levels are rounded up."""
        size, power = np.frexp(level + abs(level) * 1e-9)
        key = unit, float(np.ldexp(np.ceil(np.ldexp(size, 6)), power - 6)), sign
        if key not in self.found:
            listed = np.flatnonzero(sign * self.A[unit] < key[1]).astype(np.int32)
            if self.kept + len(listed) > KEPT:
                self.found.clear()
                self.kept = 0
            self.found[key] = listed
            self.kept += len(listed)
        return self.found[key]


class Output:
    """The read-out of one output, sign * (constant + sum of q_r h_r): its value, and bounds for it."""

    def __init__(self, rows, q, which, loud, bias, extras):
        self.q = q[:, None]
        self.w, self.b = rows.w[which][:, None], rows.b[which][:, None]
        self.clipped = self.w < 0
        self.loud, self.A, self.units = loud, loud.A, rows.main[which][:, None]
        self.z = bias[self.units]
        place, self.extra_w, unit = extras
        self.place, self.extra_w, self.extra_units = place, self.extra_w[:, None], unit[:, None]
        self.extra_z = bias[self.extra_units]
        # What each extra term adds to each row.
        self.spread = np.zeros((len(which), len(place)))
        self.spread[place, np.arange(len(place))] = self.extra_w[:, 0]

    def start(self):
        return self.z, self.extra_z

    def join(self, state, j):
        """What is heard when input j joins in."""
        return state[0] + self.A[self.units, [j]], state[1] + self.A[self.extra_units, [j]]

    def value(self, state):
        """Exactly, apart from rounding, with nobody more."""
        return self._value(*state)[0]

    def values(self, state, places):
        """Exactly, apart from rounding, with each of these inputs more."""
        return self._value(
            state[0] + self.A[self.units, places], state[1] + self.A[self.extra_units, places]
        )

    def movers(self, state, allowed, k, least):
        """Those of the allowed inputs for which `bound` has c at least `least` > 0, and perhaps more."""
        if len(self.place) or not self.clipped.all():
            return np.flatnonzero(allowed)
        z, q, w, b = (one[:, 0] for one in (state[0], self.q, self.w, self.b))
        # A row rises if z + k x falls below both what it hears and what wakes it, up to its cap; it falls,
        # down to 0, if z + k x is above what it hears.
        up, floor, f = q > 0, relu(z), relu(b + w * relu(z))
        room = abs(q) * np.where(up, relu(b) - f, f)
        level = np.where(up, np.minimum(floor, b / -w) - z, z - floor) / k
        rows = np.flatnonzero(room > 0)
        listed = [self.loud(self.units[r, 0], level[r], 1 if up[r] else -1) for r in rows]
        places = np.concatenate([np.zeros(0, dtype=np.int32), *listed])
        room = np.repeat(room[rows], [len(one) for one in listed])
        moved = np.bincount(places, room, len(allowed))
        return np.flatnonzero(allowed & ~(moved < NEARLY * least))

    def _value(self, z, extra_z):
        heard = self.b + self.w * relu(z)
        if len(self.place):
            heard += self.spread @ relu(extra_z)
        return (self.q * relu(heard)).sum(axis=0)

    def _silence(self, state, places, k):
        """What detectors take from each row at least, negative, whichever k inputs join."""
        said = self.A[self.extra_units, places]
        quietest = np.minimum(said.min(axis=1, initial=0, keepdims=True), 0)
        return np.minimum(self.spread, 0) @ relu(state[1] + k * quietest)

    def bound(self, state, places, k):
        """(base, c): at most base plus the k largest of c, for up to k of these inputs more."""
        z, extra_z = state
        x, up, w = self.A[self.units, places], self.q > 0, self.w
        b = self.b + np.where(up, self._silence(state, places, k), 0)
        cap = relu(b)
        f = relu(b + w * relu(z))
        # Clipped, f = relu(b + w relu(z)) with w < 0: min(cap, g) for g = relu(b + w z), convex. It may
        # rise to cap, and it may fall by min(cap, |w| relu(z)), again a clipped convex function.
        far = z + k * x
        rise = np.clip((relu(b + w * far) - relu(b + w * z)) / k, 0, cap - f)
        fallen = np.minimum(cap, -w * relu(z))
        fall = np.clip(-w * (relu(far) - relu(z)) / k, 0, relu(cap - fallen))
        if not self.clipped.all():
            # Convex, w >= 0. It stays above its tangent, and above its least value, relu(b).
            convex = (relu(b + w * relu(far)) - f) / k
            tangent = np.where((z > 0) & (b + w * z > 0), w, 0)
            drop = np.minimum(f - cap, tangent * relu(-x))
            rise, fall = np.where(self.clipped, rise, convex), np.where(self.clipped, fall, drop)
        base = (self.q * f).sum()
        c = (abs(self.q) * np.where(up, rise, fall)).sum(axis=0)
        if len(self.place):
            # An extra term lifts h by at most its value if its weight is positive, else lowers it.
            share = self.q[self.place] * self.extra_w
            share = np.where((self.extra_w > 0) == up[self.place], share, 0)
            now = relu(extra_z)
            base += (share * now).sum()
            c = c + (share * (relu(extra_z + k * self.A[self.extra_units, places]) - now) / k).sum(axis=0)
        return base, relu(c)


def settle_one_clip(stages, tail, problem, v, suspects):
    """Branch and bound for every output: what it leaves open is in `suspects`, or `GaveUp` is raised."""
    network, margin = suspects.network, suspects.margin
    rows, loud, bias = second(stages), Loud(additive(stages[0], network)), stages[0].bias
    output, row, weight = entries(tail.matrix())
    order = np.argsort(output, kind="stable")
    output, row, weight = output[order], row[order], weight[order]
    ends = np.searchsorted(output, np.arange(problem.outputs + 1))
    needed = problem.pairs if isinstance(problem, TwoAnd) else problem.order[:, None]
    extra_row, extra_w, extra_unit = rows.extras
    nodes = 0
    for i in range(problem.outputs):
        which, q = row[ends[i] : ends[i + 1]], weight[ends[i] : ends[i + 1]]
        place = np.full(len(rows.b), -1)
        place[which] = np.arange(len(which))
        kept = place[extra_row] >= 0 if len(extra_row) else np.zeros(0, dtype=bool)
        extras = (place[extra_row[kept]], extra_w[kept], extra_unit[kept])
        limit = network.threshold - tail.bias[i]
        together = needed[i].tolist()
        for sign in (1, -1):
            if sign < 0 and len(together) > v:
                continue
            read = Output(rows, sign * q, which, loud, bias, extras)
            state, allowed = read.start(), np.ones(problem.inputs, dtype=bool)
            if sign < 0 or len(together) == 1:
                allowed[together] = False
            chosen = () if sign > 0 else tuple(together)
            for j in chosen:
                state = read.join(state, j)
            stack = [(chosen, state, allowed, v - len(chosen))]
            while stack:
                nodes += 1
                if nodes > NODES + SETS * problem.outputs:
                    raise GaveUp(
                        f"on output {i} of {problem.outputs}: after {nodes - 1:,} steps of branch and bound"
                    )
                look(read, stack, sign * limit - margin, together if sign > 0 else (), suspects)


def look(read, stack, limit, together, suspects):
    """One set P of the search: settle it, or put those that follow from it on the stack."""
    chosen, state, allowed, k = stack.pop()
    missing = limit - read.value(state)
    settled = missing > 0
    if not settled:
        suspects.add(chosen)
    if k == 0:
        return
    places = read.movers(state, allowed, k, missing / k) if settled else np.flatnonzero(allowed)
    if k == 1:
        for j in places[~(read.values(state, places) < limit)]:
            suspects.add((*chosen, j))
        return
    base, c = read.bound(state, places, k)
    missing = limit - base
    branch = np.flatnonzero(~(c < missing / k))
    branch = branch[np.argsort(-c[branch], kind="stable")]
    barred = allowed.copy()
    for j in places[branch]:
        barred[j] = False
        follow = barred.copy()
        if j in together:
            follow[together] = False
        stack.append(((*chosen, j), read.join(state, j), follow, k - 1))
