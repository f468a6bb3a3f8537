"""What a check says of a reader's attempt: "solved", or "not yet" and why, by the input that breaks it.

A wrong answer is no accident: whatever a reader gives, a text in place of a number or a function without
`return`, a check answers in words, and about what the reader wrote. It runs in a notebook and, by
`superpos_lib.live`, in a page.
"""

import functools
import inspect
import linecache
import numbers

import numpy as np

from .problems import TwoAnd
from .verify import verify

__all__ = ["Unlike", "described", "verdict", "wrong_input"]

# What is asked for, in words. Of other classes it is their name.
ASKED = {
    int: "a whole number, as 48",
    float: "a number, as 0.5",
    bool: "True or False",
    str: "a text between quotes",
    list: "lists of whole numbers in a list, as [[0, 1], [1, 2]]",
}


class Unlike(Exception):
    """Something of another kind than a check asks for. Its text is a sentence for a reader."""


def verdict(find_fault, praise="", **asked):
    """The verdict of a check as a text: its first words are "solved" or "not yet".

    Parameters
    ----------
    find_fault : function without arguments
        Returns what is wrong with the attempt, in a line or a few, or None if nothing is. What it raises is
        a fault, too.
    praise : str, optional
        What is said of an attempt without fault.
    asked : name=kind
        Names that the attempt gives values to, and of which kind: `int`, `float`, `bool`, `list` (of lists
        of whole numbers) or a class. A function is asked for by one with the same arguments that returns
        a kind, as in `half=lambda x: float`. What is of another kind is told in words, before `find_fault`
        sees it; what the reader's functions return is looked at whenever they are called.

    Examples
    --------
    >>> answer = None
    >>> print(verdict(lambda: None if answer == 47 else "not that many", answer=int))
    not yet: answer is None, and it should be a whole number, as 48
    >>> answer = 46
    >>> print(verdict(lambda: None if answer == 47 else "not that many", answer=int))
    not yet: not that many
    >>> def half(x):
    ...     print(x / 2)
    >>> print(verdict(lambda: half(3) - 1.5, half=lambda x: float))
    1.5
    not yet: half gave None; did you mean return?
    >>> answer = 47
    >>> print(verdict(lambda: None if answer == 47 else "not that many", "47 and no more", answer=int))
    solved: 47 and no more
    """
    names = find_fault.__globals__
    before = {name: names[name] for name in asked if name in names}
    try:
        names.update({name: _asked(name, names, kind) for name, kind in asked.items()})
        fault = find_fault()
    except Unlike as error:
        fault = str(error)
    except Exception as error:
        fault = described(error, besides=find_fault.__code__.co_filename)
    finally:
        names.update(before)
    if fault:
        return f"not yet: {fault}"
    return f"solved: {praise}" if praise else "solved"


def _asked(name, names, kind):
    """The value of a name, if it is of the kind that is asked for."""
    if name not in names:
        raise Unlike(f"there is no {name}: keep the name that the cell had at first")
    if inspect.isfunction(kind):
        return _called(name, names[name], kind)
    if not _is(names[name], kind):
        raise Unlike(f"{name} is {_shown(names[name])}, and it should be {_named(kind)}")
    return names[name]


def _called(name, function, like):
    """A reader's function, which looks at what it returns."""
    wanted = ", ".join(inspect.signature(like).parameters)
    if not inspect.isfunction(function):
        raise Unlike(f"{name} is {_shown(function)}, and it should be a function of {wanted}")
    given = inspect.signature(function)
    try:
        given.bind(*inspect.signature(like).parameters)
    except TypeError:
        raise Unlike(f"{name} takes {given}, and it should take ({wanted})") from None
    kind = like(*inspect.signature(like).parameters)

    @functools.wraps(function)
    def looked_at(*arguments):
        value = function(*arguments)
        if value is None:
            raise Unlike(f"{name} gave None; did you mean return?")
        if not _is(value, kind):
            raise Unlike(f"{name} gave {_shown(value)}, and it should give {_named(kind)}")
        return value

    return looked_at


def _is(value, kind):
    """Whether a value is of a kind. NumPy's numbers are numbers, and True is none."""
    if kind is bool:
        return isinstance(value, (bool, np.bool_))
    if kind in (int, float):
        whole = isinstance(value, (numbers.Integral, np.integer))
        real = whole or (isinstance(value, numbers.Real) and np.isfinite(value))
        return not isinstance(value, (bool, np.bool_)) and (whole if kind is int else real)
    if kind is list:
        return _are(value, lambda row: _are(row, lambda one: _is(one, int)))
    return isinstance(value, kind)


def _are(value, good):
    """Whether something is a row of things that are good."""
    if isinstance(value, np.ndarray) and value.ndim == 0:
        return False
    return isinstance(value, (list, tuple, set, frozenset, range, np.ndarray)) and all(map(good, value))


def _named(kind):
    return ASKED.get(kind) or f"a {kind.__name__}"


def _shown(value):
    """What a reader gave, in words."""
    if isinstance(value, str):
        return f"the text {value[:40]!r}"
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    if inspect.isroutine(value) or isinstance(value, type):
        return f"the function {value.__name__}"
    text = " ".join(repr(value).split())
    return text if len(text) <= 60 else f"{text[:60]} ..."


def described(error, besides=""):
    """An exception in one sentence: its kind, what it says, and the line of a notebook that led to it.

    Lines of the file `besides` are passed over, and so are the library's and other packages'. What the
    library says of a bad argument is a sentence already.
    """
    if isinstance(error, SyntaxError) and error.lineno:
        return f"{type(error).__name__}: {error.msg}, {_place(error.lineno, error.text or '')}"
    found, here, last = "", error.__traceback__, ""
    while here is not None:
        code, names = here.tb_frame.f_code, here.tb_frame.f_globals
        last = names.get("__name__", "")
        if last == "__main__" and code.co_filename != besides:
            line = linecache.getline(code.co_filename, here.tb_lineno, names)
            found = f", {_place(here.tb_lineno, line)}" if line else found
        here = here.tb_next
    own = isinstance(error, ValueError) and last.startswith(__package__)
    text = str(error) if own else f"{type(error).__name__}: {error}".rstrip(": ")
    # One line, or its second could say "solved".
    text = " ".join(text.splitlines())
    return text + found


def _place(number, line):
    return f"in line {number}: {line.strip()}"


def wrong_input(network, problem, v):
    """The first input with at most v ones on which a network is wrong, and what it says there; or None.

    Parameters
    ----------
    network : SuperposedNetwork
    problem : TwoAnd or Permutation
    v : int

    Raises
    ------
    ValueError
        As `superpos_lib.verify.verify`, which goes through all inputs.

    Examples
    --------
    >>> from superpos_lib import Permutation, permutation_network
    >>> p, q = Permutation([1, 2, 0]), Permutation([1, 0, 2])
    >>> net = permutation_network(q, 60, v=1, rng=np.random.default_rng(0))
    >>> wrong_input(net, q, 1) is None
    True
    >>> print(wrong_input(net, p, 1))
    2 of 4 inputs fail
    active: 0; read as true: 1; true: 2
    """
    report = verify(network, problem, v)
    if report.ok:
        return None
    y = report.counterexample
    active, read, true = (
        ", ".join(names[np.flatnonzero(values)].tolist()) or "nothing"
        for names, values in (
            (np.arange(problem.inputs).astype(str), y),
            (_outputs(problem), network.predict(y)),
            (_outputs(problem), problem.truth(y)),
        )
    )
    return (
        f"{report.failures:,} of {report.checked:,} inputs fail\n"
        f"active: {active}; read as true: {read}; true: {true}"
    )


def _outputs(problem):
    """What a problem's outputs are called: a∧b, or their numbers."""
    if isinstance(problem, TwoAnd):
        return np.array([f"{a}∧{b}" for a, b in problem.pairs])
    return np.arange(problem.outputs).astype(str)
