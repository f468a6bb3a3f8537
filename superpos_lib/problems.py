"""What is to be computed: a problem is data, and a two-line oracle that says what is right.

The oracles index and combine Booleans. They know nothing of codes, weights or thresholds, so that a
network can be tested against them.
"""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ._arguments import boolean_columns, expected, fitting, generator, real, whole

__all__ = [
    "Permutation",
    "Split",
    "TwoAnd",
    "clique",
    "hubs",
    "matching",
    "power_law",
    "random_two_and",
    "regular",
    "split_by_influence",
]


def _frozen(array):
    array.flags.writeable = False
    return array


def _index_array(name, values, wanted):
    try:
        values = np.asarray(values)
    except ValueError:  # a ragged list
        raise expected(name, wanted, "rows of different lengths") from None
    if values.dtype.kind not in "iu":
        raise expected(name, wanted, f"entries of type {values.dtype}")
    return values.astype(np.int64)  # a copy: later changes to the caller's array do not reach us


@dataclass(frozen=True, eq=False)
class TwoAnd:
    """The 2-AND problem: output i is `y[a_i] AND y[b_i]`.

    Parameters
    ----------
    inputs : int
        m, the number of input features, at least 2.
    pairs : array of int, shape (m', 2)
        Row i is (a_i, b_i), two different inputs. No pair may come twice, in either order.

    Raises
    ------
    ValueError
        No pairs, an input paired with itself, an input out of range, a repeated pair.

    Notes
    -----
    Source: Adler and Shavit, arXiv 2409.15318.

    Examples
    --------
    >>> problem = TwoAnd(3, [(0, 1), (1, 2)])
    >>> problem.truth(np.array([1, 1, 0])).tolist()
    [True, False]
    >>> problem.influence.tolist()
    [1, 2, 1]
    """

    inputs: int
    pairs: np.ndarray

    def __post_init__(self):
        m = fitting("inputs", whole("inputs", self.inputs, 2), self.inputs)
        pairs = _index_array("pairs", self.pairs, "whole numbers, one row (a, b) for each output")
        if pairs.ndim != 2 or pairs.shape[1] != 2 or len(pairs) == 0:
            raise expected("pairs", "shape (m', 2) with m' at least 1", f"shape {pairs.shape}")
        outside = ((pairs < 0) | (pairs >= m)).any(axis=1)
        if outside.any():
            i = int(np.argmax(outside))
            raise expected("pairs", f"inputs from 0 to {m - 1}", f"{tuple(pairs[i].tolist())} at row {i}")
        same = pairs[:, 0] == pairs[:, 1]
        if same.any():
            i = int(np.argmax(same))
            raise expected(
                "pairs",
                "two different inputs in each pair",
                f"{tuple(pairs[i].tolist())} at row {i}",
            )
        key = pairs.min(axis=1) * m + pairs.max(axis=1)
        _, first, which = np.unique(key, return_index=True, return_inverse=True)
        if len(first) < len(pairs):
            i = int(np.argmax(first[which] != np.arange(len(pairs))))
            j = int(first[which[i]])
            raise expected(
                "pairs", "no pair twice", f"{tuple(pairs[i].tolist())} at row {i} and at row {j}"
            )
        object.__setattr__(self, "inputs", m)
        object.__setattr__(self, "pairs", _frozen(pairs))

    @property
    def outputs(self):
        """m', the number of outputs."""
        return len(self.pairs)

    @cached_property
    def influence(self):
        """How many outputs each input takes part in, shape (m,). It adds up to 2 m'."""
        return _frozen(np.bincount(self.pairs.ravel(), minlength=self.inputs))

    def truth(self, Y):
        """The right outputs: Booleans of shape (m',) or (m', batch) for Y of shape (m,) or (m, batch)."""
        Y = boolean_columns("Y", Y, self.inputs)
        return Y[self.pairs[:, 0]] & Y[self.pairs[:, 1]]


@dataclass(frozen=True, eq=False)
class Permutation:
    """The Neural Permutation problem: output i is `y[order[i]]`.

    Parameters
    ----------
    order : array of int, shape (m,)
        Each of 0, ..., m - 1 once.

    Raises
    ------
    ValueError
        `order` is empty or no permutation.

    Notes
    -----
    Source: Adler and Shavit, arXiv 2409.15318.

    Examples
    --------
    >>> p = Permutation([2, 0, 1])
    >>> p.truth(np.array([1, 0, 0])).tolist()
    [False, True, False]
    >>> p.then(p).then(p).order.tolist()
    [0, 1, 2]
    """

    order: np.ndarray

    def __post_init__(self):
        order = _index_array("order", self.order, "whole numbers 0, ..., m - 1, each once")
        if order.ndim != 1 or len(order) == 0:
            raise expected("order", "shape (m,) with m at least 1", f"shape {order.shape}")
        seen = np.zeros(len(order), dtype=bool)
        seen[order[(order >= 0) & (order < len(order))]] = True
        if not seen.all():
            raise expected(
                "order",
                f"a permutation of 0, ..., {len(order) - 1}",
                f"an array without {int(np.argmin(seen))}",
            )
        object.__setattr__(self, "order", _frozen(order))

    @property
    def inputs(self):
        """m, the number of input features."""
        return len(self.order)

    @property
    def outputs(self):
        """m' = m, the number of outputs."""
        return len(self.order)

    @property
    def influence(self):
        """Each input takes part in one output."""
        return np.ones(self.inputs, dtype=np.int64)

    def truth(self, Y):
        """The right outputs: Booleans of the shape of Y, (m,) or (m, batch)."""
        return boolean_columns("Y", Y, self.inputs)[self.order]

    def then(self, other):
        """The permutation that applies this one first and `other` to its result.

        Raises `ValueError` if `other` is no permutation of as many features.
        """
        if not isinstance(other, Permutation) or other.inputs != self.inputs:
            raise expected("other", f"a Permutation of {self.inputs} features", other)
        return Permutation(self.order[other.order])


def _pairs_at(index, m):
    """Pair number `index` in the list (0,1), (0,2), (1,2), (0,3), ... of all pairs below m."""
    larger = ((1 + np.sqrt(8.0 * index + 1)) / 2).astype(np.int64)
    larger -= larger * (larger - 1) // 2 > index  # where rounding went one too far ...
    larger += larger * (larger + 1) // 2 <= index  # ... or not far enough
    return np.stack([index - larger * (larger - 1) // 2, larger], axis=1)


def _sizes(m, outputs):
    m = fitting("m", whole("m", m, 2), m)
    return m, fitting("outputs", whole("outputs", outputs, 1, m * (m - 1) // 2), 2 * outputs)


def random_two_and(m, outputs, *, rng):
    """`outputs` different pairs of m inputs, uniformly at random among all such lists.

    Raises
    ------
    ValueError
        m < 2, outputs < 1, or more outputs than the m (m - 1) / 2 pairs there are.

    Examples
    --------
    >>> random_two_and(10, 45, rng=np.random.default_rng(0)).influence.tolist()
    [9, 9, 9, 9, 9, 9, 9, 9, 9, 9]
    """
    m, outputs = _sizes(m, outputs)
    chosen = generator(rng).choice(m * (m - 1) // 2, size=outputs, replace=False)
    return TwoAnd(m, _pairs_at(chosen, m))


def matching(m):
    """Every input in exactly one pair: (0,1), (2,3), ..., so m' = m / 2.

    Raises
    ------
    ValueError
        m is odd or below 2.

    Examples
    --------
    >>> matching(4).pairs.tolist()
    [[0, 1], [2, 3]]
    """
    m = fitting("m", whole("m", m, 2), m)
    if m % 2:
        raise expected("m", "an even number, so that every input has a partner", m)
    return TwoAnd(m, np.arange(m).reshape(-1, 2))


def clique(m):
    """Every pair of m inputs: m' = m (m - 1) / 2, and every input has influence m - 1.

    Raises
    ------
    ValueError
        m < 2.

    Examples
    --------
    >>> clique(3).pairs.tolist()
    [[0, 1], [0, 2], [1, 2]]
    """
    m = whole("m", m, 2)
    fitting("m", m, m * (m - 1))
    index = np.arange(m * (m - 1) // 2)
    return TwoAnd(m, _pairs_at(index, m))


def hubs(count, spokes):
    """`count` hubs, each paired with `spokes` inputs of its own: m' = count * spokes.

    Inputs 0, ..., count - 1 are the hubs; every other input has influence 1. One hub makes a star.

    Raises
    ------
    ValueError
        count < 1 or spokes < 1.

    Examples
    --------
    >>> hubs(2, 3).influence.tolist()
    [3, 3, 1, 1, 1, 1, 1, 1]
    """
    count, spokes = whole("count", count, 1), whole("spokes", spokes, 1)
    fitting("count, spokes", f"{count} times {spokes}", 2 * count * spokes)
    hub = np.repeat(np.arange(count), spokes)
    return TwoAnd(count * (1 + spokes), np.stack([hub, count + np.arange(count * spokes)], axis=1))


# All pairs are listed, with their weights, up to this many of them.
_LISTED_PAIRS = 4_000_000
_POWER_LAW_ROUNDS = 200


def regular(inputs, influence, *, rng):
    """Random pairs in which every input has the same influence: m' = inputs * influence / 2.

    Parameters
    ----------
    inputs : int
        m, at least 2.
    influence : int
        From 1 to m - 1; inputs * influence is even.
    rng : numpy.random.Generator

    Raises
    ------
    ValueError
        Other numbers than these, or no generator.

    Notes
    -----
    Neighbours on a circle are paired, and then pairs {a, b}, {c, d} become {a, d}, {c, b} wherever this
    makes no pair twice, ten tries for each pair. Influences stay, and what was near is soon anywhere.

    Examples
    --------
    >>> regular(8, 3, rng=np.random.default_rng(0)).influence.tolist()
    [3, 3, 3, 3, 3, 3, 3, 3]
    """
    inputs, rng = whole("inputs", inputs, 2), generator(rng)
    influence = whole("influence", influence, 1, inputs - 1)
    if inputs * influence % 2:
        raise expected("influence", "an even number where inputs is odd", influence)
    count = inputs * influence // 2
    fitting("inputs", inputs, 2 * count)
    place = np.arange(count)
    a = place % inputs
    pairs = np.stack([a, (a + 1 + place // inputs) % inputs], axis=1)
    if influence % 2:  # the last half circle: each with the one opposite
        pairs[-(inputs // 2) :, 1] = pairs[-(inputs // 2) :, 0] + inputs // 2
    _swap(pairs, 10 * count, rng)
    return TwoAnd(inputs, pairs)


def _swap(pairs, tries, rng):
    """Partners change places, in place, where no pair comes twice and none is an input with itself."""
    there = {frozenset(pair) for pair in pairs.tolist()}
    for one, other, turned in rng.integers((len(pairs), len(pairs), 2), size=(tries, 3)).tolist():
        (a, b), (c, d) = pairs[one].tolist(), pairs[other, :: 1 - 2 * turned].tolist()
        new = {frozenset((a, d)), frozenset((c, b))}
        if a != d and c != b and len(new) == 2 and not new & there:
            there -= {frozenset((a, b)), frozenset((c, d))}
            there |= new
            pairs[one], pairs[other] = (a, d), (c, b)


def power_law(m, outputs, *, exponent=1.0, rng):
    """Pairs drawn one after another without repetition, (a, b) with weight ((a+1)(b+1))^-exponent.

    Input 0 is in the most pairs, and influence falls as a power of the rank.

    Raises
    ------
    ValueError
        m < 2, outputs outside 1, ..., m (m - 1) / 2, exponent outside (0, 10], or an exponent so
        steep that so many different pairs do not turn up in a reasonable time.

    Examples
    --------
    >>> problem = power_law(1000, 1000, rng=np.random.default_rng(0))
    >>> bool(problem.influence[0] > problem.influence[500])
    True
    """
    m, outputs = _sizes(m, outputs)
    exponent = real("exponent", exponent, 0, 10)
    rng = generator(rng)
    total = m * (m - 1) // 2
    if total <= _LISTED_PAIRS:
        # The pairs with the smallest exponential waiting times are a weighted sample without repetition.
        pairs = _pairs_at(np.arange(total), m)
        waiting = np.log(rng.exponential(size=total)) + exponent * np.log1p(pairs).sum(axis=1)
        return TwoAnd(m, pairs[np.argsort(waiting, kind="stable")[:outputs]])
    cumulative = np.cumsum((1.0 + np.arange(m)) ** -exponent)
    keys = np.empty(0, dtype=np.int64)
    for _ in range(_POWER_LAW_ROUNDS):
        ends = np.searchsorted(cumulative, rng.random((outputs, 2)) * cumulative[-1]).astype(np.int64)
        ends = np.sort(ends[ends[:, 0] != ends[:, 1]], axis=1)
        keys = np.concatenate([keys, ends[:, 0] * m + ends[:, 1]])
        _, first = np.unique(keys, return_index=True)
        keys = keys[np.sort(first)]  # repeated draws count for nothing
        if len(keys) >= outputs:
            keys = keys[:outputs]
            return TwoAnd(m, np.stack([keys // m, keys % m], axis=1))
    raise expected("exponent", f"a flatter law, for {outputs} different pairs of {m} inputs", exponent)


@dataclass(frozen=True, eq=False)
class Split:
    """Inputs by influence, and outputs by the case of 2-AND that they belong to.

    Each field is an increasing array of indices: `light`, `heavy` and `super_heavy_inputs` of inputs,
    `double_light`, `double_heavy`, `mixed` and `super_heavy` of outputs. Every input and every output
    is in exactly one of its kind.
    """

    light: np.ndarray
    heavy: np.ndarray
    super_heavy_inputs: np.ndarray
    double_light: np.ndarray
    double_heavy: np.ndarray
    mixed: np.ndarray
    super_heavy: np.ndarray

    @property
    def cases(self):
        """Outputs by case, as a dictionary in the order of the book's chapters."""
        names = ("double_light", "double_heavy", "mixed", "super_heavy")
        return {name: getattr(self, name) for name in names}


def split_by_influence(problem):
    """Which case of 2-AND every output belongs to.

    An input is light up to influence m'^(1/4), super-heavy above m'^(3/4), heavy between. An output
    is *double-light* or *double-heavy* if both its inputs are, *mixed* if there is one of each, and
    *super-heavy* if at least one of its inputs is. The comparison is made in whole numbers.

    Raises
    ------
    ValueError
        `problem` is no `TwoAnd`.

    Notes
    -----
    The cases are the paper's; the upper cut-off m'^(3/4) is ours.

    Theorem: thm-influence-count, thm-influence-half.

    Examples
    --------
    >>> split = split_by_influence(hubs(1, 16))
    >>> split.super_heavy_inputs.tolist(), len(split.super_heavy), len(split.double_light)
    ([0], 16, 0)
    """
    if not isinstance(problem, TwoAnd):
        raise expected("problem", "a TwoAnd", problem)
    light_up_to = math.isqrt(math.isqrt(problem.outputs))
    heavy_up_to = math.isqrt(math.isqrt(problem.outputs**3))
    level = (problem.influence > light_up_to).astype(int) + (problem.influence > heavy_up_to)
    low, high = np.sort(level[problem.pairs], axis=1).T
    return Split(
        light=np.flatnonzero(level == 0),
        heavy=np.flatnonzero(level == 1),
        super_heavy_inputs=np.flatnonzero(level == 2),
        double_light=np.flatnonzero(high == 0),
        double_heavy=np.flatnonzero((low == 1) & (high == 1)),
        mixed=np.flatnonzero((low == 0) & (high == 1)),
        super_heavy=np.flatnonzero(high == 2),
    )
