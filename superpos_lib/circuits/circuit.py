"""A circuit: named inputs, and layers of gates that each read the layer before."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .._arguments import boolean_columns, expected
from .._matrices import from_entries
from .gates import Gate, _names

__all__ = ["Circuit"]


@dataclass(frozen=True, eq=False)
class Circuit:
    """Layers of gates. A gate reads names of the layer before it, the first layer's gates the inputs.

    What is used further down goes through a `pass_gate` in every layer between.

    Parameters
    ----------
    inputs : sequence of str
        Names of the input features, all different.
    layers : sequence of sequences of Gate
        One layer or more, none empty; the gates of a layer have different names.

    Raises
    ------
    ValueError
        Repeated names, a layer without gates, or a gate that reads what the layer before does not have:
        the message names layer and gate.

    Notes
    -----
    Every `Gate` is silent at rest, so a circuit without active inputs has no true gate in any layer.

    Examples
    --------
    >>> from superpos_lib.circuits import and_gate, pass_gate
    >>> first = [and_gate("ab", "a", "b"), pass_gate("c", "c")]
    >>> circuit = Circuit("abc", [first, [and_gate("all", "ab", "c")]])
    >>> circuit.outputs, circuit.truth(np.array([1, 1, 1])).tolist()
    (('all',), [True])
    """

    inputs: tuple
    layers: tuple

    def __post_init__(self):
        inputs = _names("inputs", tuple(self.inputs) if isinstance(self.inputs, str) else self.inputs)
        if not inputs or len(set(inputs)) < len(inputs):
            raise expected("inputs", "one name or more, all different", repr(inputs))
        try:
            layers = tuple(tuple(layer) for layer in self.layers)
        except TypeError:
            raise expected("layers", "a sequence of sequences of Gate", repr(self.layers)) from None
        if not layers:
            raise expected("layers", "one layer or more", "none")
        there = set(inputs)
        for number, layer in enumerate(layers, 1):
            there = _checked(layer, number, there)
        object.__setattr__(self, "inputs", inputs)
        object.__setattr__(self, "layers", layers)

    @property
    def outputs(self):
        """Names of the last layer's gates, in order."""
        return tuple(gate.name for gate in self.layers[-1])

    @cached_property
    def names(self):
        """Of each level, the inputs first, the names in order: a tuple of tuples."""
        return (self.inputs, *(tuple(gate.name for gate in layer) for layer in self.layers))

    @cached_property
    def signs(self):
        """Of each layer the matrix of +1 and -1, gates x features of the layer before."""
        return tuple(_signs(layer, before) for layer, before in zip(self.layers, self.names, strict=False))

    def levels(self, Y):
        """What is true at each level, inputs first: Booleans of shape (names, batch), one array a level.

        `Y` has shape (inputs,) or (inputs, batch); so have the arrays.
        """
        Y = boolean_columns("Y", Y, len(self.inputs))
        levels = [Y]
        for layer, signs in zip(self.layers, self.signs, strict=True):
            count = np.rint(signs @ levels[-1].astype(float))
            least = np.array([gate.least for gate in layer])
            most = np.array([np.inf if gate.most is None else gate.most for gate in layer])
            levels.append(((least <= count.T) & (most >= count.T)).T)
        return tuple(levels)

    def truth(self, Y):
        """The outputs, Booleans of shape (outputs,) or (outputs, batch)."""
        return self.levels(Y)[-1]

    def active(self, Y):
        """How many names are true at each level, shape (levels,) or (levels, batch): is it sparse?

        >>> from superpos_lib.circuits import or_gate
        >>> Circuit("ab", [[or_gate(name, "a", "b") for name in "xyz"]]).active(np.array([1, 0])).tolist()
        [1, 3]
        """
        return np.array([level.sum(axis=0) for level in self.levels(Y)])


def _checked(layer, number, there):
    """The names of a layer, if its gates are gates and read what is `there`."""
    if not layer:
        raise expected("layers", "at least one gate in each layer", f"none in layer {number}")
    names = set()
    for gate in layer:
        if not isinstance(gate, Gate):
            raise expected("layers", f"a Gate in layer {number}", repr(gate))
        if gate.name in names:
            raise expected("layers", f"different names in layer {number}", f"{gate.name!r} twice")
        for feature in gate.plus + gate.minus:
            if feature not in there:
                wanted = f"gate {gate.name!r} of layer {number} to read names of the layer before it"
                raise expected("layers", wanted, repr(feature))
        names.add(gate.name)
    return names


def _signs(layer, before):
    place = {name: j for j, name in enumerate(before)}
    rows, columns, values = [], [], []
    for i, gate in enumerate(layer):
        for names, sign in ((gate.plus, 1.0), (gate.minus, -1.0)):
            rows += [i] * len(names)
            columns += [place[name] for name in names]
            values += [sign] * len(names)
    return from_entries(np.array(rows), np.array(columns), np.array(values), (len(layer), len(before)))
