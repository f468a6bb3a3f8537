"""A network as immutable data: layers of matrices, biases and ReLUs, and nothing else.

**How size is counted**, everywhere in this project. *Neurons*: the ReLU units of the widest layer. A
layer without ReLU has none: it is one matrix with the layer after it. *Parameters*: the weights and
biases that are not zero, where a weight that is a product of factors counts as the one matrix that it
multiplies out to. A clipped unit, relu(s - a) - relu(s - b), is two ReLUs wherever it stands.
"""

import itertools
import math
import sys
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ._arguments import boolean_columns, expected, instance, real, real_columns, whole
from ._matrices import (
    apply,
    as_dense,
    as_matrix,
    cheapest,
    count_product_nonzeros,
    from_entries,
    join,
    times,
)
from .codes import Code

__all__ = ["Layer", "LayerTrace", "Network", "SuperposedNetwork", "Trace", "centred_product"]

# `predict` takes so many columns at a time that no array in between has more cells than this.
CELLS_IN_FLIGHT = 2**26
LARGEST = sys.float_info.max


@dataclass(frozen=True, eq=False)
class LayerTrace:
    """What one layer did: `products[k]` after k + 1 factors, `pre_activation`, `output`."""

    products: tuple
    pre_activation: np.ndarray
    output: np.ndarray


@dataclass(frozen=True, eq=False)
class Layer:
    """x -> relu(W x + bias), or W x + bias if `relu` is false.

    W is the product `factors[0] @ factors[1] @ ...`. It is applied from right to left: `C0 @ D` goes
    through m numbers, far more than there are neurons, at the cost of its non-zero entries. Only where W
    itself is the cheaper one is it multiplied out, when the layer is first run. The network it stands for
    has the one matrix W either way.

    Parameters
    ----------
    factors : tuple of matrices, dense or `scipy.sparse`
        Each as wide as the next one is high.
    bias : array of shape (rows of W,)
    relu : bool

    Raises
    ------
    ValueError
        No factor, shapes that do not fit, entries that are not finite numbers.

    Examples
    --------
    >>> layer = Layer(([[1, 1]], [[1, 0], [0, 2]]), [-1])
    >>> layer([1.0, 1.0]).tolist()  # relu(x0 + 2 x1 - 1)
    [2.0]
    """

    factors: tuple
    bias: np.ndarray
    relu: bool = True

    def __post_init__(self):
        try:
            factors = tuple(as_matrix(factor) for factor in self.factors)
        except (TypeError, ValueError) as error:
            raise expected("factors", "matrices of finite numbers", str(error)) from None
        if not factors:
            raise expected("factors", "at least one matrix", "none")
        for left, right in itertools.pairwise(factors):
            if left.shape[1] != right.shape[0]:
                raise expected(
                    "factors",
                    "each as wide as the next is high",
                    f"{left.shape} before {right.shape}",
                )
        bias = np.array(real_columns("bias", self.bias, factors[0].shape[0]))
        if bias.ndim != 1:
            raise expected("bias", f"shape ({factors[0].shape[0]},)", f"shape {bias.shape}")
        if not isinstance(self.relu, (bool, np.bool_)):
            raise expected("relu", "True or False", self.relu)
        bias.flags.writeable = False
        object.__setattr__(self, "factors", factors)
        object.__setattr__(self, "bias", bias)

    @property
    def inputs(self):
        """Width of what comes in."""
        return self.factors[-1].shape[1]

    @property
    def outputs(self):
        """Width of what goes out."""
        return self.factors[0].shape[0]

    @cached_property
    def parameters(self):
        """Weights of the product, and biases, that are not zero."""
        return count_product_nonzeros(self.factors) + int(np.count_nonzero(self.bias))

    def trace(self, X):
        """The `LayerTrace` for X of shape (inputs,) or (inputs, batch)."""
        X = real_columns("X", X, self.inputs)
        products = []
        for factor in reversed(self.factors):
            X = times(factor, X)
            products.append(X)
        pre_activation = (X.T + self.bias).T
        output = np.maximum(pre_activation, 0) if self.relu else pre_activation
        return LayerTrace(tuple(products), pre_activation, output)

    def __call__(self, X):
        """What goes out for X of shape (inputs,) or (inputs, batch)."""
        return self._run(real_columns("X", X, self.inputs))

    @cached_property
    def _applied(self):
        return cheapest(self.factors)

    def _run(self, X):
        X = (as_dense(apply(self._applied, X)).T + self.bias).T
        return np.maximum(X, 0) if self.relu else X


@dataclass(frozen=True, eq=False)
class Network:
    """Layers, one after another. `net(X)` runs it, `a >> b` puts b after a.

    Parameters
    ----------
    layers : tuple of Layer

    Raises
    ------
    ValueError
        No layer, something that is no layer, or widths that do not fit.

    Examples
    --------
    >>> step = Network((Layer(([[0, 1], [1, 0]],), [0, 0]),))
    >>> (step >> step)([3.0, 5.0]).tolist()
    [3.0, 5.0]
    >>> step.neurons, step.parameters
    (2, 2)
    """

    layers: tuple

    def __post_init__(self):
        try:
            layers = tuple(self.layers)
        except TypeError:
            raise expected("layers", "a sequence of Layer", self.layers) from None
        if not layers or not all(isinstance(layer, Layer) for layer in layers):
            raise expected("layers", "one Layer or more", layers)
        for a, b in itertools.pairwise(layers):
            if a.outputs != b.inputs:
                raise expected("layers", f"a layer of {a.outputs} inputs next", f"one of {b.inputs}")
        object.__setattr__(self, "layers", layers)

    @property
    def inputs(self):
        """Width of what comes in."""
        return self.layers[0].inputs

    @property
    def outputs(self):
        """Width of what goes out."""
        return self.layers[-1].outputs

    @property
    def neurons(self):
        """The ReLU units of the widest layer."""
        return max((layer.outputs for layer in self.layers if layer.relu), default=0)

    @property
    def parameters(self):
        """Weights and biases that are not zero."""
        return sum(layer.parameters for layer in self.layers)

    def __call__(self, X):
        """The output for X of shape (inputs,) or (inputs, batch); one vector in, one vector out."""
        X = real_columns("X", X, self.inputs)
        for layer in self.layers:
            X = layer._run(X)
        return X

    def trace(self, X):
        """What every layer did: a tuple with one `LayerTrace` a layer."""
        X = real_columns("X", X, self.inputs)
        traces = []
        for layer in self.layers:
            traces.append(layer.trace(X))
            X = traces[-1].output
        return tuple(traces)

    def __rshift__(self, other):
        return Network(self.layers + instance("other", other, Network).layers)


@dataclass(frozen=True, eq=False)
class Trace:
    """Every stage of a superposed network: `y`, `x`, one `LayerTrace` a layer, `read_out`, `predicted`."""

    y: np.ndarray
    x: np.ndarray
    layers: tuple
    read_out: np.ndarray
    predicted: np.ndarray


@dataclass(frozen=True, eq=False)
class SuperposedNetwork:
    """A network between two codes: superposed in, superposed out.

    The network gets x = C y and gives back t, which should be the outputs' code. Output i is read as
    true where (D_out t)_i > threshold. Both codes are bookkeeping outside the network: between x and t
    there are only matrices, biases and ReLUs.

    Parameters
    ----------
    code_in, code_out : Code
    network : Network
        From `code_in.neurons` to `code_out.neurons` numbers.
    v : int
        Inputs with at most v ones are the ones it is made for; `predict` refuses others.
    threshold : float
        Of the read-out.
    origin : object, optional
        How the network was found, where that was a search: `two_and_network` keeps here what it took.
    history : array of shape (records, 2), optional
        Of a trained network: steps, and the loss at each. A construction has none, nor has `a >> b`.

    Raises
    ------
    ValueError
        Widths that do not fit, v outside 1, ..., m, a history of another shape.

    Examples
    --------
    >>> one_each = Code(np.eye(2))
    >>> swap = Network((Layer(([[0, 1], [1, 0]],), [0, 0]),))
    >>> net = SuperposedNetwork(one_each, swap, one_each, v=1)
    >>> net.predict([1, 0]).tolist()
    [False, True]
    >>> (net >> net).predict([1, 0]).tolist()
    [True, False]
    """

    code_in: Code
    network: Network
    code_out: Code
    v: int
    threshold: float = 0.5
    origin: object = None
    history: np.ndarray | None = None

    def __post_init__(self):
        for name, kind in (("code_in", Code), ("network", Network), ("code_out", Code)):
            if not isinstance(getattr(self, name), kind):
                raise expected(name, f"a {kind.__name__}", getattr(self, name))
        ends = (self.code_in.neurons, self.code_out.neurons)
        if (self.network.inputs, self.network.outputs) != ends:
            raise expected(
                "network",
                f"{ends[0]} numbers in and {ends[1]} out, as the codes have them",
                f"{self.network.inputs} in and {self.network.outputs} out",
            )
        object.__setattr__(self, "v", whole("v", self.v, 1, self.code_in.features))
        object.__setattr__(self, "threshold", real("threshold", self.threshold, -math.inf, LARGEST))
        if self.history is not None:
            object.__setattr__(self, "history", _history(self.history))

    @property
    def neurons(self):
        """The ReLU units of the widest layer, or the width of the output code if that is more.

        (Whatever reads the output gets it from as many neurons, even if the last layer here is linear.
        The input code belongs to the network before this one.)
        """
        return max(self.network.neurons, self.code_out.neurons)

    @property
    def parameters(self):
        """Weights and biases that are not zero; the codes outside the network are not counted."""
        return self.network.parameters

    def _inputs(self, Y):
        Y = boolean_columns("Y", Y, self.code_in.features)
        most = int(Y.sum(axis=0).max()) if Y.size else 0
        if most > self.v:
            raise expected("Y", f"at most v = {self.v} active features an input", most)
        return Y

    def trace(self, Y):
        """Every stage for Booleans Y of shape (m,) or (m, batch), as a `Trace`."""
        Y = self._inputs(Y)
        x = self.code_in.compress(Y)
        layers = self.network.trace(x)
        read_out = self.code_out.decompress(layers[-1].output)
        return Trace(Y, x, layers, read_out, read_out > self.threshold)

    def predict(self, Y):
        """The outputs: Booleans of shape (m',) or (m', batch) for Booleans Y of shape (m,) or (m, batch).

        Raises `ValueError` for another shape, entries not 0 or 1, or more than v ones in a column.
        """
        Y = self._inputs(Y)
        if Y.ndim == 1:
            return self._predict(Y[:, None])[:, 0]
        step = max(1, CELLS_IN_FLIGHT // max(self.code_in.features, self.code_out.features))
        outputs = np.empty((self.code_out.features, Y.shape[1]), dtype=bool)
        for left in range(0, Y.shape[1], step):
            outputs[:, left : left + step] = self._predict(Y[:, left : left + step])
        return outputs

    def _predict(self, Y):
        t = self.network(self.code_in.compress(Y))
        return as_dense(apply((self.code_out.decompressor,), t) > self.threshold)

    def __rshift__(self, other):
        instance("other", other, SuperposedNetwork)
        if self.code_out is not other.code_in:
            raise expected("other", "a network that starts from this one's output code", "another code")
        # What goes into `other` has as many ones as this one's outputs; for a permutation, at most v.
        return SuperposedNetwork(
            self.code_in, self.network >> other.network, other.code_out, self.v, other.threshold
        )


def _history(history):
    wanted = "rows (step, loss) of finite numbers"
    try:
        kept = as_matrix(history)
    except (TypeError, ValueError) as error:
        raise expected("history", wanted, str(error)) from None
    if kept.shape[1] != 2 or not isinstance(kept, np.ndarray):
        raise expected("history", wanted, f"shape {kept.shape}")
    return kept


def read_by(name, matrix, features):
    """`matrix` as it is kept, if it is one of finite numbers with a column for each feature."""
    wanted = f"a matrix of finite numbers with {features} columns"
    try:
        kept = as_matrix(matrix)
    except (TypeError, ValueError) as error:
        raise expected(name, wanted, str(error)) from None
    if kept.shape[1] != features:
        raise expected(name, wanted, f"shape {kept.shape}")
    return kept


def centred_product(computing, code):
    """Factors of C0 (D - 1 1^T / n): each row sums features read from x, less what it expects to hear.

    (D - 1 1^T / n) x reads feature j as the mean of x over c_j less the mean of x over all n neurons.
    For a random code of constant weight the latter is exactly the expected interference, however many
    features are active.

    Parameters
    ----------
    computing : matrix of shape (rows, m)
        C0.
    code : Code
        n neurons, m features.

    Returns
    -------
    tuple of two matrices, of shapes (rows, m + 1) and (m + 1, n)

    Raises
    ------
    ValueError
        `code` is no `Code`, or `computing` no matrix of m columns.

    Notes
    -----
    Ours ("calibration"): Adler and Shavit use D itself.

    Examples
    --------
    >>> code = Code([[1, 1, 0], [1, 0, 1], [0, 1, 1]])
    >>> left, right = centred_product(np.eye(3), code)
    >>> np.allclose(left @ right, code.decompressor - 1 / 3)
    True
    """
    computing = read_by("computing", computing, instance("code", code, Code).features)
    loads = np.asarray(computing.sum(axis=1)).reshape(-1, 1)
    mean = np.full((1, code.neurons), 1 / code.neurons)
    return join([[computing, -loads]]), join([[code.decompressor], [mean]])


def selection(indices, width):
    """The 0/1 matrix P of shape (len(indices), width) with (P z)_i = z[indices[i]].

    >>> selection(np.array([2, 0]), 3).tolist()
    [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]
    """
    return from_entries(np.arange(len(indices)), indices, 1, (len(indices), width))
