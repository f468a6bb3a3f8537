"""Sparse Boolean inputs: all of them, random ones, and those that a wrong network fails on."""

import itertools
import math

import numpy as np

from ._arguments import expected, fitting, generator, instance, whole
from .problems import Permutation, TwoAnd

__all__ = [
    "all_sparse",
    "count_sparse",
    "partners_by_input",
    "random_sparse",
    "sparse_batches",
    "targeted_sparse",
]

# Inputs handed out at once: a batch of m x 4,096 Booleans.
BATCH = 4096
# The most inputs that `all_sparse` lists.
LISTED_CELLS = 2**31


def count_sparse(m, v):
    """How many inputs of m features have at most v ones: the sum of C(m, k) for k = 0, ..., v.

    >>> count_sparse(24, 2)
    301
    """
    m, v = _sizes(m, v)
    return sum(math.comb(m, k) for k in range(v + 1))


def _sizes(m, v):
    m = fitting("m", whole("m", m, 1), m)
    return m, whole("v", v, 1, m)


def _columns(active, m):
    """The Boolean array whose column i has ones at the rows active[i]."""
    Y = np.zeros((m, len(active)), dtype=bool)
    Y[active, np.arange(len(active))[:, None]] = True
    return Y


def sparse_batches(m, v, batch=BATCH):
    """All inputs of m features with at most v ones, as Boolean arrays (m, up to `batch`), one by one.

    The input without ones comes first, then those with one, with two, and so on.

    >>> sum(Y.shape[1] for Y in sparse_batches(24, 2, batch=50))
    301
    """
    m, v = _sizes(m, v)
    batch = min(whole("batch", batch, 1), count_sparse(m, v))
    for k in range(v + 1):
        combinations = itertools.combinations(range(m), k)
        while block := list(itertools.islice(combinations, batch)):
            yield _columns(np.array(block, dtype=np.int64).reshape(len(block), k), m)


def all_sparse(m, v):
    """All inputs of m features with at most v ones, as one Boolean array of shape (m, count).

    Raises
    ------
    ValueError
        v outside 1, ..., m, or more than 2^31 entries to list (`sparse_batches` has no such limit).

    Examples
    --------
    >>> all_sparse(3, 1).astype(int).tolist()
    [[0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]
    """
    count = count_sparse(m, v)
    if m * count > LISTED_CELLS:
        raise expected("m, v", f"at most {LISTED_CELLS} entries in all", f"{m} x {count}")
    return np.concatenate(list(sparse_batches(m, v)), axis=1)


def distinct(m, v, count, *, rng):
    """`count` rows of v different numbers below m, uniformly at random: int, shape (count, v)."""
    if v * v > m:  # draws would often repeat: shuffle instead, a few rows at a time
        step = max(1, 2**22 // m)
        blocks = [
            np.argsort(rng.random((min(step, count - done), m)), axis=1, kind="stable")[:, :v]
            for done in range(0, count, step)
        ]
        return np.concatenate(blocks)
    chosen = rng.integers(m, size=(count, v))
    while len(again := np.flatnonzero((np.diff(np.sort(chosen, axis=1), axis=1) == 0).any(axis=1))):
        chosen[again] = rng.integers(m, size=(len(again), v))
    return chosen


def random_sparse(m, v, count, *, rng):
    """`count` inputs with exactly v ones each, uniformly at random: Booleans of shape (m, count).

    Raises
    ------
    ValueError
        m < 1, v outside 1, ..., m, count < 1, or no generator.

    Examples
    --------
    >>> random_sparse(50, 3, 100, rng=np.random.default_rng(0)).sum(axis=0).tolist() == [3] * 100
    True
    """
    m, v = _sizes(m, v)
    count = fitting("count", whole("count", count, 1), max(v, m // 8) * count)
    return _columns(distinct(m, v, count, rng=generator(rng)), m)


def targeted_sparse(problem, v, count, *, rng):
    """`count` inputs that a wrong network is likely to fail on: Booleans of shape (m, count).

    Random inputs hardly ever switch an AND on. For a `TwoAnd` the inputs are of four kinds, in turn:

    1. both inputs of a random pair, and v - 2 random others;
    2. both inputs of a random pair, and partners of these two;
    3. near misses: one input of a random pair, and others drawn by influence, so that the frequent
       ones, whose rows are full, come often;
    4. the v inputs drawn by influence only, so that heavy inputs meet.

    For a `Permutation` every feature plays the same part: 1, ..., v random ones are active, in turn.

    Raises
    ------
    ValueError
        v outside 1, ..., m, count < 1, no generator, or a problem of another kind.

    Examples
    --------
    >>> from superpos_lib.problems import matching
    >>> problem = matching(100)
    >>> Y = targeted_sparse(problem, 2, 40, rng=np.random.default_rng(0))
    >>> bool(problem.truth(Y).any(axis=0)[::4].all())
    True
    """
    if not isinstance(problem, (TwoAnd, Permutation)):
        raise expected("problem", "a TwoAnd or a Permutation", problem)
    m, v = _sizes(problem.inputs, v)
    count = fitting("count", whole("count", count, 1), max(v, m // 8) * count)
    rng = generator(rng)
    if isinstance(problem, Permutation):
        Y = np.zeros((m, count), dtype=bool)
        column, place = np.nonzero(np.arange(v) <= np.arange(count)[:, None] % v)
        Y[distinct(m, v, count, rng=rng)[column, place], column] = True
        return Y
    Y = np.zeros((m, count), dtype=bool)
    weight = np.cumsum(problem.influence)
    partners = partners_by_input(problem)
    for i in range(count):
        Y[_targeted(problem, v, i % 4, weight, partners, rng), i] = True
    return Y


def partners_by_input(problem):
    """(order, starts) of a `TwoAnd`: the partners of input j are order[starts[j]:starts[j + 1]].

    >>> order, starts = partners_by_input(TwoAnd(3, [(0, 1), (2, 1)]))
    >>> sorted(order[starts[1] : starts[2]].tolist())
    [0, 2]
    """
    instance("problem", problem, TwoAnd)
    ends = np.concatenate([problem.pairs, problem.pairs[:, ::-1]])
    ends = ends[np.argsort(ends[:, 0], kind="stable")]
    return ends[:, 1], np.searchsorted(ends[:, 0], np.arange(problem.inputs + 1))


def _targeted(problem, v, kind, weight, partners, rng):
    a, b = problem.pairs[rng.integers(problem.outputs)][rng.permutation(2)]
    if kind == 0:
        wish = [a, b]
    elif kind == 1:
        others, starts = partners
        of_a, of_b = others[starts[a] : starts[a + 1]], others[starts[b] : starts[b + 1]]
        wish = [a, b, *rng.choice(np.concatenate([of_a, of_b]), size=v)]
    else:
        frequent = np.searchsorted(weight, rng.random(4 * v) * weight[-1], side="right")
        wish = [a, *frequent] if kind == 2 else list(frequent)
    # The first v different ones; random inputs where that leaves places free.
    chosen = list(dict.fromkeys(int(j) for j in wish))[:v]
    while len(chosen) < v:
        j = int(rng.integers(problem.inputs))
        if j not in chosen:
            chosen.append(j)
    return chosen
