"""A network in fewer bits: weights rounded to a few levels, small ones removed, and what is left to store.

What is packed is the one matrix that a layer multiplies out to, whatever factors it was built from: that
is what somebody has who is given the weights and nothing else.
"""

import math
from dataclasses import dataclass

import numpy as np

from ._arguments import expected, real, whole
from ._matrices import as_dense, as_matrix, times
from .network import Layer, Network, SuperposedNetwork

__all__ = ["Packed", "multiplied_out", "pack", "weights_needed", "with_weights"]

# What a number costs that is stored once, for a row or for the whole matrix.
NUMBER_BITS = 32
# Equal weights are kept or removed in an order that is spread over the matrix: multiples of this number
# (2^32 over the golden ratio) modulo 2^32.
SPREAD = 2654435761


@dataclass(frozen=True, eq=False)
class Packed:
    """A matrix as it is stored: weight (r, s) is constants[r] + (0, *levels)[places[r, s]].

    Parameters
    ----------
    constants : array of shape (rows,), 32-bit floats
        What a removed weight is taken for.
    levels : array of shape (K,), 32-bit floats
        What a kept weight may add: equal steps from the first to the last.
    places : array of shape (rows, columns), int
        0 for a removed weight, else the number of its level, from 1 on.
    """

    constants: np.ndarray
    levels: np.ndarray
    places: np.ndarray

    @property
    def weights(self):
        """The matrix, shape (rows, columns)."""
        table = np.concatenate([[0.0], self.levels])
        return table[self.places] + self.constants[:, None].astype(float)

    @property
    def kept(self):
        """k, how many weights are kept."""
        return int(np.count_nonzero(self.places))

    @property
    def mask_bits(self):
        """Which weights are kept: log2 C(P, k), rounded up, for P weights in all."""
        return math.ceil(_log2_choose(self.places.size, self.kept))

    @property
    def value_bits(self):
        """Which levels they have: k log2 K, rounded up."""
        return math.ceil(self.kept * math.log2(len(self.levels)))

    @property
    def side_bits(self):
        """A 32-bit number for each row, and the first and the last level (one number, if K = 1)."""
        return NUMBER_BITS * (len(self.constants) + min(len(self.levels), 2))

    @property
    def bits(self):
        """All of it: mask, values and side numbers. It depends on the shape, k and K alone."""
        return self.mask_bits + self.value_bits + self.side_bits

    @property
    def entropy_bits(self):
        """The same with `places` coded by how often each entry occurs, k_0, ..., k_K.

        The number of the arrangement, log2 [P! / (k_0! ... k_K!)] rounded up, and the K + 1 counts, whole
        numbers up to P. An ideal entropy coder needs about as much.
        """
        counts = np.bincount(self.places.ravel(), minlength=len(self.levels) + 1)
        arranged = _log2_factorial(self.places.size) - sum(_log2_factorial(int(k)) for k in counts)
        return math.ceil(arranged) + len(counts) * self.places.size.bit_length() + self.side_bits


def pack(weights, levels, kept=1.0):
    """A matrix with a share of its weights kept, and these rounded to K levels.

    1. Row r gets a constant, its median. What counts from now on is the weight less that constant.
    2. The round(kept P) largest of these in absolute value are kept, of P; the others become 0.
    3. Kept ones go to the nearest of K levels, in equal steps from the smallest to the largest of them
       (K = 1: to their mean). All rows share the levels.
    4. The constants are moved so that every row has the sum it had before.

    So rounding and removing shift no row as a whole.

    Parameters
    ----------
    weights : matrix of shape (rows, columns)
    levels : int
        K, from 1 to 65,536: log2 K bits for each weight that is kept.
    kept : float
        The share of weights that are kept, above 0 and at most 1; at least one weight is.

    Returns
    -------
    Packed

    Raises
    ------
    ValueError
        No matrix of finite numbers, K or the share out of range.

    Notes
    -----
    Ours, from what is usual: magnitude pruning, uniform rounding, a zero point for each row.

    Examples
    --------
    >>> packed = pack([[5, 5, 5, 9], [1, 1, 1, 1]], levels=1, kept=1 / 8)
    >>> packed.weights.tolist()
    [[5.0, 5.0, 5.0, 9.0], [1.0, 1.0, 1.0, 1.0]]
    >>> packed.mask_bits, packed.value_bits, packed.side_bits  # one of 8 weights; one level; 3 numbers
    (3, 0, 96)
    """
    try:
        weights = as_dense(as_matrix(weights))
    except (TypeError, ValueError) as error:
        raise expected("weights", "a matrix of finite numbers", str(error)) from None
    if weights.size == 0:
        raise expected("weights", "at least one row and one column", f"shape {weights.shape}")
    K, share = whole("levels", levels, 1, 2**16), real("kept", kept, 0, 1)
    constants = np.median(weights, axis=1).astype(np.float32)
    rest = (weights - constants[:, None]).astype(np.float32)
    chosen = _largest(np.abs(rest).ravel(), max(1, round(share * rest.size)))
    values = rest.ravel()[chosen].astype(float)
    ends = (values.min(), values.max()) if K > 1 else (values.mean(),) * 2
    table = np.linspace(*ends, K).astype(np.float32)
    places = np.zeros(rest.size, dtype=np.int32)
    step = (ends[1] - ends[0]) / max(1, K - 1)
    places[chosen] = 1 if step == 0 else 1 + np.rint((values - ends[0]) / step).astype(np.int32)
    packed = Packed(constants, table, places.reshape(rest.shape))
    shift = (weights - packed.weights).mean(axis=1)
    return Packed((constants + shift).astype(np.float32), table, packed.places)


def multiplied_out(network, layer=0):
    """The matrix W of one layer of a superposed network, its factors multiplied out: shape (rows, columns).

    Raises
    ------
    ValueError
        No `SuperposedNetwork`, or no such layer.

    Examples
    --------
    >>> from superpos_lib.codes import Code
    >>> one_each = Code(np.eye(2))
    >>> product = Layer(([[0, 2], [1, 0]], np.eye(2)), [0, 0])
    >>> net = SuperposedNetwork(one_each, Network((product,)), one_each, 1)
    >>> multiplied_out(net).tolist()
    [[0.0, 2.0], [1.0, 0.0]]
    """
    *left, product = _chosen(network, layer).factors
    for factor in reversed(left):
        product = times(factor, product)
    return as_dense(product)


def with_weights(network, weights, layer=0):
    """The same superposed network with another matrix W in one layer; biases and codes stay.

    Raises
    ------
    ValueError
        No `SuperposedNetwork`, no such layer, or a matrix of another shape.

    Examples
    --------
    >>> from superpos_lib.codes import Code
    >>> one_each = Code(np.eye(2))
    >>> net = SuperposedNetwork(one_each, Network((Layer((np.eye(2),), [0, 0]),)), one_each, 1)
    >>> with_weights(net, [[0, 1], [1, 0]]).predict([1, 0]).tolist()
    [False, True]
    """
    old = _chosen(network, layer)
    new = Layer((weights,), old.bias, old.relu)
    if new.inputs != old.inputs:
        raise expected("weights", f"shape ({old.outputs}, {old.inputs})", f"shape {new.factors[0].shape}")
    layers = network.network.layers
    changed = Network((*layers[:layer], new, *layers[layer + 1 :]))
    return SuperposedNetwork(network.code_in, changed, network.code_out, network.v, network.threshold)


def weights_needed(bits, places, levels=256):
    """The fewest weights of P that must be kept: the smallest k with C(P, k) K^k >= 2^bits.

    A pruned matrix says which k of P places are kept, and one of K values for each. With fewer than this
    it has fewer than 2^bits states.

    Parameters
    ----------
    bits : float
        At least 0, for instance `permutation_bits(m)`.
    places : int
        P.
    levels : int
        K.

    Raises
    ------
    ValueError
        Numbers out of range, or bits that no k is enough for.

    Notes
    -----
    Ours; the proof is in the book's chapter on the limits of compression.

    Theorem: pruned-floor.

    Examples
    --------
    >>> weights_needed(6.9, 25, 1)  # C(25, 2) = 300 is at least 2^6.9, and 25 is not
    2
    """
    bits = real("bits", bits, -math.inf, 2.0**60)
    if bits < 0:
        raise expected("bits", "a number, at least 0", bits)
    P, K = whole("places", places, 1, 2**50), whole("levels", levels, 1, 2**16)

    def states(k):
        return _log2_choose(P, k) + k * math.log2(K)

    most = min(P, (P + 1) * K // (K + 1))  # up to here one weight more always means more states
    if states(most) < bits:
        raise expected("bits", f"at most {states(most):.6g}, what any {P} weights of {K} levels hold", bits)
    enough, too_few = most, -1
    while enough - too_few > 1:
        middle = (enough + too_few) // 2
        enough, too_few = (middle, too_few) if states(middle) >= bits else (enough, middle)
    return enough


def _chosen(network, layer):
    if not isinstance(network, SuperposedNetwork):
        raise expected("network", "a SuperposedNetwork", network)
    layers = network.network.layers
    return layers[whole("layer", layer, 0, len(layers) - 1)]


def _largest(values, count):
    """The indices of the `count` largest; of equal ones, those that come first in the spread order."""
    least = np.partition(values, values.size - count)[values.size - count]
    above, equal = np.flatnonzero(values > least), np.flatnonzero(values == least)
    order = np.argsort(equal.astype(np.uint64) * np.uint64(SPREAD) % np.uint64(2**32), kind="stable")
    return np.concatenate([above, equal[order[: count - len(above)]]])


def _log2_factorial(k):
    return math.lgamma(k + 1) / math.log(2)


def _log2_choose(n, k):
    return _log2_factorial(n) - _log2_factorial(k) - _log2_factorial(n - k)
