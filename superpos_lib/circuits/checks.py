"""Inputs that reach the deep gates of a circuit, and the comparison of a network with its circuit."""

import inspect
import itertools
from dataclasses import dataclass

import numpy as np

from .._arguments import expected, fitting, generator, instance, one_of, whole
from ..verify import verify
from .circuit import Circuit

__all__ = ["circuit_inputs", "unlike", "verify_circuit"]

# The most inputs of a text whose every input is tried.
MOST = 12


def circuit_inputs(circuit, v, count, *, rng):
    """Inputs that switch on gates of the last layer, or nearly: Booleans, shape (inputs, count).

    For each, an output is drawn, and what it needs is sought backwards: `least` of a gate's `plus`, drawn
    at random, and so on up to the inputs. If that takes more than v, v of them are drawn. A quarter of the
    inputs then lose one active feature, a quarter gain random ones up to v, and a quarter gain what a
    second output needs, as far as v allows.

    Raises
    ------
    ValueError
        `circuit` is no `Circuit`, v outside 1, ..., inputs, count < 1, no generator.

    Examples
    --------
    >>> from superpos_lib.circuits import and_gate
    >>> circuit = Circuit("abcd", [[and_gate("ab", "a", "b")]])
    >>> circuit.truth(circuit_inputs(circuit, 2, 40, rng=np.random.default_rng(0))).any()
    np.True_
    """
    m = len(instance("circuit", circuit, Circuit).inputs)
    v, count, rng = whole("v", v, 1, m), whole("count", count, 1), generator(rng)
    fitting("count", count, m * count)
    gates = [{gate.name: gate for gate in layer} for layer in circuit.layers]
    place = {name: j for j, name in enumerate(circuit.inputs)}
    Y = np.zeros((m, count), dtype=bool)
    for column in range(count):
        needs = [place[name] for name in _needs(gates, circuit.outputs, rng)]
        active = list(rng.permutation(needs)[:v])
        if column % 4 == 1 and len(active) > 1:
            active.pop()
        elif column % 4 == 2:
            active += list(rng.integers(m, size=v - len(active)))
        elif column % 4 == 3:
            more = [place[name] for name in _needs(gates, circuit.outputs, rng)]
            active += more[: v - len(active)]
        Y[active, column] = True
    return Y


def _needs(gates, outputs, rng):
    """Inputs, sorted, that make one random output true if nothing forbids it."""
    wanted = {outputs[rng.integers(len(outputs))]}
    for layer in reversed(gates):
        below = set()
        for name in sorted(wanted):
            gate = layer[name]
            below.update(gate.plus[j] for j in rng.permutation(len(gate.plus))[: gate.least])
        wanted = below
    return sorted(wanted)


@dataclass(frozen=True, eq=False)
class _Problem:
    """A circuit as `verify` wants its problems: counts in place of names."""

    circuit: Circuit

    @property
    def inputs(self):
        return len(self.circuit.inputs)

    @property
    def outputs(self):
        return len(self.circuit.outputs)

    def truth(self, Y):
        return self.circuit.truth(Y)


def verify_circuit(net, v=None, method="exhaustive", *, count=None, rng=None):
    """Compare a network's outputs with its circuit's: a `superpos_lib.verify.Report`.

    Parameters
    ----------
    net : CircuitNetwork
    v : int, optional
        Inputs with at most v ones are checked; the network's own v if nothing is given.
    method : str
        "exhaustive", every such input; or "sampled", `count` of `circuit_inputs`, drawn from `rng`.

    Raises
    ------
    ValueError
        `net` is no `CircuitNetwork`, v out of range, another method, or too many inputs to go through.

    Examples
    --------
    >>> from superpos_lib.circuits import circuit_network, parse
    >>> circuit = parse("alarm = smoke and not test")
    >>> net = circuit_network(circuit, v=2, rng=np.random.default_rng(0))
    >>> verify_circuit(net).ok
    True
    """
    from .network import CircuitNetwork  # it uses this module's inputs

    net = instance("net", net, CircuitNetwork)
    v = net.v if v is None else whole("v", v, 1, net.v)
    problem = _Problem(net.circuit)
    if one_of("method", method, ("exhaustive", "sampled")) == "exhaustive":
        if count is not None or rng is not None:
            raise expected("count, rng", 'neither of them with method="exhaustive"', "one")
        return verify(net.network, problem, v)
    Y = circuit_inputs(net.circuit, v, whole("count", count, 1), rng=generator(rng))
    return verify(net.network, problem, v, "sampled", inputs=Y)


def unlike(text, name, wanted):
    """What a network made of a text says otherwise than it should, in a line; None if nothing.

    The text is compiled, the network run on every input, and its output `name` compared with a function.

    Parameters
    ----------
    text : str
        As `parse` takes it.
    name : str
        One of the names that it should define.
    wanted : function
        Of Booleans; its arguments are called as inputs. Inputs that a text does not use are tried, too.

    Raises
    ------
    ValueError
        `text` or `name` is no string, `wanted` no function.

    Examples
    --------
    >>> unlike("z = a or b", "z", lambda a, b: a and b)
    'with 1 active, b, the network says that z is true, and it should be false'
    >>> unlike("z = a and b", "z", lambda a, b: a and b)
    """
    from .network import circuit_network
    from .text import parse

    if not isinstance(name, str):
        raise expected("name", "a name", repr(name))
    if not inspect.isfunction(wanted):
        raise expected("wanted", "a function of Booleans", repr(wanted))
    if not isinstance(text, str):
        raise expected("text", "lines such as `alarm = smoke and not test`", repr(text))
    try:
        circuit = parse(text)
    except ValueError as error:
        return str(error)
    if name not in circuit.outputs:
        defined = ", ".join(circuit.outputs)
        return f"the text defines {len(circuit.outputs)} names, {defined}, and {name} is none of them"
    asked = list(inspect.signature(wanted).parameters)
    names = [*asked, *(one for one in circuit.inputs if one not in asked)]
    if len(names) > MOST:
        return f"{len(names)} inputs are too many to try them all: at most {MOST}"
    Y = np.array(list(itertools.product([False, True], repeat=len(names)))).T
    net = circuit_network(circuit, v=len(circuit.inputs), rng=np.random.default_rng(0))
    said = net.predict(Y[[names.index(one) for one in circuit.inputs]])[circuit.outputs.index(name)]
    for y, one in zip(Y.T, said, strict=True):
        if bool(wanted(*map(bool, y[: len(asked)]))) != one:
            active = [other for other, on in zip(names, y, strict=True) if on]
            shown = ", ".join([f"{len(active)} active", *active])
            words = ("false", "true") if one else ("true", "false")
            return f"with {shown}, the network says that {name} is {words[1]}, and it should be {words[0]}"
    return None
