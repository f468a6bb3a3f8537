"""From readable lines to a circuit: `alarm = smoke and not test`."""

import re
from dataclasses import dataclass

from .._arguments import expected
from .circuit import Circuit
from .gates import Gate, pass_gate

__all__ = ["parse"]

TOKEN = re.compile(r"\s*(?:(#.*)|([^\W\d]\w*)|([=()])|(\S))")
WANTED = "a formula in each line, such as `alarm = smoke and not test`"
WORDS = ("and", "or", "xor", "not")
# Brackets, and the word not, may be so deep inside each other: the reader calls itself for each.
DEEPEST = 50


@dataclass(frozen=True)
class _Token:
    text: str
    line: int
    column: int

    def error(self, wanted, got=""):
        came = got or (repr(self.text) if self.text else "the end of the line")
        return ValueError(f"text, line {self.line}, column {self.column}: expected {wanted}; got {came}")


@dataclass(frozen=True)
class _Signal:
    """A feature that is silent at rest, or with `inverted` its complement. Never a gate by itself."""

    name: str
    inverted: bool = False


def parse(text):
    """The circuit that some lines describe.

    Each line defines a name by a formula: names, `and`, `xor`, `or`, `not` (which binds closest, then
    `and`, then `xor`, then `or`), brackets. What follows # is a comment. A name may be used in the lines
    below its own. Names that are used and not defined are the inputs, in the order in which they come; all
    defined names are outputs, in their order. A formula may not be true where no input is active: a
    complement can be used on the way, but is no sparse output.

    Parameters
    ----------
    text : str

    Returns
    -------
    Circuit

    Raises
    ------
    ValueError
        No string, no formula, or one that cannot be read, or is true at rest, or the same whatever is
        active: the message says line and column.

    Examples
    --------
    >>> circuit = parse("alarm = smoke and not test  # a drill is no alarm")
    >>> circuit.inputs, circuit.outputs
    (('smoke', 'test'), ('alarm',))
    """
    if not isinstance(text, str):
        raise expected("text", WANTED, repr(text))
    builder = _Builder()
    for number, line in enumerate(text.splitlines(), 1):
        tokens = _tokens(line, number)
        if tokens:
            _line(tokens, _Token("", number, len(line.rstrip()) + 1), builder)
    if not builder.defined:
        raise _Token("", 1, 1).error(WANTED, "no formula")
    return builder.circuit()


def _tokens(line, number):
    tokens, place = [], 0
    while match := TOKEN.match(line, place):
        comment, name, sign, odd = match.groups()
        place = match.end()
        if comment:
            break
        token = _Token(name or sign or odd, number, match.start(match.lastindex) + 1)
        if odd:
            raise token.error("names of letters, digits and _, the words and, or, xor, not, brackets or =")
        tokens.append(token)
    return tokens


def _line(tokens, end, builder):
    name, *rest = tokens
    if not _is_name(name):
        raise name.error("the name that this line defines")
    if name.text in builder.features:
        known = "defined" if name.text in builder.defined else "used as an input"
        raise name.error("a new name", f"{name.text!r}, which was {known} above")
    if not rest or rest[0].text != "=":
        raise (rest[0] if rest else end).error(f"= after {name.text!r}")
    reader = _Reader(rest[1:], end, builder, name.text)
    signal = reader.formula()
    if reader.next.text or reader.left:
        raise reader.next.error("and, or, xor or the end of the line")
    if signal is False:
        raise name.error("a formula that can be true", f"{name.text!r}, which never is")
    if signal is True or signal.inverted:
        raise name.error(
            "a formula that is false where no input is active, such as `x and not y`",
            f"{name.text!r}, which is true there and so would be true almost always: it is not sparse",
        )
    builder.define(name.text, signal.name)


def _is_name(token):
    return bool(token.text) and token.text not in WORDS and token.text not in "=()"


class _Reader:
    """Reads one formula, from left to right, and makes its gates on the way."""

    def __init__(self, tokens, end, builder, target):
        self.left, self.end, self.builder, self.target = list(tokens), end, builder, target
        self.depth = 0

    @property
    def next(self):
        return self.left[0] if self.left else self.end

    def formula(self, level=0):
        if level == 3:
            return self.factor()
        word = ("or", "xor", "and")[level]
        signal = self.formula(level + 1)
        while self.next.text == word:
            self.left.pop(0)
            signal = self.builder.join(word, signal, self.formula(level + 1))
        return signal

    def factor(self):
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.next.error(f"brackets and nots at most {DEEPEST} deep")
        signal = self._factor()
        self.depth -= 1
        return signal

    def _factor(self):
        token = self.next
        if token.text == "not":
            self.left.pop(0)
            return _inverse(self.factor())
        if token.text == "(":
            self.left.pop(0)
            signal = self.formula()
            if self.next.text != ")":
                raise self.next.error(f") for the bracket of column {token.column}")
            self.left.pop(0)
            return signal
        if not _is_name(token):
            raise token.error("a name, not or a bracket")
        if token.text == self.target:
            raise token.error("names other than the one that is being defined")
        self.left.pop(0)
        return self.builder.feature(token.text)


def _inverse(signal):
    return (not signal) if isinstance(signal, bool) else _Signal(signal.name, not signal.inverted)


class _Builder:
    """Gates by name, each at its depth. Inner gates are called by their formula, and shared."""

    def __init__(self):
        self.inputs, self.defined, self.features, self.gates, self.depth = [], [], {}, {}, {}

    def feature(self, name):
        if name not in self.features:
            self.features[name] = _Signal(name)
            self.inputs.append(name)
            self.depth[name] = 0
        return self.features[name]

    def define(self, name, source):
        self.features[name] = _Signal(name)
        self.defined.append(name)
        self.gates[name] = pass_gate(name, source)
        inner = self.gates.get(source)
        if inner is not None and source not in self.features:  # an inner gate takes the line's name
            self.gates[name] = Gate(name, inner.plus, inner.minus, inner.least, inner.most)
        self.depth[name] = 1 + max(self.depth[read] for read in _reads(self.gates[name]))

    def join(self, word, a, b):
        if word == "or":
            return _inverse(self.join("and", _inverse(a), _inverse(b)))
        if isinstance(a, bool) or isinstance(b, bool):
            return self._constant(word, a, b)
        if a.name == b.name:
            same = a.inverted == b.inverted
            return (a if same else False) if word == "and" else not same
        if word == "xor":
            names = tuple(sorted((a.name, b.name)))
            return _Signal(self._gate("xor", names, most=1), a.inverted != b.inverted)
        if a.inverted and b.inverted:
            names = {read for signal in (a, b) for read in self._operands("or", signal)[0]}
            return _Signal(self._gate("or", tuple(sorted(names))), True)
        plus, minus = set(), set()
        for signal in (a, b):
            more = self._operands("or", signal)[::-1] if signal.inverted else self._operands("and", signal)
            plus.update(more[0])
            minus.update(more[1])
        if plus & minus:
            return False
        return _Signal(self._gate("and", tuple(sorted(plus)), tuple(sorted(minus)), len(plus)))

    def _operands(self, word, signal):
        """(plus, minus) that may stand in place of a feature in a longer `and` or `or`."""
        gate = self.gates.get(signal.name)
        if gate is not None and signal.name not in self.features and gate.most is None:
            least = len(gate.plus) if word == "and" else 1
            if gate.least == least and (word == "and" or not gate.minus):
                return gate.plus, gate.minus
        return (signal.name,), ()

    def _constant(self, word, a, b):
        constant, other = (a, b) if isinstance(a, bool) else (b, a)
        if word == "and":
            return other if constant else False
        return _inverse(other) if constant else other

    def _gate(self, word, plus, minus=(), least=1, most=None):
        name = "(" + f" {word} ".join(plus + tuple(f"not {read}" for read in minus)) + ")"
        if name not in self.gates:
            self.gates[name] = Gate(name, plus, minus, least, most)
            self.depth[name] = 1 + max(self.depth[read] for read in plus + minus)
        return name

    def circuit(self):
        needed, left = set(), list(self.defined)
        while left:
            name = left.pop()
            if name in self.gates and name not in needed:
                needed.add(name)
                left += _reads(self.gates[name])
        last = max(self.depth[name] for name in needed)
        until = dict.fromkeys(self.defined, last)  # the level up to which a name is kept
        for name in needed:
            for read in _reads(self.gates[name]):
                until[read] = max(until.get(read, 0), self.depth[name] - 1)
        layers = [[] for _ in range(last)]
        order = [*self.inputs, *(name for name in self.gates if name in needed)]
        for name in [*self.defined, *(name for name in order if name not in set(self.defined))]:
            born = self.depth[name]
            for level in range(max(1, born), until.get(name, born) + 1):
                layers[level - 1].append(self.gates[name] if level == born else pass_gate(name, name))
        return Circuit(tuple(self.inputs), layers)


def _reads(gate):
    return gate.plus + gate.minus
