"""Features as sets of rows: random 0/1 codes, compression and decompression.

A code is a matrix C of shape (n, m), 0/1. Column j, written c_j, is the set of neurons that carry
feature j. `compress` is x = C y. `decompress` is D x, where D = C^T with each row divided by its sum:
it reads each feature as the mean of the neurons that carry it, so D C y = y + interference.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ._arguments import boolean_columns, expected, generator, real, real_columns, whole
from ._matrices import as_matrix, entries, from_entries
from .inputs import distinct

__all__ = ["Code", "ConstructionError", "bernoulli_code", "constant_weight_code"]


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
        active, column = np.nonzero(batch)
        sparse = from_entries(active, column, 1, batch.shape)
        X = self.matrix @ sparse
        X = X if isinstance(X, np.ndarray) else X.toarray()
        return X.reshape(self.neurons, *Y.shape[1:])

    def decompress(self, X):
        """D x: shape (m,) or (m, batch) for real X of shape (n,) or (n, batch).

        Raises `ValueError` for another shape or for entries that are not finite.
        """
        return self.decompressor @ real_columns("X", X, self.neurons)


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
    Ours: the same bounds as the paper's Bernoulli code with p = d / n, and no unlucky light column.

    Examples
    --------
    >>> code = constant_weight_code(100, 50, 5, rng=np.random.default_rng(0))
    >>> bool((code.weights == 5).all())
    True
    """
    m, n = whole("m", m, 1), whole("n", n, 1)
    d = whole("d", d, 1, n)
    rows = distinct(n, d, m, rng=generator(rng)).ravel()
    return Code(from_entries(rows, np.repeat(np.arange(m), d), 1, (n, m)))
