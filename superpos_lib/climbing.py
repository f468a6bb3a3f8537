"""A search for inputs on which a network is wrong, that climbs on the margin of its read-out.

Output i is read as true where its read-out is above the threshold. The *margin* of output i on input y is
the distance by which it is on the right side,

    margin = read-out - threshold  if i is true on y,    threshold - read-out  if it is not;

a wrong output has a negative one (or 0, if it should be true). A sample of inputs says how often that
happens. This search looks for where it happens. It takes one output and a set of at most v active inputs,
and as long as that lowers the output's margin, it exchanges one active input for the best other one, adds
one or takes one away. An output that should be false is tried with at most all but one of the inputs it
reads, one that should be true with all of them. A quarter of the starts are the worst of a sample of
targeted inputs, each with its worst output; the others go through the outputs in random order, three for
each: false with one and with the other of its inputs active, and true. So 4 m' starts look at each output
from all three sides.

Exchanges are cheap. The first layer is linear, so of W C, computed once, each input is a column; and one
output depends on the few rows that carry it. In networks of two layers every exchange is tried. In deeper
ones, or with very many inputs, those that promise most: by the derivative of the margin, every ReLU
replaced by a softplus. Where the margin is flat, as a clip is outside its slope, the ReLUs of the last
two layers are given a slight slope below 0, so that the search goes on. All that concerns the search
alone: an input is called wrong if `SuperposedNetwork.predict` differs from the problem's truth on it, and
never otherwise.

Ours. Nothing is proved where it finds nothing.
"""

import itertools
from dataclasses import dataclass

import numpy as np

from ._arguments import generator, whole
from ._matrices import apply, as_dense, entries, times
from .inputs import partners_by_input, targeted_sparse
from .problems import TwoAnd

__all__ = ["Found", "climb", "work_of_start"]

# Of the ReLUs of the last two layers, below 0.
LEAK = 2.0**-7
# The first layer of so many rows times inputs is kept for all inputs; else for a part of them, drawn anew
# for each batch of climbs.
KEPT_CELLS = 2**26
# Of so many entries the first layer's factors are multiplied out.
MERGED_CELLS = 2**27
# Climbs of one batch, and how many exchanges are tried of one input in networks of three layers or more.
CLIMBS, EXCHANGES = 32, 32
# Climbs of one batch in networks of two layers, where each batch draws other inputs.
SHARED = 256
# Numbers in flight.
CELLS = 2**23
# Numbers that running a network takes for each input and output, at all the inputs of one start.
RUNS = 5
# A climb ends after so many rounds through its active inputs; most end after three.
ROUNDS = 12


@dataclass(frozen=True, eq=False)
class Found:
    """`checked` inputs were run, `failures` of them wrong; `counterexample`: the first, or None."""

    checked: int
    failures: int
    counterexample: np.ndarray | None


def climb(network, problem, v, starts, *, rng):
    """Climbs from so many starts; the search ends with the batch that finds a wrong input.

    Parameters
    ----------
    network : SuperposedNetwork
    problem : TwoAnd or Permutation
    v : int
        At most so many inputs are active.
    starts : int
    rng : numpy.random.Generator

    Returns
    -------
    Found

    Examples
    --------
    >>> from superpos_lib.problems import matching
    >>> from superpos_lib.two_and import double_light
    >>> problem = matching(80)
    >>> net = double_light(problem, 30, v=3, rng=np.random.default_rng(0))
    >>> found = climb(net, problem, 3, 40, rng=np.random.default_rng(1))
    >>> y = found.counterexample
    >>> bool((net.predict(y) != problem.truth(y)).any())
    True
    """
    v, starts = whole("v", v, 1, network.v), whole("starts", starts, 1)
    rng = generator(rng)
    search = _Search(network, problem, v, rng)
    sample = targeted_sparse(problem, v, starts, rng=rng)
    worst = search.run(sample)
    lowest = np.argsort(worst[0], kind="stable")[: starts // 4]
    sampled = [(int(worst[1][k]), np.flatnonzero(sample[:, k]).tolist()) for k in lowest]
    every = sampled + [search.start(k) for k in range(starts - len(sampled))]
    for first in range(0, len(every), search.batch):
        if search.failures:
            break
        search.climb(every[first : first + search.batch])
    return Found(search.checked, search.failures, search.counterexample)


def work_of_start(network, problem, v):
    """About how many numbers one start computes: what a bound on the work of a search can be divided by."""
    layers, m = network.network.layers, problem.inputs
    n = layers[0].outputs
    pool = min(m, max(1, KEPT_CELLS // n))
    runs = RUNS * (m + problem.outputs)
    if len(layers) <= 2:
        rows = max(1, len(entries(network.code_out.matrix)[0]) // problem.outputs)
        table = n * pool // SHARED if pool < m else 0
        return 8 * v * rows * pool + 4 * table + runs
    return 8 * v * n * (min(m, EXCHANGES) + pool // 16 + 1) + runs


class _Search:
    """One network's search: what was run, what failed, and the tables for climbing."""

    def __init__(self, network, problem, v, rng):
        self.network, self.problem, self.v, self.rng = network, problem, v, rng
        self.layers = network.network.layers
        self.checked, self.failures, self.counterexample = 0, 0, None
        pairs = isinstance(problem, TwoAnd)
        self.reads = problem.pairs if pairs else problem.order[:, None]
        self.partners = partners_by_input(problem) if pairs else None
        self.weight = np.cumsum(problem.influence)
        self.order = rng.permutation(problem.outputs)
        output, row, share = _by_row(network.code_out.decompressor)
        self.carriers = row, share, np.searchsorted(output, np.arange(problem.outputs + 1))
        first, rows = self.layers[0], self.layers[0].outputs
        # One matrix is a shorter way from code words to rows than its factors, through all m inputs.
        small = rows * first.inputs <= MERGED_CELLS
        self.factors = (np.asfortranarray(_rows(first, slice(None))),) if small else first.factors
        self.pool_size = min(problem.inputs, max(2 * v * CLIMBS, KEPT_CELLS // rows))
        self.table = self._table(np.arange(problem.inputs)) if self.pool_size == problem.inputs else None
        self.batch = CLIMBS if self.table is not None or len(self.layers) > 2 else SHARED

    def _table(self, pool):
        """W C for the inputs of the pool, shape (rows, inputs of the pool)."""
        first, C = self.layers[0], self.network.code_in.matrix
        table = np.empty((first.outputs, len(pool)), dtype=np.float32)
        step = max(1, CELLS // max(factor.shape[0] for factor in (*self.factors, C)))
        for left in range(0, len(pool), step):
            some = pool[left : left + step]
            table[:, left : left + step] = as_dense(apply(self.factors, C[:, some]))
        return table

    # What is run through the network itself.

    def run(self, Y):
        """Margins and numbers of each input's worst output; failures are recorded."""
        margins, outputs = [], []
        step = max(1, CELLS // max(self.problem.outputs, self.problem.inputs, self.network.neurons))
        for left in range(0, Y.shape[1], step):
            some = Y[:, left : left + step]
            truth = self.problem.truth(some)
            read = self.network.trace(some).read_out
            margin = np.where(truth, read - self.network.threshold, self.network.threshold - read)
            outputs.append(margin.argmin(axis=0))
            margins.append(margin.min(axis=0))
            self._confirm(some, truth)
        return np.concatenate(margins), np.concatenate(outputs)

    def _confirm(self, Y, truth):
        wrong = (self.network.predict(Y) != truth).any(axis=0)
        self.checked += Y.shape[1]
        self.failures += int(wrong.sum())
        if self.counterexample is None and wrong.any():
            self.counterexample = Y[:, int(np.argmax(wrong))].copy()

    # Where climbs start.

    def start(self, number):
        """(output, active inputs) of start `number`: of three for one output, the last has it true."""
        output, kind = int(self.order[number // 3 % len(self.order)]), number % 3
        needed = [int(j) for j in self.reads[output]]
        true = kind == 2 and len(needed) <= self.v
        chosen = needed if true else needed[kind:][:1] if len(needed) > 1 else []
        barred = [] if true else needed
        wish = np.searchsorted(self.weight, self.rng.random(4 * self.v) * self.weight[-1], side="right")
        wish = [int(j) for j in wish]
        if self.partners is not None and self.rng.random() < 0.5:
            others, starts = self.partners
            near = np.concatenate([others[starts[j] : starts[j + 1]] for j in needed])
            wish = [int(j) for j in self.rng.choice(near, self.v)] + wish
        wish += [int(j) for j in self.rng.integers(self.problem.inputs, size=4 * self.v)]
        chosen = list(dict.fromkeys(chosen + [j for j in wish if j not in barred]))
        return output, chosen[: self.v]

    # Climbing.

    def climb(self, starts):
        """One batch, all climbs at a time; where they end, and stood after each round, is run."""
        pool, table = self._pool(starts)
        step = len(starts)
        if len(self.layers) <= 2:
            longest = max(self.carriers[2][i + 1] - self.carriers[2][i] for i, _ in starts)
            step = max(1, CELLS // (int(longest) * len(pool)))
        for first in range(0, len(starts), step):
            batch = _Climbs(self, starts[first : first + step], pool, table)
            seen = set()
            for _ in range(ROUNDS):
                moved = batch.round()
                fresh = [s for s in batch.sets() if s not in seen]
                seen.update(fresh)
                if fresh:
                    Y = np.zeros((self.problem.inputs, len(set(fresh))), dtype=bool)
                    for column, chosen in enumerate(dict.fromkeys(fresh)):
                        Y[list(chosen), column] = True
                    self._confirm(Y, self.problem.truth(Y))
                if self.failures or not moved:
                    break
            if self.failures:
                break

    def _pool(self, starts):
        """The inputs that may be exchanged for others, sorted, and their columns of W C."""
        if self.table is not None:
            return np.arange(self.problem.inputs), self.table
        needed = [self.reads[i] for i, _ in starts]
        near = []
        if self.partners is not None:
            others, ends = self.partners
            near = [others[ends[j] : ends[j + 1]] for one in needed for j in one]
        random = self.rng.random(self.pool_size) * self.weight[-1]
        drawn = np.searchsorted(self.weight, random, side="right")
        must = np.unique(np.concatenate([*needed, *(np.array(chosen, dtype=int) for _, chosen in starts)]))
        more = self.rng.permutation(np.setdiff1d(np.concatenate([*near, drawn]), must))
        pool = np.sort(np.concatenate([must, more[: max(0, self.pool_size - len(must))]]))
        return pool, self._table(pool)

    def rows_of(self, output):
        """(rows, weights) by which an output is read."""
        row, share, ends = self.carriers
        return row[ends[output] : ends[output + 1]], share[ends[output] : ends[output + 1]]


class _Climbs:
    """A batch of climbs: sets of active inputs as places in the pool, -1 where a place is empty."""

    def __init__(self, search, starts, pool, table):
        self.search, self.pool, self.table = search, pool, table
        self.layers, self.v = search.layers, search.v
        place = {int(j): k for k, j in enumerate(pool)}
        count = len(starts)
        self.S = np.full((count, self.v), -1)
        self.needed = np.full((count, search.reads.shape[1]), -1)
        for k, (output, chosen) in enumerate(starts):
            self.S[k, : len(chosen)] = [place[j] for j in chosen]
            self.needed[k] = [place[int(j)] for j in search.reads[output]]
        held = (self.S[:, :, None] == self.needed[:, None]).any(axis=1)
        # An output that should be true keeps what it reads; +1 where a high read-out is wrong, else -1.
        self.true = held.all(axis=1)
        self.sign = np.where(self.true, -1.0, 1.0).astype(np.float32)
        self._slices([output for output, _ in starts])
        self.best = np.full(count, -np.inf, dtype=np.float32)

    def _slices(self, outputs):
        """Of the last two layers those rows that the outputs depend on, padded to one length with zeros."""
        read = [self.search.rows_of(i) for i in outputs]
        self.rows, self.share = _padded([r for r, _ in read]), _padded([w for _, w in read], np.float32)
        self.last = self.layers[-1]
        if len(self.layers) == 1:
            self.heard = self.rows
            return
        full = [_rows(self.last, rows) for rows in self.rows]
        used = [np.flatnonzero(matrix.any(axis=0)) for matrix in full]
        used = [one if len(one) else np.zeros(1, dtype=int) for one in used]
        self.before = _padded(used)
        width = self.before.shape[1]
        self.M = np.zeros((len(outputs), self.rows.shape[1], width), dtype=np.float32)
        for k, (matrix, columns) in enumerate(zip(full, used, strict=True)):
            self.M[k, :, : len(columns)] = matrix[:, columns]
        self.heard = self.before if len(self.layers) == 2 else None
        if self.heard is None:
            self.N = np.stack([_rows(self.layers[-2], rows) for rows in self.before]).astype(np.float32)

    def sets(self):
        """The sets of active inputs, as sorted tuples."""
        return [tuple(sorted(int(self.pool[p]) for p in row if p >= 0)) for row in self.S]

    def round(self):
        """Exchange, add or take away one input at each place in turn; whether anything moved."""
        moved = False
        for p in reversed(range(self.v)):  # what the output reads comes first
            moved |= self._exchange(p)
        return moved

    def _exchange(self, p):
        everybody = np.arange(len(self.S))
        here = self.S[:, p]
        locked = self.true & (here[:, None] == self.needed).any(axis=1) & (here >= 0)
        others = np.delete(self.S, p, axis=1)
        base = self._base(others)
        allowed = np.ones((len(self.S), len(self.pool) + 1), dtype=bool)
        for column in others.T:
            allowed[everybody, column] = False  # place -1, an empty one, is the last
        allowed[:, -1] = True
        lacking = ~(others[:, :, None] == self.needed[:, None]).any(axis=1)
        # The one input whose coming would make the output true.
        completes = ~self.true & (lacking.sum(axis=1) == 1)
        missing = self.needed[everybody, lacking.argmax(axis=1)]
        allowed[completes, missing[completes]] = False
        candidates = self._candidates(base, allowed, here)
        value = self.sign[:, None] * self._read(base, candidates)
        value[~np.take_along_axis(allowed, candidates, axis=1)] = -np.inf
        choice = value.argmax(axis=1)
        reached = value[everybody, choice]
        better = ~locked & (reached > self.best + 1e-6)
        self.S[better, p] = np.where(candidates == len(self.pool), -1, candidates)[everybody, choice][
            better
        ]
        self.best[better] = reached[better]
        return bool(better.any())

    def _base(self, others):
        """What the first layer hears of these: shape (climbs, rows)."""
        bias = self.layers[0].bias.astype(np.float32)
        if self.heard is not None:
            base = bias[self.heard]
            for column in others.T:
                base = base + np.where(column >= 0, self.table[self.heard, column[:, None]].T, 0).T
            return base
        base = np.tile(bias, (len(others), 1))
        for column in others.T:
            base += np.where(column >= 0, self.table[:, column], 0).T
        return base

    def _candidates(self, base, allowed, here):
        """Places of the pool to try, and its length for none: all of them, or those that promise most."""
        size = len(self.pool)
        if self.heard is not None or size <= EXCHANGES:
            return np.tile(np.arange(size + 1), (len(base), 1))
        promise = self.sign[:, None] * (self._slope(base) @ self.table)
        promise[~allowed[:, :-1]] = -np.inf
        best = np.argpartition(-promise, EXCHANGES, axis=1)[:, :EXCHANGES]
        stays = np.where(here >= 0, here, size)[:, None]
        return np.concatenate([best, stays, np.full_like(stays, size)], axis=1)

    def _joined(self, base, candidates):
        """What the first layer hears when each candidate joins: (climbs, rows, candidates)."""
        size = len(self.pool)
        if self.heard is not None:
            joined = np.empty((*self.heard.shape, size + 1), dtype=np.float32)
            joined[:, :, :-1] = self.table[self.heard]
            joined[:, :, -1] = 0
            return joined + base[:, :, None]
        count, tried = candidates.shape
        joined = self.table.take(np.minimum(candidates, size - 1).ravel(), axis=1).reshape(-1, count, tried)
        joined *= candidates < size
        joined += base.T[:, :, None]
        return joined.transpose(1, 0, 2)

    def _read(self, base, candidates):
        """The read-out of each climb's output when each candidate joins: (climbs, candidates)."""
        z = self._joined(base, candidates)
        layers = self.layers
        if self.heard is None:
            count, rows, tried = z.shape
            h = _relu(layers[0], z.transpose(1, 0, 2).reshape(rows, -1), 0)
            for layer in layers[1:-2]:
                h = _relu(layer, _run(layer, h), 0)
            h = h.reshape(-1, count, tried).transpose(1, 0, 2)
            z = self.N @ h + self._bias(layers[-2], self.before)
        if len(layers) > 1:
            z = self.M @ _relu(layers[-2], z, LEAK) + self._bias(layers[-1], self.rows)
        return (self.share[:, :, None] * _relu(layers[-1], z, LEAK)).sum(axis=1)

    @staticmethod
    def _bias(layer, rows):
        return layer.bias.astype(np.float32)[rows][:, :, None]

    def _slope(self, base):
        """The read-out's derivative by what the first layer hears, softplus for ReLU: (climbs, rows)."""
        layers = self.layers
        z, slopes = base.T, []
        for layer, following in itertools.pairwise(layers[:-1]):
            slopes.append(_soft(layer, z))
            h = _relu(layer, z, 0)
            z = _run(following, h) if following is not layers[-2] else None
        z = (self.N @ h.T[:, :, None])[:, :, 0] + self._bias(layers[-2], self.before)[:, :, 0]
        inner = _soft(layers[-2], z)
        z = (self.M @ _relu(layers[-2], z, 0)[:, :, None])[:, :, 0] + self._bias(layers[-1], self.rows)[
            :, :, 0
        ]
        back = (self.share * _soft(layers[-1], z))[:, None] @ self.M * inner[:, None]
        back = (back @ self.N)[:, 0].T
        for k in range(len(layers) - 3, 0, -1):
            back = _back(layers[k], back * slopes[k])
        return np.ascontiguousarray((back * slopes[0]).T)


def _by_row(matrix):
    """Entries of a matrix in the order of its rows."""
    row, column, value = entries(matrix)
    order = np.argsort(row, kind="stable")
    return row[order], column[order], value[order]


def _padded(lists, dtype=int):
    """Lists as the rows of one array, filled up with zeros."""
    array = np.zeros((len(lists), max(len(one) for one in lists)), dtype=dtype)
    for row, one in zip(array, lists, strict=True):
        row[: len(one)] = one
    return array


def _rows(layer, rows):
    """These rows of a layer's matrix, dense."""
    matrix = layer.factors[0][rows]
    for factor in layer.factors[1:]:
        matrix = times(matrix, factor)
    return as_dense(matrix)


def _relu(layer, z, leak):
    if not layer.relu:
        return z
    return np.maximum(z, leak * z) if leak else np.maximum(z, 0)


def _soft(layer, z):
    """The derivative of softplus, or of the identity in a linear layer."""
    return 0.5 + 0.5 * np.tanh(z / 2) if layer.relu else np.ones_like(z)


def _single(factor):
    """(columns, values) of a matrix with exactly one entry in each row, or None."""
    row, column, value = entries(factor)
    if len(row) != factor.shape[0] or (row != np.arange(len(row))).any():
        return None
    return column, value.astype(np.float32)


def _run(layer, X):
    """W X + bias, in the precision of X."""
    for factor in reversed(layer.factors):
        single = _single(factor)
        X = single[1][:, None] * X[single[0]] if single else as_dense(times(factor, X))
    return (X + layer.bias[:, None]).astype(np.float32)


def _back(layer, G):
    """W^T G."""
    for factor in layer.factors:
        G = as_dense(times(factor.T, G))
    return G.astype(np.float32)
