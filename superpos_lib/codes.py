"""Features as sets of rows: random 0/1 codes, compression and decompression.

A code is a matrix C of shape (n, m), 0/1. Column j, written c_j, is the set of neurons that carry
feature j. `compress` is x = C y. `decompress` is D x, where D = C^T with each row divided by its sum:
it reads each feature as the mean of the neurons that carry it, so D C y = y + interference.
"""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ._arguments import boolean_columns, expected, fitting, generator, real, real_columns, whole
from ._matrices import as_dense, as_matrix, entries, from_entries, times
from .inputs import distinct

__all__ = [
    "Code",
    "ConstructionError",
    "bernoulli_code",
    "binomial_law",
    "constant_weight_code",
    "interference_bound",
    "interference_law",
    "misread",
    "provable_size",
    "worst_input",
]


class ConstructionError(Exception):
    """A random construction missed its guarantee after the stated number of tries."""


@dataclass(frozen=True, eq=False)
class Code:
    """A code C: n neurons carry m features.

    Parameters
    ----------
    matrix : array of shape (n, m), dense or `scipy.sparse`
        C. Entries 0 or 1; every column has at least one 1.

    Raises
    ------
    ValueError
        Another shape, other entries, or a feature without a neuron.

    Notes
    -----
    Source: Adler and Shavit, arXiv 2409.15318 (C, and D as the normalised transpose).

    Examples
    --------
    >>> code = Code([[1, 1, 0], [1, 0, 1], [0, 1, 1]])  # 3 neurons, 3 features, 2 neurons each
    >>> x = code.compress([1, 0, 0])
    >>> x.tolist()
    [1.0, 1.0, 0.0]
    >>> code.decompress(x).tolist()
    [1.0, 0.5, 0.5]
    """

    matrix: np.ndarray

    def __post_init__(self):
        try:
            matrix = as_matrix(self.matrix)
        except (TypeError, ValueError) as error:
            raise expected("matrix", "a matrix of zeros and ones", str(error)) from None
        if 0 in matrix.shape:
            raise expected("matrix", "at least one neuron and one feature", f"shape {matrix.shape}")
        _, columns, values = entries(matrix)
        if (values != 1).any():
            raise expected("matrix", "zeros and ones only", f"an entry {values[values != 1][0]}")
        weights = np.bincount(columns, minlength=matrix.shape[1])
        if not weights.all():
            raise expected(
                "matrix",
                "at least one neuron for each feature",
                f"none for {int(np.argmin(weights))}",
            )
        weights.flags.writeable = False
        object.__setattr__(self, "matrix", matrix)
        object.__setattr__(self, "weights", weights)

    @property
    def neurons(self):
        """n, the number of neurons."""
        return self.matrix.shape[0]

    @property
    def features(self):
        """m, the number of features."""
        return self.matrix.shape[1]

    @cached_property
    def decompressor(self):
        """D, shape (m, n): C^T with each row divided by its sum."""
        rows, columns, _ = entries(self.matrix)
        return from_entries(columns, rows, 1 / self.weights[columns], (self.features, self.neurons))

    def compress(self, Y):
        """x = C y: shape (n,) or (n, batch) for Booleans Y of shape (m,) or (m, batch).

        Raises `ValueError` for another shape or for entries that are not 0 or 1.
        """
        Y = boolean_columns("Y", Y, self.features)
        batch = np.atleast_2d(Y.T).T
        active, column = np.divmod(np.flatnonzero(batch), batch.shape[1])
        sparse = from_entries(active, column, 1, batch.shape)
        X = times(self.matrix, sparse)
        X = X if isinstance(X, np.ndarray) else X.toarray()
        return X.reshape(self.neurons, *Y.shape[1:])

    def decompress(self, X):
        """D x: shape (m,) or (m, batch) for real X of shape (n,) or (n, batch).

        Raises `ValueError` for another shape or for entries that are not finite.
        """
        return times(self.decompressor, real_columns("X", X, self.neurons))


# After so many rounds of drawing empty columns again, `bernoulli_code` gives up.
_BERNOULLI_ROUNDS = 64


def bernoulli_code(m, n, p, *, rng):
    """The paper's code: every entry of C is 1 with probability p, independently of the others.

    A column without ones would carry nothing, so such columns are drawn again: the law is that of
    independent entries, given that no column is empty.

    Parameters
    ----------
    m, n : int
        Features and neurons.
    p : float
        Density, 0 < p <= 1. A column has p n ones on average.

    Raises
    ------
    ValueError
        m < 1, n < 1, p outside (0, 1], no generator.
    ConstructionError
        Some column is still empty after 64 rounds, because p n is far too small.

    Notes
    -----
    Source: Adler and Shavit, arXiv 2409.15318.

    Examples
    --------
    >>> code = bernoulli_code(100, 50, 0.1, rng=np.random.default_rng(0))
    >>> code.matrix.shape, bool(code.weights.min() >= 1)
    ((50, 100), True)
    """
    m, n, p = whole("m", m, 1), whole("n", n, 1), real("p", p, 0, 1)
    fitting("m, n, p", f"a code with m = {m}, n = {n}, p = {p}", n + 2 * m * max(1, int(p * n)))
    rng = generator(rng)
    weights = rng.binomial(n, p, size=m)
    for _ in range(_BERNOULLI_ROUNDS):
        empty = np.flatnonzero(weights == 0)
        if len(empty) == 0:
            break
        weights[empty] = rng.binomial(n, p, size=len(empty))
    else:
        raise ConstructionError(
            f"a code with m = {m}, n = {n}, p = {p} still has a column without ones "
            f"after {_BERNOULLI_ROUNDS} rounds: make p n = {p * n:.3g} larger"
        )
    # Given its weight, a column is a uniformly random set: fill all columns of one weight at once.
    rows = [distinct(n, d, np.count_nonzero(weights == d), rng=rng) for d in np.unique(weights)]
    columns = [np.repeat(np.flatnonzero(weights == d), d) for d in np.unique(weights)]
    rows = np.concatenate([block.ravel() for block in rows])
    return Code(from_entries(rows, np.concatenate(columns), 1, (n, m)))


def constant_weight_code(m, n, d, *, rng):
    """Every column of C has exactly d ones, in a uniformly random set of rows.

    Parameters
    ----------
    m, n, d : int
        Features, neurons, and neurons that carry each feature.

    Raises
    ------
    ValueError
        m < 1, n < 1, d outside 1, ..., n, no generator.

    Notes
    -----
    Random codes of constant weight are old: Mooers (1951), Bloom (1970), group testing. Here they have the
    order of the paper's Bernoulli code with p = d / n, and no unlucky light column.

    Theorem: thm-superposition-random.

    Examples
    --------
    >>> code = constant_weight_code(100, 50, 5, rng=np.random.default_rng(0))
    >>> bool((code.weights == 5).all())
    True
    """
    m, n = whole("m", m, 1), whole("n", n, 1)
    d = whole("d", d, 1, n)
    fitting("m, n, d", f"a code with m = {m}, n = {n}, d = {d}", n + 2 * m * d)
    rows = distinct(n, d, m, rng=generator(rng)).ravel()
    return Code(from_entries(rows, np.repeat(np.arange(m), d), 1, (n, m)))


# --- what a random code does to its readings

# A feature is read as active where D x > threshold: where its w neurons take h > threshold * w hits. This
# is decided in whole numbers: 9 hits on 12 neurons are not more than 0.75, whatever 1 / 12 rounds to.
_ROUNDING = 1e-9
# `provable_size` tries code weights up to so many times what the proof in closed form asks for.
_WEIGHTS_TRIED = 2
# Overlaps that `worst_input` holds at once: 128 MB.
_OVERLAPS_HELD = 2**24
# The most hits v d whose law is worked out, one active feature after another.
MOST_HITS = 50_000


def _fraction(name, value):
    wanted = "a number above 0 and below 1"
    try:
        value = real(name, value, 0, 1)
    except ValueError:
        raise expected(name, wanted, value) from None
    if value == 1:
        raise expected(name, wanted, value)
    return value


def _hits_to_misread(weight, threshold):
    """The fewest hits that lift a reading of `weight` neurons above the threshold."""
    fewest = np.floor(threshold * np.asarray(weight) + _ROUNDING).astype(np.int64) + 1
    return np.minimum(fewest, weight)  # the threshold is below 1, however near


def misread(code, Y, threshold):
    """Which features are read wrongly: inactive, but D C y > threshold; or active, but not above it.

    The second never happens with a threshold below 1, for an active feature reads at least 1.

    Parameters
    ----------
    code : Code
    Y : Booleans of shape (m,) or (m, batch)
    threshold : float
        Between 0 and 1. A reading exactly at the threshold is not above it; no rounding decides.

    Returns
    -------
    Booleans of the shape of Y

    Raises
    ------
    ValueError
        Another shape, entries that are not 0 or 1, a threshold outside (0, 1).

    Examples
    --------
    >>> code = Code([[1, 1, 0], [1, 0, 1], [0, 1, 1]])  # every reading but the active one's is 1/2
    >>> misread(code, [1, 0, 0], 0.4).tolist(), misread(code, [1, 0, 0], 0.5).any()
    ([False, True, True], np.False_)
    """
    if not isinstance(code, Code):
        raise expected("code", "a Code", code)
    threshold = _fraction("threshold", threshold)
    Y = boolean_columns("Y", Y, code.features)
    fewest = _hits_to_misread(code.weights, threshold)
    hits = times(code.matrix.T, code.compress(Y))
    surplus = (hits.T - fewest).T
    return (surplus >= 0) != Y


def worst_input(code, v):
    """The input with v active features on which some inactive feature reads highest, and that feature.

    Feature j reads (1 / |c_j|) sum of |c_j & c_k| over the active k: most where the v largest overlaps
    are active. So every input with at most v ones is read correctly if this one is, and no other needs
    to be tried.

    Parameters
    ----------
    code : Code
    v : int
        1 <= v < m.

    Returns
    -------
    (y, j) : Booleans of shape (m,) with v ones, and the inactive feature that reads highest

    Raises
    ------
    ValueError
        No code, or v out of range.

    Notes
    -----
    Ours. It costs all m (m - 1) / 2 overlaps: m = 10,000 takes seconds.

    Theorem: thm-codes-worst.

    Examples
    --------
    >>> code = Code([[1, 1, 1, 0], [1, 1, 0, 1], [0, 0, 1, 0], [0, 0, 0, 1]])
    >>> y, j = worst_input(code, 1)
    >>> y.tolist(), j, code.decompress(code.compress(y))[j]
    ([False, True, False, False], 0, np.float64(1.0))
    """
    if not isinstance(code, Code):
        raise expected("code", "a Code", code)
    m = code.features
    v = whole("v", v, 1, m - 1)
    highest, worst = -1.0, None
    step = max(1, _OVERLAPS_HELD // m)
    for left in range(0, m, step):
        block = np.arange(left, min(left + step, m))
        overlaps = as_dense(times(code.matrix[:, block].T, code.matrix))
        overlaps[np.arange(len(block)), block] = -1  # a feature does not interfere with itself
        largest = np.argpartition(overlaps, m - v, axis=1)[:, m - v :]
        reads = np.take_along_axis(overlaps, largest, axis=1).sum(axis=1) / code.weights[block]
        if reads.max() > highest:
            i = int(np.argmax(reads))
            highest, worst = reads[i], (largest[i], int(block[i]))
    y = np.zeros(m, dtype=bool)
    y[worst[0]] = True
    return y, worst[1]


def interference_law(n, d, v):
    """How often an inactive feature reads h / d while v others are active, h = 0, ..., v d: exactly.

    For a random code of constant weight d, its hits h are the sum of v independent overlaps, each
    hypergeometric: P[|c_j & c_k| = i] = C(d, i) C(n - d, d - i) / C(n, d).

    Returns
    -------
    array of shape (v d + 1,), which sums to 1

    Raises
    ------
    ValueError
        n < 1, d outside 1, ..., n, v < 1.

    Notes
    -----
    Source: section "The law of one reading" of the chapter on codes.

    Theorem: thm-codes-law.

    Examples
    --------
    >>> (6 * interference_law(4, 2, 1)).tolist()  # the 6 pairs of 4 neurons: 1 disjoint, 4 meet, 1 the same
    [1.0, 4.0, 1.0]
    """
    n = whole("n", n, 1)
    d = whole("d", d, 1, n)
    v = whole("v", v, 1, max(1, MOST_HITS // d))
    total = math.comb(n, d)
    one = [math.comb(d, i) * math.comb(n - d, d - i) / total for i in range(d + 1)]
    law = np.ones(1)
    for _ in range(v):
        law = np.convolve(law, one)
    return law


def interference_bound(n, d, v, threshold):
    """At least the probability that an inactive feature is misread while v others are active.

    With s = floor(threshold d) + 1, the fewest hits that do it, P <= C(v d, s) (d / n)^s: some s of the
    v d places at which a hit can occur are all hit.

    Raises
    ------
    ValueError
        n < 1, d outside 1, ..., n, v < 1, a threshold outside (0, 1).

    Notes
    -----
    Source: the theorem "a misread needs many hits" of the chapter on codes; ours, for constant weight d.

    Theorem: thm-codes-tail.

    Examples
    --------
    >>> interference_bound(4, 2, 1, 0.75)  # both of 2 neurons hit; exactly, it is 1/6
    0.25
    """
    n = whole("n", n, 1)
    d, v = whole("d", d, 1, n), whole("v", v, 1)
    s = int(_hits_to_misread(d, _fraction("threshold", threshold)))
    return min(1.0, math.exp(_log_choose(v * d, s) + s * math.log(d / n)))


def _log_choose(n, k):
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def provable_size(v, cases, *, threshold, failure=0.01):
    """(n, d): neurons and code weight with which all of `cases` readings are right, but for `failure`.

    A case is one inactive feature and one input with v ones. By the union bound a random code of
    constant weight is wrong in some case with probability at most `cases * interference_bound`. For every
    d up to twice the closed form's (see Notes) we take the smallest n that makes this at most `failure`,
    and of these pairs (n, d) the one with the fewest neurons.

    Parameters
    ----------
    v : int
    cases : int
        m for one input; (m - v) C(m, v) for every input with at most v ones.
    threshold, failure : float
        Between 0 and 1.

    Raises
    ------
    ValueError
        v < 1, cases < 1, threshold or failure outside (0, 1).

    Notes
    -----
    Source: the theorem "how many neurons are enough" of the chapter on codes. In closed form,
    d = ceil(ln(cases / failure) / threshold) and n = ceil(e^2 v d / threshold) are enough.

    Theorem: thm-codes-size.

    Examples
    --------
    >>> provable_size(2, 1_000_000, threshold=0.75)  # a million features; one input
    (300, 16)
    >>> provable_size(2, 999_998 * math.comb(1_000_000, 2), threshold=0.75)  # every 2-sparse input
    (858, 52)
    """
    v, cases = whole("v", v, 1), whole("cases", cases, 1)
    threshold, failure = _fraction("threshold", threshold), _fraction("failure", failure)
    log_cases = math.log(cases) - math.log(failure)
    best = None
    for d in range(1, _WEIGHTS_TRIED * math.ceil(log_cases / threshold) + 1):
        s = int(_hits_to_misread(d, threshold))
        n = math.ceil(d * math.exp((log_cases + _log_choose(v * d, s)) / s))
        if best is None or n < best[0]:
            best = n, d
    return best


def binomial_law(trials, p):
    """P[Binomial(trials, p) = k] for k = 0, ..., trials.

    In a Bernoulli code, before empty columns are drawn again, the weight of a column has the law
    (n, p), and a column of weight w has hits of the law (v w, p).

    Returns
    -------
    array of shape (trials + 1,), which sums to 1

    Raises
    ------
    ValueError
        trials < 1, p outside (0, 1].

    Notes
    -----
    Theorem: thm-codes-bernoulli.

    Examples
    --------
    >>> np.allclose(binomial_law(3, 0.5), [1 / 8, 3 / 8, 3 / 8, 1 / 8], rtol=0, atol=1e-15)
    True
    """
    trials, p = whole("trials", trials, 1, MOST_HITS), real("p", p, 0, 1)
    if p == 1:
        return np.eye(trials + 1)[trials]
    k = np.arange(trials + 1)
    log_choose = np.array([_log_choose(trials, int(i)) for i in k])
    return np.exp(log_choose + k * math.log(p) + (trials - k) * math.log1p(-p))
