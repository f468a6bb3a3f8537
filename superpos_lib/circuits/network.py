"""One network for a circuit: every layer reads the code that the layer before left, and leaves a clean one.

For each layer of gates, from the code x of its inputs, three layers of ReLUs:

    u = relu((on - W x) / (on - off)), w = relu((W x - over) / (on - off)),    h = relu(1 - u - w),
    e = relu((ON - V h) / (ON - OFF)),    t = relu(1 - e).

Row r of W counts the inputs of the gates in whose channel r is, +1 or -1 each. h is 1 where that count is
at least the gates' `least` (and, by w, the tent's far side, not above their `most`). V reads each gate from
its channel in h and writes it in its code word; t is clipped to 0, ..., 1, and so exactly the union of
the true gates' code words if V h is at most OFF or at least ON everywhere. Then the next layer starts
without any error. (e and t come from two layers, u and h from two: four in all.)
"""

import itertools
import math
from dataclasses import dataclass

import numpy as np

from .._arguments import expected, generator, instance, whole
from .._matrices import as_dense, entries, from_entries, join, times
from ..codes import Code, ConstructionError
from ..inputs import count_sparse, random_sparse, sparse_batches
from ..network import Layer, Network, SuperposedNetwork, centred_product, selection
from ..two_and.assembly import LEAST_SQUARES_CELLS, RIDGE_IN, reading
from ..two_and.channels import balanced_rows, channel_matrix
from .checks import circuit_inputs
from .circuit import Circuit

__all__ = ["CircuitNetwork", "CircuitOrigin", "circuit_network", "circuit_width"]


@dataclass(frozen=True)
class _Design:
    """Rows that carry a gate, neurons that carry a feature; where a neuron of a code is off, and on."""

    channel: int
    weight: int
    off: float
    on: float


# Read by least squares features make little noise, and short channels are best; read by means, longer ones.
SMALL, LARGE = _Design(4, 5, 0.4, 0.7), _Design(6, 8, 0.5, 0.7)
# A row is off up to least - 1/2 - HALF, on from least - 1/2 + HALF; a feature is read as true above READ.
HALF, READ = 0.15, 0.7
# The ridge by which channels are read: the smaller, the less noise, and the more half-lit channels disturb.
RIDGE = 0.01
# Networks drawn at a width, how much wider the next width is, and the inputs on which each is tried.
DRAWS, WIDER, TRIED = 2, 1.2, 400
# Without a given width, all inputs are tried where there are no more than EVERY of them, else STRANGERS
# random ones as well: two inputs that have nothing in common are what targeted ones hardly ever have.
EVERY, STRANGERS, BATCH = 100_000, 2_000, 1_000
# The first width is FIRST sqrt(v times connections of the fullest layer / 2).
FIRST = 10


@dataclass(frozen=True)
class CircuitOrigin:
    """How a circuit's network was found.

    first, neurons : the width that was tried first, and that of the network taken
    draws : networks drawn in all
    tried, failures : inputs on which it was tried, and how many of them it got wrong
    superposed : of each layer, whether its gates share rows or its features share neurons
    """

    first: int
    neurons: int
    draws: int
    tried: int
    failures: int
    superposed: tuple


@dataclass(frozen=True, eq=False)
class CircuitNetwork:
    """A circuit and the one network that computes it.

    circuit : Circuit
    network : SuperposedNetwork
        From the inputs' code to the outputs' code.
    codes : tuple of Code
        The code at each level, inputs first.
    ends : tuple of int
        After how many of the network's layers each level's code stands; 0 for the inputs.
    channels : tuple
        Of each layer of gates the 0/1 matrix rows x gates: which rows carry a gate before re-coding.
    origin : CircuitOrigin or None
    """

    circuit: Circuit
    network: SuperposedNetwork
    codes: tuple
    ends: tuple
    channels: tuple
    origin: CircuitOrigin | None = None

    @property
    def v(self):
        """`predict` refuses inputs with more than v ones."""
        return self.network.v

    @property
    def neurons(self):
        """The ReLU units of the widest layer, or the width of the input code if that is more."""
        return max(self.network.neurons, self.network.code_in.neurons)

    def predict(self, Y):
        """The outputs: Booleans of shape (outputs,) or (outputs, batch)."""
        return self.network.predict(Y)

    def states(self, Y):
        """The code that each level leaves, inputs first: a tuple of arrays (neurons, batch)."""
        trace = self.network.trace(Y)
        return tuple(trace.x if end == 0 else trace.layers[end - 1].output for end in self.ends)

    def carriers(self, level, name):
        """The neurons that carry `name` at a level; level 0 is the inputs.

        >>> from superpos_lib.circuits import parse
        >>> net = circuit_network(parse("alarm = smoke and not test"), v=2, rng=np.random.default_rng(0))
        >>> net.carriers(1, "alarm").tolist()
        [0]
        """
        level = whole("level", level, 0, len(self.codes) - 1)
        names = self.circuit.names[level]
        if not isinstance(name, str) or name not in names:
            raise expected("name", f"a name of level {level}", repr(name))
        column = np.zeros(len(names))
        column[names.index(name)] = 1
        return np.flatnonzero(self.codes[level].matrix @ column)


def circuit_width(circuit, v):
    """The width tried first: 10 sqrt(v c / 2), c the connections of the fullest layer, or one neuron each.

    The smaller of that and the width at which every feature and every row has a neuron of its own.

    >>> from superpos_lib.circuits import parse
    >>> circuit_width(parse("alarm = smoke and not test"), 2)
    2
    """
    circuit = instance("circuit", circuit, Circuit)
    v = whole("v", v, 1, len(circuit.inputs))
    fullest = max(sum(len(gate.plus) + len(gate.minus) for gate in layer) for layer in circuit.layers)
    return min(math.ceil(FIRST * math.sqrt(v * fullest / 2)), _own_width(circuit))


def _own_width(circuit):
    """Neurons with which nothing is superposed: each name its own, and each tent two."""
    costs = [sum(1 + (gate.most is not None) for gate in layer) for layer in circuit.layers]
    return max(len(circuit.inputs), *costs)


def circuit_network(circuit, *, v, neurons=None, rng, clip=True):
    """One ReLU network for all layers of a circuit, each in superposition.

    Without `neurons`, two networks are drawn at a width, and one is taken if it is right on 400 targeted
    inputs (`circuit_inputs`), and on *every* input with at most v ones where these are at most 100,000,
    else on 2,000 random ones. The next width is 20 % more, and so on up to the width at which every name
    has a neuron of its own, where nothing is shared and every input is computed exactly. With `neurons`
    two are drawn, and the one that fails on fewer of 400 targeted inputs is taken, right or not; `origin`
    says what was found.

    Parameters
    ----------
    circuit : Circuit
    v : int
        The network is made for inputs with at most v ones.
    neurons : int, optional
        n, of every layer.
    rng : numpy.random.Generator
    clip : bool
        False takes the clips out: rows are h = relu(2 (W x - least) + 1), codes are left as they come,
        and errors add up from layer to layer. For comparison only.

    Returns
    -------
    CircuitNetwork

    Raises
    ------
    ValueError
        `circuit` is no `Circuit`, v outside 1, ..., inputs, neurons < 1, no generator, `clip` no bool.
    ConstructionError
        Fewer neurons than a layer has kinds of gates.

    Notes
    -----
    Ours. That it was right on the inputs tried is a measurement, no proof, unless these were all, or
    nothing is superposed.

    Theorem: thm-circuit-clean.

    Examples
    --------
    >>> from superpos_lib.circuits import parse
    >>> net = circuit_network(parse("odd = a xor b xor c"), v=3, rng=np.random.default_rng(0))
    >>> net.predict(np.array([1, 1, 1])).tolist()
    [True]
    """
    circuit = instance("circuit", circuit, Circuit)
    v, rng = whole("v", v, 1, len(circuit.inputs)), generator(rng)
    instance("clip", clip, (bool, np.bool_))
    first = circuit_width(circuit, v) if neurons is None else whole("neurons", neurons, 1)
    most, n, draws = _own_width(circuit), first, 0
    batches = _trials(circuit, v, neurons is None, rng)
    while True:
        n = min(n, most) if neurons is None else n
        best = None
        for _ in range(DRAWS if clip else 1):
            draws += 1
            net, superposed = _drawn(circuit, v, n, rng, clip)
            tried, failures = _tried(net, circuit, batches())
            if best is None or failures < best[0]:
                best = failures, tried, net, superposed
            if not failures:
                break
        failures, tried, net, superposed = best
        if not failures or neurons is not None or n >= most or not clip:
            origin = CircuitOrigin(first, net.neurons, draws, tried, failures, superposed)
            return CircuitNetwork(circuit, net.network, net.codes, net.ends, net.channels, origin)
        n = math.ceil(WIDER * n)


def _trials(circuit, v, thoroughly, rng):
    """A function that gives the inputs on which networks are tried, batch by batch, each time the same."""
    m, targeted = len(circuit.inputs), circuit_inputs(circuit, v, TRIED, rng=rng)
    if not thoroughly:
        return lambda: [targeted]
    if count_sparse(m, v) <= EVERY:
        return lambda: itertools.chain([targeted], sparse_batches(m, v, BATCH))
    strangers = random_sparse(m, v, STRANGERS, rng=rng)
    return lambda: [targeted, *np.split(strangers, STRANGERS // BATCH, axis=1)]


def _tried(net, circuit, batches):
    """(inputs tried, how many failed): up to the first batch in which one did."""
    tried = 0
    for Y in batches:
        tried += Y.shape[1]
        if failures := int((net.predict(Y) != circuit.truth(Y)).any(axis=0).sum()):
            return tried, failures
    return tried, 0


def _drawn(circuit, v, n, rng, clip):
    """One network of n neurons, and which of its layers are superposed."""
    largest = n * max(map(len, circuit.names))
    design = LARGE if largest > LEAST_SQUARES_CELLS else SMALL
    codes = [_code(len(circuit.inputs), n, design, rng)]
    layers, ends, channels, superposed = [], [0], [], []
    for gates, signs in zip(circuit.layers, circuit.signs, strict=True):
        S, rows, own = _channels(gates, n, design, rng)
        code = Code(S) if own else _code(len(gates), n, design, rng)
        layers += _rows(rows, _listen(S, signs), codes[-1], clip)
        if not own:
            layers += _recoded(S, code, design, clip)
        channels.append(S)
        superposed.append(not own or _shared(codes[-1]))
        codes.append(code)
        ends.append(len(layers))
    network = SuperposedNetwork(codes[0], Network(tuple(layers)), codes[-1], v, READ)
    return CircuitNetwork(circuit, network, tuple(codes), tuple(ends), tuple(channels)), tuple(superposed)


def _shared(code):
    return code.neurons < code.features


def _code(features, n, design, rng):
    """A neuron for each feature where there are enough, else a few random ones for each."""
    if n >= features:
        return Code(selection(np.arange(features), features).T)
    weight = min(design.weight, max(1, n // 2))
    return Code(channel_matrix(balanced_rows(n, features, weight, rng=rng), n))


def _channels(gates, n, design, rng):
    """(S, bounds of each row, whether each gate has a row of its own)."""
    kinds = sorted({(gate.least, gate.most or 0) for gate in gates})
    each = [[i for i, gate in enumerate(gates) if (gate.least, gate.most or 0) == kind] for kind in kinds]
    costs = [1 + (most > 0) for _, most in kinds]
    own = sum(cost * len(which) for cost, which in zip(costs, each, strict=True)) <= n
    if own:
        return selection(np.arange(len(gates)), len(gates)), [(g.least, g.most or 0) for g in gates], True
    if n < sum(costs):
        raise ConstructionError(f"{len(kinds)} kinds of gates need {sum(costs)} neurons; there are {n}")
    share = np.sqrt([cost * len(which) for cost, which in zip(costs, each, strict=True)])
    heights = np.maximum(1, np.floor((n - sum(costs)) * share / share.sum() / costs).astype(int))
    sets, bounds, top = [None] * len(gates), [], 0
    for kind, which, height in zip(kinds, each, heights, strict=True):
        drawn = balanced_rows(
            int(height), len(which), min(design.channel, max(1, int(height) // 2)), rng=rng
        )
        for i, rows in zip(which, drawn, strict=True):
            sets[i] = top + rows
        bounds += [kind] * int(height)
        top += int(height)
    return channel_matrix(sets, top), bounds, False


def _listen(S, signs):
    """C0, rows x features: +1 where some gate of the row has the feature in `plus`, else -1 or 0."""
    rows, columns, values = entries(signs)
    sums = []
    for sign in (1.0, -1.0):
        part = values == sign
        heard = times(S, from_entries(rows[part], columns[part], 1.0, signs.shape))
        sums.append(entries(heard)[:2])
    (r, c), (q, d) = sums
    width = signs.shape[1]
    free = ~np.isin(q * width + d, r * width + c)
    return from_entries(
        np.r_[r, q[free]],
        np.r_[c, d[free]],
        np.r_[np.ones(len(r)), -np.ones(free.sum())],
        (S.shape[0], width),
    )


def _rows(bounds, listen, code, clip):
    """The layers that light the rows."""
    least = np.array([low for low, _ in bounds], dtype=float)
    most = np.array([high for _, high in bounds], dtype=float)
    tents = np.flatnonzero(most > 0)
    height, half = len(bounds), HALF
    factors = _read(listen, code, RIDGE_IN) if _shared(code) else (listen, code.matrix.T)
    pick = selection(np.r_[np.arange(height), tents], height)
    if not clip:
        gain = np.r_[np.full(height, 2.0), np.full(len(tents), 4.0)]
        bias = np.r_[1 - 2 * least, -4 * most[tents]]
        first = Layer((_diagonal(gain), pick, *factors), bias)
        return [first, Layer((_less(height, tents),), np.zeros(height))]
    slope = 1 / (2 * half)
    gain = np.r_[np.full(height, -slope), np.full(len(tents), slope)]
    bias = np.r_[slope * (least - 0.5 + half), -slope * (most[tents] + 0.5 - half)]
    first = Layer((_diagonal(gain), pick, *factors), bias)
    return [first, Layer((-_less(height, tents, 1.0),), np.ones(height))]


def _read(weights, code, ridge):
    """Factors of a matrix that adds up features read from their code, each with its weight.

    Where it is small, by least squares, so scaled that a feature active alone is read as 1; else by the
    centred mean.
    """
    if code.features * code.neurons > LEAST_SQUARES_CELLS:
        return centred_product(weights, code)
    R, _ = reading(code, ridge)
    alone = np.einsum("jn,nj->j", R, as_dense(code.matrix))
    return weights, R / alone[:, None]


def _diagonal(values):
    return from_entries(np.arange(len(values)), np.arange(len(values)), values, (len(values),) * 2)


def _less(height, tents, sign=-1.0):
    """[I, sign M]: row r, and what the far side of its tent adds or takes."""
    M = from_entries(tents, np.arange(len(tents)), sign, (height, len(tents)))
    identity = selection(np.arange(height), height)
    return join([[identity, M]]) if len(tents) else identity


def _recoded(S, code, design, clip):
    """The layers that write gates, read from their channels, in the next code."""
    factors = _read(code.matrix, Code(S), RIDGE)
    n = code.neurons
    if not clip:
        return [Layer(factors, np.zeros(n), relu=False)]
    slope = 1 / (design.on - design.off)
    first = Layer((_diagonal(np.full(n, -slope)), *factors), np.full(n, slope * design.on))
    return [first, Layer((_diagonal(np.full(n, -1.0)),), np.ones(n))]
