"""What a check says of a reader's attempt: "solved", or "not yet" and why, by the input that breaks it.

A wrong answer is no accident: whatever a reader gives, a number of the wrong type or a function that
raises, a check answers in words. It runs in a notebook and, by `superpos_lib.live`, in a page.
"""

import linecache

import numpy as np

from .problems import TwoAnd
from .verify import verify

__all__ = ["described", "verdict", "wrong_input"]


def verdict(find_fault, praise=""):
    """The verdict of a check as a text: its first words are "solved" or "not yet".

    Parameters
    ----------
    find_fault : function without arguments
        Returns what is wrong with the attempt, in a line or a few, or None if nothing is. What it raises is
        a fault, too.
    praise : str, optional
        What is said of an attempt without fault.

    Examples
    --------
    >>> answer = None
    >>> print(verdict(lambda: None if answer == 47 else "not that many", "47 and no more"))
    not yet: not that many
    >>> print(verdict(lambda: f"{answer + 1} is too many"))
    not yet: TypeError: unsupported operand type(s) for +: 'NoneType' and 'int'
    >>> answer = 47
    >>> print(verdict(lambda: None if answer == 47 else "not that many", "47 and no more"))
    solved: 47 and no more
    """
    try:
        fault = find_fault()
    except Exception as error:
        fault = described(error, besides=find_fault.__code__.co_filename)
    if fault:
        return f"not yet: {fault}"
    return f"solved: {praise}" if praise else "solved"


def described(error, besides=""):
    """An exception in one sentence: its kind, what it says, and the line of a notebook that led to it.

    Lines of the file `besides` are passed over, and so are the library's and other packages'.
    """
    text = f"{type(error).__name__}: {error}".rstrip(": ")
    if isinstance(error, SyntaxError) and error.lineno:
        return f"{type(error).__name__}: {error.msg}, {_place(error.lineno, error.text or '')}"
    found, here = "", error.__traceback__
    while here is not None:
        code, names = here.tb_frame.f_code, here.tb_frame.f_globals
        if names.get("__name__") == "__main__" and code.co_filename != besides:
            line = linecache.getline(code.co_filename, here.tb_lineno, names)
            found = f", {_place(here.tb_lineno, line)}" if line else found
        here = here.tb_next
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
