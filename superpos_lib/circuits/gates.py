"""One kind of gate for all: some inputs count +1, some -1, and the count must lie between two bounds.

AND, OR, XOR, a AND NOT b, "at least theta of these" and plain pass-through are all of this kind. Each is
silent at rest: with no input active the count is 0, below the lower bound. A gate that is true at rest is
true on almost every sparse input, so that its layer is not sparse, and none can be made here.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .._arguments import expected, whole

__all__ = ["Gate", "and_gate", "and_not", "or_gate", "pass_gate", "threshold_gate", "xor_gate"]


@dataclass(frozen=True)
class Gate:
    """True where least <= (active of `plus`) - (active of `minus`) <= most.

    Parameters
    ----------
    name : str
    plus, minus : sequence of str
        Names of features, all different; at least one in `plus`.
    least : int
        From 1 to the number of `plus`: the gate is silent at rest, and can be true.
    most : int, optional
        At least `least`; no upper bound if nothing is given.

    Raises
    ------
    ValueError
        Names that are no strings, empty, or repeated; bounds out of range.

    Notes
    -----
    Ours. Theorem: thm-circuit-silent.

    Examples
    --------
    >>> Gate("alarm", ("smoke",), ("test",), 1).truth(np.array([[1, 1]]), np.array([[0, 1]])).tolist()
    [True, False]
    """

    name: str
    plus: tuple
    minus: tuple = ()
    least: int = 1
    most: int | None = None

    def __post_init__(self):
        _name("name", self.name)
        plus, minus = _names("plus", self.plus), _names("minus", self.minus)
        if not plus:
            raise expected("plus", "at least one name: a gate of none is never true", "none")
        if len(set(plus + minus)) < len(plus + minus):
            raise expected("plus, minus", "different names", repr(plus + minus))
        object.__setattr__(self, "plus", plus)
        object.__setattr__(self, "minus", minus)
        object.__setattr__(self, "least", whole("least", self.least, 1, len(plus)))
        if self.most is not None:
            most = whole("most", self.most, self.least)
            object.__setattr__(self, "most", most if most < len(plus) else None)

    def truth(self, plus, minus):
        """Booleans, shape (batch,), for the values of `plus` and of `minus`, each (names, batch)."""
        plus, minus = _values("plus", plus, len(self.plus)), _values("minus", minus, len(self.minus))
        count = plus.sum(axis=0) - minus.sum(axis=0)
        return (count >= self.least) & (count <= (len(self.plus) if self.most is None else self.most))


def _values(name, values, rows):
    values = np.asarray(values)
    if values.ndim != 2 or len(values) != rows or values.dtype.kind not in "biu":
        raise expected(name, f"zeros and ones, shape ({rows}, batch)", repr(values))
    return values.astype(np.int64)


def _name(argument, name):
    if not isinstance(name, str) or not name:
        raise expected(argument, "a name, a string that is not empty", repr(name))
    return name


def _names(argument, names):
    if isinstance(names, str) or not isinstance(names, Sequence):
        raise expected(argument, "a sequence of names", repr(names))
    return tuple(_name(argument, name) for name in names)


def and_gate(name, *inputs):
    """True where all inputs are active.

    >>> and_gate("both", "a", "b")
    Gate(name='both', plus=('a', 'b'), minus=(), least=2, most=None)
    """
    return Gate(name, inputs, least=max(1, len(inputs)))


def or_gate(name, *inputs):
    """True where at least one input is active.

    >>> or_gate("any", "a", "b").least
    1
    """
    return Gate(name, inputs)


def xor_gate(name, a, b):
    """True where exactly one of the two is active.

    >>> xor_gate("differ", "a", "b").most
    1
    """
    return Gate(name, (a, b), most=1)


def and_not(name, wanted, unwanted):
    """True where all of `wanted` are active and none of `unwanted` is.

    >>> and_not("alarm", ("smoke",), ("test",)).minus
    ('test',)
    """
    wanted = _names("wanted", wanted)
    return Gate(name, wanted, _names("unwanted", unwanted), least=max(1, len(wanted)))


def threshold_gate(name, inputs, theta):
    """True where at least `theta` of the inputs are active.

    >>> threshold_gate("most", ("a", "b", "c"), 2).least
    2
    """
    return Gate(name, inputs, least=theta)


def pass_gate(name, feature):
    """True where the feature is active.

    >>> pass_gate("a", "a").plus
    ('a',)
    """
    return Gate(name, (feature,))
