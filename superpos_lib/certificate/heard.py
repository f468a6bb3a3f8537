"""What the rows hear: the network as a few ReLU layers, the first of them additive in the active inputs.

Linear layers, the read-out included, are merged with what follows. Then a network is one, two or more
layers of ReLUs and a matrix that reads. On an input whose active features are S the first layer hears

    z(S) = bias + sum of A[:, j] for j in S,    A = W C,

whatever the weights and codes are. Nothing is assumed about them: all numbers are those of the network.
"""

from dataclasses import dataclass

import numpy as np

from .._matrices import as_dense, entries, times
from .suspects import GaveUp

__all__ = ["additive", "rounding", "stages"]

# No number that might occur is larger, whatever is multiplied first; and no sum has more terms.
LARGEST, TERMS = 2.0**500, 2**30
# All that underflow can do in a layer, up to the read-out, as long as nothing is larger.
UNDERFLOW = 2.0**-400


def relu(z):
    return np.maximum(z, 0)


@dataclass(frozen=True, eq=False)
class Affine:
    """x -> product of `factors` times x, plus `bias`."""

    factors: tuple
    bias: np.ndarray

    def __call__(self, X):
        for factor in reversed(self.factors):
            X = times(factor, X)
        return X

    def matrix(self):
        """The factors, multiplied out."""
        left, *rest = self.factors
        for factor in rest:
            left = times(left, factor)
        return left

    def norms(self):
        """For each factor the largest sum of a row's absolute values."""
        rows = [np.bincount(r, abs(w), f.shape[0]) for f in self.factors for r, _, w in [entries(f)]]
        return [float(row.max(initial=0)) for row in rows]


def maps(network):
    """(map, whether a ReLU follows) for each layer of the network, and for the read-out."""
    read_out = Affine((network.code_out.decompressor,), np.zeros(network.code_out.features))
    layers = network.network.layers
    return [*((Affine(layer.factors, layer.bias), layer.relu) for layer in layers), (read_out, False)]


def stages(network):
    """The layers of ReLUs, each with the linear ones before it, and what follows: the read-out included."""
    stages, waiting = [], None
    for affine, relu in maps(network):
        if waiting is not None:
            affine = Affine(affine.factors + waiting.factors, affine.bias + affine(waiting.bias))
        if relu:
            stages.append(affine)
        waiting = None if relu else affine
    return stages, waiting


def rounding(network, v):
    """How far rounding can move what each layer of ReLUs hears, and the read-out: one bound for each.

    The bounds are of the network layer by layer, whatever is multiplied out or merged to compute it, and
    in whatever order sums are formed. Of the arithmetic it is assumed that the result of an operation is
    the exact one times 1 + d, |d| <= 2^-53, and then off by at most 2^-1022: double precision, with
    subnormal numbers or with zeros in their place. A sum of n products is then off by at most n 2^-53
    times the sum of their sizes, nearly (Higham, Accuracy and Stability of Numerical Algorithms, section
    3.1), and what underflow adds is below `UNDERFLOW`. We take eight times that, and some terms more for
    what a certificate adds up itself, of up to v (v - 1) / 2 pairs.

    Theorem: prop-proof-rounding.

    Raises
    ------
    GaveUp
        Some number on the way might exceed `LARGEST`, or a sum has more than `TERMS` terms.
    """
    size, error, errors = float(v), 0.0, []
    growth, largest, most = 1.0, max(size, abs(network.threshold)), 0
    for affine, relu in maps(network):
        norms, terms = affine.norms(), sum(factor.shape[1] + 2 for factor in affine.factors) + v * v + 4
        norm = float(np.prod(norms))
        bias = float(abs(affine.bias).max())
        error = norm * error + 4 * np.finfo(float).eps * terms * (norm * (size + error) + bias) + UNDERFLOW
        size = norm * size + bias
        growth *= float(np.prod(np.maximum(norms, 1.0)))
        largest, most = max(largest, size + error), max(most, terms)
        if relu:
            errors.append(error)
    # Written so that what is not a number is too large.
    if not (growth * largest <= LARGEST and most <= TERMS):
        raise GaveUp(f"as numbers on the way to a read-out may be too large: {growth * largest:.0e}")
    return [*errors, error + 4 * np.finfo(float).eps * abs(network.threshold)]


def additive(stage, network):
    """A, shape (rows, m): what each active input adds to what the first layer hears."""
    W, C = stage.matrix(), network.code_in.matrix
    A = np.empty((len(stage.bias), network.code_in.features))
    for top in range(0, len(A), 256):
        A[top : top + 256] = as_dense(times(W[top : top + 256], C))
    return A


@dataclass(frozen=True, eq=False)
class Rows:
    """h_r = relu(b_r + w_r relu(z_main(r)) + the extra terms), h of the second layer.

    `extras` are (row, weight, unit): most rows have none, a row with a detector has one. Without a second
    layer h = relu(z): b = 0 and w = 1.
    """

    main: np.ndarray
    w: np.ndarray
    b: np.ndarray
    extras: tuple


def second(stages):
    if len(stages) == 1:
        n = len(stages[0].bias)
        none = np.zeros(0, dtype=np.int64)
        return Rows(np.arange(n), np.ones(n), np.zeros(n), (none, np.zeros(0), none))
    row, unit, weight = entries(stages[1].matrix())
    n = len(stages[1].bias)
    # The main unit of a row is its first one with a negative weight, or else the first one.
    order = np.lexsort((unit, weight > 0, row))
    row, unit, weight = row[order], unit[order], weight[order]
    first = np.flatnonzero(np.diff(row, prepend=-1))
    main, w = np.zeros(n, dtype=np.int64), np.zeros(n)
    main[row[first]], w[row[first]] = unit[first], weight[first]
    rest = np.ones(len(row), dtype=bool)
    rest[first] = False
    return Rows(main, w, stages[1].bias, (row[rest], weight[rest], unit[rest]))
