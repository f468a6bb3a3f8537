"""Two clips and four active inputs or more: branch and bound over what their pairs light.

Lemma 3 gives a list: e_p(r), what row r of the second clip hears of the pair p at most. An output that
should be false is read, on S, as at most the sum over its few rows of q_r t_r(sum of e_p(r) over the
pairs p in S).

Lemma 5 (one input more, and its pairs). Let t = min(cap, g), g convex and rising. Let the k inputs T join
those in P. Let b be what a row hears of the pairs in P, and E_j what it hears of the pairs of j with P. For
any λ, μ >= 0 with k λ + μ k (k - 1) / 2 = 1

    t(b + sum of E_j over T + sum of e_p over the pairs p in T) <= t(b) + sum of λ(j) + sum of μ(p),

where λ(j) = λ (g(b + E_j / λ) - g(b)) and μ(p) = μ (g(b + e_p / μ) - g(b)), but none of them is more than
cap - t(b). Add this up over an output's rows, with q_r, and keep the names. Let c(j) be λ(j) and half of
the k - 1 largest μ(p) with j in p. Then no k inputs can add more to the read-out than the k largest c(j).

Proof. What t is applied to is the mean, with weights λ and μ, of all b + E_j / λ and b + e_p / μ. So this
is Lemma 2 with unequal weights, and proved in the same way. Each j in T is in k - 1 pairs of T, and each
pair has two ends: the sum of μ(p) over the pairs in T is at most the sum of the halves. ∎

So the search is that of one clip. It starts with P empty and λ = 0, never takes both inputs of the output,
and runs the network on what is left where the last input joins. Pairs that say next to nothing to all rows
of the output are left out of the list. K = v (v - 1) / 2 times that is added to every b.

For an output that should be true, P starts as its pair. The first clip's rows that the pair lights may be
darkened, by strangers or by detectors: one input at a time, by Lemmas 1 and 2. The negative weights of
the second matrix take away no more than the pairs in S light there. Both are deficits, and Lemma 5 bounds
them, a clipped convex function of what is taken.
"""

import numpy as np

from .._matrices import entries, from_entries
from .heard import relu
from .suspects import GaveUp

__all__ = ["settle_crowds"]

# So many sets P are looked at, for all outputs.
NODES = 200_000
# All that is left out of the list is at most this share of what moves a row from its rest.
LEFT_OUT = 1 / 16
# Where inputs join others, the pairs among them have this much of the weight in Lemma 5.
PAIRED = 0.2
# Rounding errors in sums of numbers that are not negative are below this share of them.
NEARLY = 1 - 1e-6


def settle_crowds(first, last, listed, read_out, limit, problem, v, suspects):
    """Lemma 5 and its search, for every output: what it leaves open is in `suspects`, or it gives up."""
    keys, lit, amounts = listed
    starts = np.flatnonzero(np.diff(keys, prepend=-1))
    pairs = np.stack(np.divmod(keys[starts], problem.inputs + 1), axis=1)
    which = np.repeat(np.arange(len(starts)), np.diff(starts, append=len(keys)))
    lights = from_entries(which, lit, amounts, (len(starts), last.weights.shape[1]))
    everyone = np.ones(problem.inputs + 1, dtype=bool)
    suspects.add(())
    nodes = 0
    for i, (rows, weights) in enumerate(_rows_of(read_out)):
        own = np.sort(problem.pairs[i])
        others = everyone.copy()
        others[own] = False
        false = _Crowd(pairs, lights, last, rows, weights, own, v, len(everyone))
        for crowd, goal, state in (
            (false, NEARLY * (limit[i] - suspects.margin), ((), everyone, v)),
            (
                false.turned(first),
                (limit[i] + suspects.margin) / NEARLY,
                (tuple(own.tolist()), others, v - 2),
            ),
        ):
            stack = [state]
            while stack:
                nodes += 1
                if nodes > NODES:
                    raise GaveUp(
                        f"on output {i} of {problem.outputs}: after {NODES:,} steps of branch and bound"
                    )
                chosen, allowed, k = stack.pop()
                missing = crowd.missing(chosen, goal)
                if not missing > 0:
                    suspects.add(_people(chosen, problem))
                    suspects.run()
                    raise GaveUp(f"on output {i}: by the bounds it may be wrong with {list(chosen)} active")
                if k == 1:
                    for j in crowd.last(chosen, allowed, missing):
                        suspects.add(_people((*chosen, j), problem))
                else:
                    stack.extend(crowd.follow(chosen, allowed, k, missing))


def _people(chosen, problem):
    """Without the column that stands for nobody."""
    return [j for j in chosen if j < problem.inputs]


def _rows_of(read_out):
    """(rows, weights) of each output."""
    output, row, weight = entries(read_out)
    order = np.argsort(output, kind="stable")
    ends = np.searchsorted(output[order], np.arange(1, read_out.shape[0]))
    return zip(np.split(row[order], ends), np.split(weight[order], ends), strict=True)


class _Crowd:
    """One output, as it should be false: what its rows hear, and how far that is from making it true.

    `says[p]` is what the rows hear of pair p of `pairs`, `alone[j]` of input j by itself. It is taken from
    `heard`, or added with `sign` -1, where it may make the output false: low is loud.
    """

    sign = 1

    def __init__(self, pairs, lights, last, rows, weights, own, v, inputs):
        self.all_pairs, self.lights, self.own, self.v = pairs, lights, own, v
        self.matrix, self.weights = last.weights[rows], weights
        self.w, self.b, self.heard = last.w[rows], last.b[rows], last.rest[rows]
        self.gap = self.heard - last.wakes[rows]
        self._list(relu(-self.matrix), (pairs != own).any(axis=1))
        self.alone = np.zeros((inputs, len(rows)))

    def _list(self, matrix, kept):
        """Which pairs count, and what the rows hear of them through this matrix."""
        among = self.v * (self.v - 1) // 2
        says = np.asarray(self.lights @ matrix.T)
        self.slack = LEFT_OUT * self.gap
        counts = kept & (says > self.slack / among).any(axis=1)
        self.pairs, self.says = self.all_pairs[counts], says[counts]

    def turned(self, first):
        """The same output, as it should be true: P starts as its pair."""
        crowd = object.__new__(_Crowd)
        vars(crowd).update(vars(self))
        crowd.sign = -1
        everywhere = np.arange(len(first.rest))
        z = first.rest + first.weights[:, self.own].sum(axis=1)
        pair = np.tile(self.own, (len(z), 1))
        lit = first(z, silence=first.detectors.silence(everywhere, pair))
        crowd.heard = self.heard - relu(-self.matrix) @ lit
        crowd._list(relu(self.matrix), np.ones(len(self.all_pairs), dtype=bool))
        which = np.flatnonzero(lit)
        crowd.alone = _darkened(first, which, z[which], lit[which], self.own, self.v - 2).T
        crowd.alone = crowd.alone @ relu(-self.matrix[:, which]).T
        return crowd

    def _state(self, chosen):
        """(what the rows read now, the linear part of what may be added, its ceiling)."""
        ends = np.isin(self.pairs, chosen).all(axis=1)
        joined = [j for j in chosen if j not in self.own]
        said = self.slack + self.says[ends].sum(axis=0) + self.alone[joined].sum(axis=0)
        linear, cap = self.b + self.w * (self.heard - self.sign * said), relu(self.b)
        now = np.clip(linear, 0, cap)
        if self.sign > 0:
            return now, linear, cap - now
        return now, -relu(linear - cap), now

    def missing(self, chosen, goal):
        """How far the inputs `chosen`, by themselves, are from the goal."""
        now, _, _ = self._state(chosen)
        return self.sign * (goal - now @ self.weights)

    def _adds(self, state, says, weight):
        """λ(j) or μ(p) of Lemma 5, for each row of `says`."""
        _, linear, ceiling = state
        rise = relu(linear - self.w * says / weight) - relu(linear)
        return np.minimum(weight * rise, ceiling) @ self.weights

    def _joining(self, chosen):
        """E_j for every input j, shape (m + 1, rows)."""
        inside = np.isin(self.pairs, chosen)
        one = inside.any(axis=1) & ~inside.all(axis=1)
        E = self.alone.copy()
        np.add.at(E, np.where(inside[one, 0], self.pairs[one, 1], self.pairs[one, 0]), self.says[one])
        return E

    def last(self, chosen, allowed, missing):
        """The inputs that may, as the last to join, bring the output to its goal."""
        added = self._adds(self._state(chosen), self._joining(chosen), 1.0)
        return np.flatnonzero(allowed & ~(added < missing)).tolist()

    def follow(self, chosen, allowed, k, missing):
        """The sets to look at next; none if no k inputs can add what is missing."""
        state, pairs = self._state(chosen), k * (k - 1) // 2
        free = allowed[self.pairs].all(axis=1)
        among = self._adds(state, self.says[free], PAIRED / pairs if chosen else 1 / pairs)
        c = _halves(self.pairs[free], among, k - 1, len(allowed))
        if chosen:
            c += self._adds(state, self._joining(chosen), (1 - PAIRED) / k)
        c[~allowed] = 0
        if np.sort(c)[-k:].sum() < missing:
            return []
        branch = np.flatnonzero(allowed & ~(c < missing / k))
        barred, found = allowed.copy(), []
        for j in branch[np.argsort(-c[branch], kind="stable")].tolist():
            barred[j] = False
            after = barred.copy()
            if j in self.own:
                after[self.own] = False
            found.append(((*chosen, j), after, k - 1))
        return found


def _halves(pairs, values, most, size):
    """For each of `size` inputs half of the `most` largest values of its pairs."""
    end, value = pairs.T.ravel(), np.tile(values, 2)
    order = np.lexsort((-value, end))
    end, value = end[order], value[order]
    rank = np.arange(len(end)) - np.searchsorted(end, end, side="left")
    return np.bincount(end[rank < most], value[rank < most], size) / 2


def _darkened(first, rows, z, lit, pair, k):
    """How much of `rows`, lit by `pair`, each input can take as one of k, shape (rows, m + 1)."""
    w, cap = first.w[rows, None], relu(first.b[rows, None])
    z = z[:, None]
    fallen = np.minimum(cap, -w * relu(z))
    fall = -w * (relu(z + k * first.weights[rows]) - relu(z)) / k
    taken = np.clip(fall, 0, relu(cap - fallen))
    row, gain, rest, weights = vars(first.detectors).values()
    place = np.full(len(first.rest), -1)
    place[rows] = np.arange(len(rows))
    mine = np.flatnonzero(place[row] >= 0)
    heard = (rest[mine] + weights[mine][:, pair].sum(axis=1))[:, None]
    more = gain[mine, None] * (relu(heard + k * weights[mine]) - relu(heard)) / k
    np.add.at(taken, place[row[mine]], relu(more))
    return np.minimum(taken, lit[:, None])
