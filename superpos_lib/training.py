"""Networks that gradient descent finds, for the problems that the constructions solve.

A hidden layer of ReLUs, and a read-out of its own for each output:

    z = V relu(W x + b) + c,    x = y, or x = C y if the inputs are superposed.

Output i is read as true where z_i > threshold. All weights are trained by Adam, on inputs of which half
have a true output: random ones hardly ever do. NumPy alone, so that it runs in a reader's browser as well.
"""

import math
from dataclasses import replace

import numpy as np

from ._arguments import (
    boolean_columns,
    expected,
    fitting,
    generator,
    instance,
    one_of,
    real,
    real_columns,
    whole,
)
from ._matrices import as_dense, times
from .codes import Code
from .inputs import distinct
from .network import Layer, Network, SuperposedNetwork, selection
from .problems import Permutation, TwoAnd

__all__ = ["LOSSES", "loss_and_gradients", "train", "training_steps"]

LOSSES = ("squared", "fourth", "entropy")
# What is read as true: numbers are trained to be 0 or 1, and log odds to have the right sign.
THRESHOLDS = {"squared": 0.5, "fourth": 0.5, "entropy": 0.0}
# A unit of a construction's read-out becomes so much log odds, sure enough where it is right.
LOG_ODDS = 8.0
# Adam's memory of gradients and of their squares, and what keeps it from dividing by zero (Kingma and Ba).
MOMENTUM, SQUARES, TINY = 0.9, 0.999, 1e-8
# Random weights are so much of the size at which active inputs give each sum variance 1. Measured (64
# outputs, 24 and 32 neurons, one seed): the fourth power leaves 0 to 2 inputs wrong, at size 1 up to 137.
SCALE = 0.3
# More steps than these would not end in a week.
MOST_STEPS = 10**8
# Inputs are drawn for so many steps at a time, but no more cells than these.
STEPS_DRAWN, CELLS_DRAWN = 64, 2**22


def train(
    problem, neurons, *, v, loss, rng, code=None, code_out=None, start=None, scale=SCALE, steps=5000,
    batch=256, rate=3e-3, every=250,
):  # fmt: skip
    """A network trained for the problem: `SuperposedNetwork`, with its losses as `history`.

    The last of the networks that `training_steps` yields, which see for parameters and errors.

    Its `history` has a row (step, loss) for each network that was yielded: the mean loss since the one
    before, and at step 0 the loss before any training. `net.network.neurons` is the hidden layer's width,
    which was asked for. `net.neurons` is not, unless there is a `code_out`: the outputs leave the network
    one by one, not superposed, and whatever reads them needs a number for each.

    Examples
    --------
    >>> from superpos_lib import matching, verify
    >>> problem = matching(8)
    >>> net = train(problem, 6, v=2, loss="entropy", steps=1000, rate=0.02, rng=np.random.default_rng(0))
    >>> verify(net, problem, 2).ok, bool(net.history[-1, 1] < net.history[0, 1])
    (True, True)
    """
    how = {"steps": steps, "batch": batch, "rate": rate, "every": every}
    begin = {"code": code, "code_out": code_out, "start": start, "scale": scale}
    for net in training_steps(problem, neurons, v=v, loss=loss, rng=rng, **begin, **how):
        last = net
    return last


def training_steps(
    problem, neurons, *, v, loss, rng, code=None, code_out=None, start=None, scale=SCALE, steps=5000,
    batch=256, rate=3e-3, every=250,
):  # fmt: skip
    """The network before training, and after every so many steps: an iterator, to watch it learn.

    Each loss is a sum over outputs and a mean over inputs, of these for a true output, t = 1, or t = 0:

        squared (z - t)^2,    fourth (z - t)^4,    entropy log(1 + exp(z)) - t z.

    Parameters
    ----------
    problem : TwoAnd or Permutation
    neurons : int
        Of the hidden layer; of a `start`, those of its widest layer.
    v : int
        Inputs have at most v ones. Half of each batch has both inputs of a random pair among its v; of
        the other half every fourth has fewer than v ones.
    loss : "squared", "fourth" or "entropy"
    rng : numpy.random.Generator
        Draws the weights first, then the inputs.
    code : Code, optional
        Of the inputs. Without it x = y.
    code_out : Code, optional
        Of the outputs: they are read from it by D, its decompressor, and only what comes before D is
        trained, z = D (V relu(W x + b) + c). Without it the read-out is V, all of it trained.
    start : SuperposedNetwork, optional
        A construction, or a trained network, for this problem. Training goes on from its weights, all of
        its layers multiplied out, and from its decisions: its read-out becomes the last layer.
    scale : float
        Of random weights: at 1 active inputs give each sum variance 1. Above 0 and at most 10.
    steps, batch, every : int
        Steps in all, inputs for each, and steps from one network to the next.
    rate : float
        Of the first step, above 0 and at most 1. It falls to 0 along a quarter of a cosine's period.

    Raises
    ------
    ValueError
        Arguments as above are not met; `code`, `code_out` or `start` does not fit the problem; a code and
        a `start` are given.

    Notes
    -----
    Adam: Kingma and Ba, arXiv 1412.6980. The fourth power is charged for its worst outputs most of all.

    Examples
    --------
    >>> from superpos_lib import matching
    >>> how = {"v": 2, "loss": "fourth", "steps": 20, "every": 10}
    >>> steps = training_steps(matching(8), 6, rng=np.random.default_rng(0), **how)
    >>> [int(net.history[-1, 0]) for net in steps]
    [0, 10, 20]
    """
    instance("problem", problem, (TwoAnd, Permutation))
    neurons = fitting("neurons", whole("neurons", neurons, 1), neurons)
    v, loss = whole("v", v, 1, problem.inputs), one_of("loss", loss, LOSSES)
    steps, every = whole("steps", steps, 0, MOST_STEPS), whole("every", every, 1)
    batch = whole("batch", batch, 1)
    fitting("batch", batch, batch * (problem.inputs + problem.outputs + neurons))
    rate, rng = real("rate", rate, 0, 1), generator(rng)
    scale = real("scale", scale, 0, 10)
    if start is None:
        codes = _code("code", code, problem.inputs), _code("code_out", code_out, problem.outputs)
        template = _fresh(neurons, v, loss, *codes, scale, rng)
    else:
        for name, given in (("code", code), ("code_out", code_out)):
            if given is not None:
                raise expected(name, "none where a start has its own", given)
        template = _continued(problem, neurons, v, loss, start)
    inputs = _batches(problem, v, batch, steps, rng)
    return _learn(template, problem, inputs, loss, steps, rate, every)


def loss_and_gradients(network, X, T, loss):
    """The loss of a network on inputs X with targets T, and how it changes with every weight.

    Parameters
    ----------
    network : Network
        Any layers, whose factors are multiplied out.
    X : array of shape (inputs, batch)
    T : array of shape (outputs, batch), 0/1
    loss : "squared", "fourth" or "entropy"

    Returns
    -------
    float, tuple of (dW, db) for each layer

    Raises
    ------
    ValueError
        Shapes that do not fit, entries of T that are not 0 or 1, another loss.

    Examples
    --------
    >>> network = Network((Layer(([[2.0]],), [1.0], relu=False),))
    >>> loss_and_gradients(network, [[3.0]], [[1]], "squared")  # (2 * 3 + 1 - 1)^2
    (36.0, ((array([[36.]]), array([12.])),))
    """
    instance("network", network, Network)
    X, T = real_columns("X", X, network.inputs), boolean_columns("T", T, network.outputs)
    if X.ndim != 2 or X.shape[1] == 0:
        raise expected("X", "a batch of at least one column", f"shape {X.shape}")
    if T.shape[1:] != X.shape[1:]:
        raise expected("T", f"shape {(network.outputs, X.shape[1])}", f"shape {T.shape}")
    weights = [w for layer in network.layers for w in _dense(layer)]
    relus = [layer.relu for layer in network.layers]
    value, gradients = _backward(weights, relus, X, T, one_of("loss", loss, LOSSES))
    return value, tuple(zip(gradients[::2], gradients[1::2], strict=True))


# --- where training starts


def _code(name, code, features):
    if code is None:
        return _one_each(features)
    if instance(name, code, Code).features != features:
        raise expected(name, f"{features} features, as the problem has", code.features)
    return code


def _one_each(features):
    return Code(selection(np.arange(features), features))


def _fresh(neurons, v, loss, code, code_out, scale, rng):
    """Random normal weights of mean 0, so much of the usual size, and biases 0."""
    width, outputs = code.neurons, code_out.neurons
    fitting("neurons", neurons, 8 * neurons * (width + outputs))
    heard = v * float(np.mean(code.weights))
    W = scale * rng.normal(size=(neurons, width)) / math.sqrt(heard)
    V = scale * rng.normal(size=(outputs, neurons)) / math.sqrt(neurons)
    first, last = Layer((W,), np.zeros(neurons)), Layer((V,), np.zeros(outputs), relu=False)
    return SuperposedNetwork(code, Network((first, last)), code_out, v, THRESHOLDS[loss])


def _continued(problem, neurons, v, loss, start):
    """`start`, its read-out a last layer of the same decisions."""
    wanted = (problem.inputs, problem.outputs)
    instance("start", start, SuperposedNetwork)
    ends = (start.code_in.features, start.code_out.features)
    if ends != wanted:
        raise expected(
            "start", f"a network of {wanted[0]} inputs and {wanted[1]} outputs", f"one of {ends}"
        )
    if start.network.neurons != neurons:
        raise expected("neurons", f"{start.network.neurons}, as the start has", neurons)
    cells = sum(layer.inputs * layer.outputs for layer in start.network.layers)
    fitting("start", "one of that size", 8 * (cells + start.network.outputs * problem.outputs))
    dense = [_dense(layer) for layer in start.network.layers]
    layers = [Layer((W,), b, one.relu) for (W, b), one in zip(dense, start.network.layers, strict=True)]
    gain = LOG_ODDS if loss == "entropy" and not _has_read_out(start) else 1.0
    V, c = gain * as_dense(start.code_out.decompressor), np.zeros(problem.outputs)
    if not layers[-1].relu:
        last = layers.pop()
        V, c = times(V, last.factors[0]), times(V, last.bias)
    c = c + THRESHOLDS[loss] - gain * start.threshold
    layers.append(Layer((V,), c, relu=False))
    return SuperposedNetwork(
        start.code_in, Network(tuple(layers)), _one_each(problem.outputs), v, THRESHOLDS[loss]
    )


def _has_read_out(net):
    """Whether the last layer is a read-out already, of numbers trained for what they are."""
    return not net.network.layers[-1].relu


def _dense(layer):
    """(W, b) of a layer, W multiplied out."""
    *left, product = layer.factors
    for factor in reversed(left):
        product = times(factor, product)
    return as_dense(product), layer.bias


# --- what it sees


def _batches(problem, v, batch, steps, rng):
    """Active inputs of each step's batch, shape (batch, v); `problem.inputs` stands for none."""
    m = problem.inputs
    at_once = max(1, min(STEPS_DRAWN, CELLS_DRAWN // (batch * v)))
    for done in range(0, steps, at_once):
        count = min(at_once, steps - done) * batch
        active = distinct(m, v, count, rng=rng)
        fewer = np.arange(count) % 8 == 0
        ones = np.where(fewer, rng.integers(v, size=count), v)
        active[np.arange(v) >= ones[:, None]] = m
        if isinstance(problem, TwoAnd) and v > 1:
            (targeted,) = np.nonzero(np.arange(count) % 2)
            pairs = problem.pairs[rng.integers(problem.outputs, size=len(targeted))]
            # Others that are in the pair already count once: a column then has fewer ones.
            active[targeted[:, None], [0, 1]] = pairs
        yield from active.reshape(-1, batch, v)


def _columns(active, m):
    Y = np.zeros((m + 1, len(active)), dtype=bool)
    Y[active, np.arange(len(active))[:, None]] = True
    return Y[:m]


# --- learning


def _learn(template, problem, inputs, loss, steps, rate, every):
    relus = [layer.relu for layer in template.network.layers]
    weights = [np.array(w) for layer in template.network.layers for w in _dense(layer)]
    C = None if _is_one_each(template.code_in) else as_dense(template.code_in.matrix)
    D = None if _is_one_each(template.code_out) else as_dense(template.code_out.decompressor)
    mean, square = [np.zeros_like(w) for w in weights], [np.zeros_like(w) for w in weights]
    history, since = [], []
    for step, active in enumerate(inputs, start=1):
        Y = _columns(active, problem.inputs)
        X = Y.astype(float) if C is None else times(C, Y.astype(float))
        value, gradients = _backward(weights, relus, X, problem.truth(Y), loss, D)
        if not history:
            history.append((0, value))
            yield _network(template, weights, history)
        since.append(value)
        pace = rate * (1 + math.cos(math.pi * (step - 1) / steps)) / 2
        _adam(weights, gradients, mean, square, step, pace)
        if step % every == 0 or step == steps:
            history.append((step, float(np.mean(since))))
            since = []
            yield _network(template, weights, history)
    if not history:
        yield template


def _is_one_each(code):
    return code.neurons == code.features and np.array_equal(as_dense(code.matrix), np.eye(code.neurons))


def _network(template, weights, history):
    layers = [
        Layer((W.copy(),), b.copy(), one.relu)
        for W, b, one in zip(weights[::2], weights[1::2], template.network.layers, strict=True)
    ]
    return replace(template, network=Network(tuple(layers)), history=np.array(history))


def _adam(weights, gradients, mean, square, step, rate):
    """One step, in place."""
    rate = rate * math.sqrt(1 - SQUARES**step) / (1 - MOMENTUM**step)
    for w, g, m, s in zip(weights, gradients, mean, square, strict=True):
        m += (1 - MOMENTUM) * (g - m)
        s += (1 - SQUARES) * (g * g - s)
        w -= rate * m / (np.sqrt(s) + TINY)


def _backward(weights, relus, X, T, loss, D=None):
    """The loss, and its gradient by every weight matrix and bias, in the order of `weights`.

    With D, what the last layer gives is not read as it is, but multiplied by it.
    """
    kept = [X]
    for W, b, relu in zip(weights[::2], weights[1::2], relus, strict=True):
        z = times(W, kept[-1]) + b[:, None]
        kept.append(np.maximum(z, 0) if relu else z)
    value, slope = _loss(kept[-1] if D is None else times(D, kept[-1]), T, loss)
    slope = slope if D is None else times(D.T, slope)
    gradients = []
    for k in reversed(range(len(relus))):
        if relus[k]:
            slope = slope * (kept[k + 1] > 0)
        gradients += [slope.sum(axis=1), times(slope, kept[k].T)]
        if k:
            slope = times(weights[2 * k].T, slope)
    return value, gradients[::-1]


def _loss(z, T, loss):
    """The loss, a mean over columns, and its slope by every z."""
    count = z.shape[1]
    if loss == "entropy":
        value = np.logaddexp(0, z) - T * z
        slope = np.exp(-np.logaddexp(0, -z)) - T
    else:
        off = z - T
        power = 2 if loss == "squared" else 4
        value, slope = off**2, power * off
        if power == 4:
            slope, value = slope * value, value * value
    return float(value.sum()) / count, slope / count
