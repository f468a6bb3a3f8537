"""Two clips, one after the other: what a set of active inputs lights is what its pairs light.

A row of the first clip is lit where it hears much, and dark at rest: h_r is 0 there, and rises with what is
heard up to a cap. Let S have at most v members, and let p(r) be the two of them that row r hears loudest.

Lemma 3 (pairs). h_r(S) <= a_r(p(r)), where a_r(j, k) is h_r for what the louder of j and k says and, if
that is anything, v - 1 times what the other says. So row by row h(S) <= sum of a(p) over the pairs p in S.

Proof. Each of the others says no more than the second loudest, and h_r rises with what it hears. All
amounts are at least 0, and p(r) is one of the pairs. ∎

A detector takes from the row at least what it takes for p(r) and the v - 2 others that quieten it most.
This much may be taken from a_r(p): rows that two detected inputs have in common then count for nothing.

The rows of the second clip hear of the pair p at most e_p = (positive part of the second matrix) a(p). They
are t_r = min(cap_r, g_r), g_r convex, 0 at rest and rising. So an output that reads them with weights
q_r >= 0 is read as at most the sum of q_r t_r(sum of e_p(r) over p in S).

Lemma 4 (one pair). Let K = v (v - 1) / 2. If that reaches a limit, then S has a pair p for which the sum of
q_r min(cap_r, g_r(K e_p(r)) / K) reaches the K-th part of the limit.

Proof. S has at most K pairs. By Lemma 2, from rest, what is read is at most the sum of these terms. ∎

For v = 2 S is the pair, and the network is run on each that Lemma 4 leaves. For v = 3 every third input
is tried with these pairs, and with the pair of each output, by bounds that are exact but for what quiet
inputs do to a row on its slope. The network itself is run on what is left. For v >= 4 see `crowds`.
"""

import itertools
from dataclasses import dataclass

import numpy as np

from .._matrices import as_dense, entries, from_entries
from ..problems import TwoAnd
from .crowds import settle_crowds
from .heard import additive, relu, second
from .suspects import BATCH, GaveUp

__all__ = ["settle_two_clips"]

# At most so many pairs are listed, row by row, and so many completed by a third input.
LISTED, JOBS = 2**25, 150_000
# So many of the loudest inputs of a row are told apart where the others make little difference.
LOUD = 64
# Less than what is needed to move a row from its rest, by more than rounding errors of its sum.
NEARLY = 1 - 1e-6


@dataclass(frozen=True, eq=False)
class Detectors:
    """Units that take gain relu(rest + weights . x) from their rows; sorted by row."""

    row: np.ndarray
    gain: np.ndarray
    rest: np.ndarray
    weights: np.ndarray

    def silence(self, rows, active, spare=0.0):
        """What they take from `rows` where `active`, shape (rows, k), are on, hearing `spare` more."""
        taken = np.zeros(len(rows))
        first = np.searchsorted(self.row, rows, side="left")
        count = np.searchsorted(self.row, rows, side="right") - first
        which = np.repeat(np.arange(len(rows)), count)
        if len(which):
            place = np.arange(len(which)) - np.repeat(np.cumsum(count) - count, count) + first[which]
            heard = self.rest + spare
            heard = heard[place] + self.weights[place[:, None], active[which]].sum(axis=1)
            np.add.at(taken, which, self.gain[place] * relu(heard))
        return taken


@dataclass(frozen=True, eq=False)
class Clips:
    """h_r = relu(b_r + w_r relu(rest_r + weights_r . x) - silence_r): 0 at rest, asleep above `wakes`."""

    weights: np.ndarray
    rest: np.ndarray
    w: np.ndarray
    b: np.ndarray
    detectors: Detectors

    @property
    def wakes(self):
        return self.b / -self.w

    def __call__(self, heard, rows=slice(None), silence=0.0):
        return relu(self.b[rows] + self.w[rows] * relu(heard) - silence)


def clips(weights, bias, stage):
    """The rows of `stage`, each hearing one unit of bias + weights x, and some of them detectors."""
    rows = second([None, stage])
    row, gain, unit = rows.extras
    order = np.argsort(row, kind="stable")
    row, gain, unit = row[order], -gain[order], unit[order]
    found = Clips(
        weights[rows.main], bias[rows.main], rows.w, rows.b, Detectors(row, gain, bias[unit], weights[unit])
    )
    if not ((rows.w < 0).all() and (gain >= 0).all() and (found.wakes < found.rest).all()):
        raise GaveUp("as a row is no clip that is dark at rest")
    return found


def settle_two_clips(stages, tail, problem, v, suspects, error):
    """Lemmas 3 and 4, and 5 from v = 4 on: what they leave open is in `suspects`, or `GaveUp` is raised."""
    m, read_out = problem.inputs, tail.matrix()
    if v == 1:
        for active in [(), *((j,) for j in range(m))]:
            suspects.add(active)
        return
    if not isinstance(problem, TwoAnd):
        raise GaveUp("as there are bounds for two clips only where the problem is a TwoAnd")
    if (entries(read_out)[2] < 0).any():
        raise GaveUp("as a read-out has negative weights")
    # One column more, for nobody: the pair of an input and nobody is that input alone.
    A = np.pad(additive(stages[0], suspects.network), ((0, 0), (0, 1)))
    first = clips(A, stages[0].bias, stages[1])
    last = clips(as_dense(stages[2].matrix()), stages[2].bias, stages[3])
    if len(last.detectors.row):
        raise GaveUp("as the second clip has detectors")
    limit, margin = suspects.network.threshold - tail.bias, suspects.margin
    if not (limit > margin).all():
        raise GaveUp(f"on output {int(np.argmin(limit))}: it is true at rest")
    listed = lit_pairs(first, v, 2 * error[0])
    if v > 3:
        settle_crowds(first, last, listed, read_out, limit, problem, v, suspects)
        return
    pairs, outputs = near(*listed, last, read_out, limit - margin, problem, v)
    if len(outputs) > JOBS:
        raise GaveUp(f"on {len(outputs):,} pairs that might make another output true; at most {JOBS:,}")
    if v == 2:
        sets = itertools.chain([()], problem.pairs.tolist(), np.unique(pairs, axis=0).tolist())
    else:
        one_more = OneMore(first, last, read_out, problem)
        true = one_more.sets(problem.pairs, np.arange(problem.outputs), -limit - margin, -1)
        sets = itertools.chain([()], true, one_more.sets(pairs, outputs, limit - margin, 1))
    for active in sets:
        suspects.add([j for j in active if j < m])


def lit_pairs(first, v, margin):
    """(keys, rows, amounts), by key: which rows each pair j < k lights, or may with v - 2 others.

    Whoever else is active, a row hears at most as much as its loudest input says, and v - 1 times the
    second loudest. The key is j (m + 1) + k; the amounts are upper bounds.
    """
    columns, detectors = first.weights.shape[1], first.detectors
    keys, lit, amounts, listed = [], [], [], 0
    quieter = (v - 2) * np.minimum(detectors.weights.min(axis=1, initial=0), 0) - margin
    for r, (weights, rest, wakes) in enumerate(zip(first.weights, first.rest, first.wakes, strict=True)):
        order = np.argsort(weights, kind="stable")
        loud = -weights[order]
        others = (v - 1) * relu(loud)
        reach = np.searchsorted(-loud, others - (rest - wakes - margin), side="left")
        reach = np.minimum(reach, np.arange(columns))
        listed += int(reach.sum())
        if listed > LISTED:
            raise GaveUp(f"on more than {LISTED:,} places where a pair may light a row")
        second = np.repeat(np.arange(columns), reach)
        loudest = np.arange(len(second)) - np.repeat(np.cumsum(reach) - reach, reach)
        j, k = np.sort(order[np.stack([second, loudest])], axis=0)
        keys.append(j * columns + k)
        lit.append(np.full(len(j), r))
        silence = detectors.silence(lit[-1], np.column_stack([j, k]), quieter)
        amounts.append(first(rest - loud[loudest] - others[second] - margin, r, silence))
    keys = np.concatenate(keys)
    order = np.argsort(keys, kind="stable")
    return keys[order], np.concatenate(lit)[order], np.concatenate(amounts)[order]


def near(keys, lit, amounts, second, read_out, limit, problem, v):
    """(pairs, outputs): which pair may bring which other output the K-th part of the way to its limit.

    K = v (v - 1) / 2 pairs are active at once, and the pair is heard K times as loud, by Jensen.
    """
    among = v * (v - 1) // 2
    down = np.ascontiguousarray(relu(-second.weights).T)  # what lit rows take away from rest
    slack = NEARLY * (second.rest - second.wakes)
    # Comparisons are written so that what is not a number stays open.
    # First by the largest entry for each lit row; exactly for the pairs that this leaves.
    crude = among * (down / slack).max(axis=1)[lit] * amounts
    starts = np.flatnonzero(np.diff(keys, prepend=-1))
    sizes = np.diff(starts, append=len(keys))
    moves = ~(np.add.reduceat(crude, starts) < 1) if len(keys) else np.zeros(0, dtype=bool)
    kept = np.repeat(moves, sizes)
    lit, amounts, sizes = lit[kept], amounts[kept], sizes[moves]
    pairs = np.stack(np.divmod(keys[starts[moves]], problem.inputs + 1), axis=1)
    ends = np.concatenate([[0], np.cumsum(sizes)])
    found = [np.zeros((0, 2), dtype=np.int64)]
    step = max(1, 2**21 // len(slack))
    for left in range(0, len(pairs), step):
        block = slice(ends[left], ends[min(left + step, len(pairs))])
        size = sizes[left : left + step]
        shape = (len(size), len(slack))
        lights = from_entries(
            np.repeat(np.arange(len(size)), size), lit[block], amounts[block], (len(size), len(down))
        )
        heard = among * (lights @ down)
        pair, row = np.nonzero(heard > slack)
        risen = relu(second.b[row] + second.w[row] * (second.rest[row] - heard[pair, row])) / among
        share = np.minimum(risen, relu(second.b[row]))
        pair, output, share = entries(from_entries(pair, row, share, shape) @ read_out.T)
        reached = ~(share < NEARLY * limit[output] / among)
        found.append(np.stack([pair[reached] + left, output[reached]], axis=1))
    pair, output = np.concatenate(found).T
    wrong = (pairs[pair] != np.sort(problem.pairs[output], axis=1)).any(axis=1)
    return pairs[pair[wrong]], output[wrong]


class OneMore:
    """Bounds on the read-out of one output for two active inputs and any third one, for many pairs at once.

    Exact, but for quiet inputs in rows that the pair has brought onto the slope of their clip: the `LOUD`
    loudest inputs of a row are told apart, and of the others the row is given the best of all.
    """

    def __init__(self, first, second, read_out, problem):
        self.first, self.second, self.pairs = first, second, problem.pairs
        self.order = np.argsort(first.weights, axis=1, kind="stable")
        self.falling = np.take_along_axis(first.weights, self.order, axis=1)
        self.by_input = np.ascontiguousarray(first.weights.T)
        # The least and the most that a quiet input says to each detector.
        row, weights = first.detectors.row, first.detectors.weights
        heard = np.take_along_axis(weights, self.order[row, min(LOUD, self.order.shape[1] - 1) :], axis=1)
        self.quiet = heard.min(axis=1, initial=np.inf), heard.max(axis=1, initial=-np.inf)
        # The rows and weights of each output, filled up with weights 0.
        output, row, weight = entries(read_out)
        order = np.argsort(output, kind="stable")
        output, sizes = output[order], np.bincount(output, minlength=read_out.shape[0])
        place = np.arange(len(output)) - (np.cumsum(sizes) - sizes)[output]
        shape = (len(sizes), int(sizes.max(initial=1)))
        self.rows, self.shares = np.zeros(shape, dtype=np.int64), np.zeros(shape)
        self.rows[output, place], self.shares[output, place] = row[order], weight[order]

    def sets(self, pairs, outputs, limit, sign):
        """The sets, a pair and a third input or nobody, that may bring sign * read-out up to the limit.

        With sign 1 those that make the output true are left out, with sign -1 no others are given.
        """
        columns = self.falling.shape[1]
        everyone = np.arange(columns)
        for left in range(0, len(pairs), BATCH):
            P, i = pairs[left : left + BATCH], outputs[left : left + BATCH]
            job, third, values = self._values(P, i, sign)
            near = ~(values < limit[i[job]])
            job, third = job[near], third[near]
            quiet = job[third == columns]
            job = np.concatenate([job, np.repeat(quiet, columns)])
            active = np.column_stack([P[job], np.concatenate([third, np.tile(everyone, len(quiet))])])
            both = (self.pairs[i[job]][:, :, None] == active[:, None, :]).any(axis=2).all(axis=1)
            yield from active[(active[:, 2] < columns) & (both == (sign < 0))].tolist()

    def _values(self, P, outputs, sign):
        """(job, third, at most sign * read-out): every loud third input, and m + 1 for all quiet ones."""
        columns = self.falling.shape[1]
        heard = self.first.rest + self.by_input[P[:, 0]] + self.by_input[P[:, 1]]
        awake = heard < self.first.wakes
        job, row = np.nonzero(awake)
        # What is lit whichever quiet input joins: from `least` to `most`.
        silences = [self.first.detectors.silence(row, P[job], quiet) for quiet in self.quiet]
        most = self.first(heard[job, row] + self.falling[row, min(LOUD, columns - 1)], row, silences[0])
        least = self.first(heard[job, row] + self.falling[row, -1], row, silences[1])
        base = self._heard(job, row, most, least, outputs[job], len(P), sign)
        bounds = np.zeros((2, *heard.shape))
        bounds[:, job, row] = most, least
        job, row, third, lit = self._joined(heard, awake, P)
        quiet = np.arange(len(P)) * (columns + 1) + columns
        key, place = np.unique(np.concatenate([quiet, job * (columns + 1) + third]), return_inverse=True)
        most, least = lit - bounds[:, job, row]
        jobs, thirds = np.divmod(key, columns + 1)
        added = self._heard(place[len(P) :], row, most, least, outputs[job], len(key), sign)
        rows = self.rows[outputs[jobs]]
        values = self.second(self.second.rest[rows] + base[jobs] + added, rows)
        return jobs, thirds, sign * (self.shares[outputs[jobs]] * values).sum(axis=1)

    def _heard(self, place, row, most, least, outputs, count, sign):
        """What the rows of `outputs` hear of a row lit from `least` to `most`, at its best for `sign`."""
        rows = self.rows[outputs]
        slots = rows.shape[1]
        weights = -sign * self.second.weights[rows, row[:, None]]
        heard = relu(weights) * most[:, None] - relu(-weights) * least[:, None]
        where = place[:, None] * slots + np.arange(slots)
        return -sign * np.bincount(where.ravel(), heard.ravel(), count * slots).reshape(count, slots)

    def _joined(self, heard, awake, P):
        """(job, row, third, how much of the row is lit), for all that are loud enough to matter."""
        first, columns = self.first, self.falling.shape[1]
        moves = np.where(awake, heard + self.falling[:, -1] > 0, heard + self.falling[:, 0] < first.wakes)
        moves[:, first.detectors.row] |= awake[:, first.detectors.row]
        job, row = np.nonzero(moves)
        now, awake = heard[job, row], awake[job, row]
        size = np.where(awake, min(LOUD, columns), self._below(row, first.wakes[row] - now))
        which = np.repeat(np.arange(len(size)), size)
        place = np.arange(len(which)) - np.repeat(np.cumsum(size) - size, size)
        job, row = job[which], row[which]
        third = self.order[row, place]
        silence = first.detectors.silence(row, np.column_stack([P[job], third]))
        lit = first(now[which] + self.falling[row, place], row, silence)
        kept = ((third != P[job, 0]) & (third != P[job, 1])) | (third == columns - 1)
        return job[kept], row[kept], third[kept], lit[kept]

    def _below(self, row, value):
        """How many inputs row hears with less than `value`: a binary search in every row at once."""
        low, high = np.zeros(len(row), dtype=np.int64), np.full(len(row), self.falling.shape[1])
        while (open_ := low < high).any():
            middle = (low + high) // 2
            less = open_ & (self.falling[row, np.minimum(middle, self.falling.shape[1] - 1)] < value)
            low, high = np.where(less, middle + 1, low), np.where(open_ & ~less, middle, high)
        return low
