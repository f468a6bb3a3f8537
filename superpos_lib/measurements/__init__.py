"""What was measured for minutes and hours, stored, and what follows from it.

The files beside this one are written by the sweeps of `benchmarks/`, in the book's repository: one record a
line, {"task", "result", "seconds", "machine", "run"}. A task says all that the result depends on, its seed
among it; "run" has the command, the commit and the date.
"""

import importlib.resources
import json
import math
from dataclasses import dataclass

import numpy as np

from .._arguments import expected, one_of, real, real_vector

__all__ = ["SWEEPS", "PowerLaw", "fit_power_law", "narrowest", "records", "typical", "widths"]

SWEEPS = (
    "capacity",
    "ideas",
    "lengths",
    "bits",
    "speed",
    "million",
    "soundness",
    "training",
    "circuits",
    "defaults",
)


def records(sweep):
    """What is stored of a sweep: a list of dictionaries, in the order in which they were measured.

    Raises
    ------
    ValueError
        No such sweep.

    Examples
    --------
    >>> one = records("million")[0]
    >>> one["task"]["outputs"], one["result"]["neurons"] < 10_000, sorted(one["run"])
    (1000000, True, ['command', 'commit', 'date'])
    """
    text = (importlib.resources.files(__name__) / f"{one_of('sweep', sweep, SWEEPS)}.jsonl").read_text()
    return [json.loads(line) for line in text.splitlines()]


def widths(found, kind, v, by="outputs"):
    """The widths of one kind and one v among records of `capacity` or `lengths`: {m': widths, sorted}.

    `by` names another entry of the tasks, such as "channel", to go by instead of m'. Where the search
    ended at m', no width below it passed.

    Examples
    --------
    >>> sorted(widths(records("capacity"), "lower", 2).items())[:3]
    [(100, [4]), (316, [9]), (1000, [17])]
    """
    groups = _groups(found, kind, v, by)
    return {value: sorted(n for n, _ in group) for value, group in groups.items()}


def typical(found, kind, v, by="outputs"):
    """The median width for each m', or value of `by`, at which every search found one below m'.

    Bounds, of the kinds "lower" and "provable", are given for every m'.

    Examples
    --------
    >>> typical(records("capacity"), "u_and", 2)[1000]
    366.0
    """
    bound = kind in ("lower", "provable")
    groups = _groups(found, kind, v, by).items()
    return {
        value: float(np.median([n for n, _ in group]))
        for value, group in groups
        if bound or all(n < m for n, m in group)
    }


def _groups(found, kind, v, by):
    """(neurons, m') of all searches of one kind and v, by the values of an entry of the tasks, sorted."""
    groups = {}
    for record in found:
        task = record["task"]
        if task["kind"] == kind and task["v"] == v and by in task:
            groups.setdefault(task[by], []).append((record["result"]["neurons"], task["outputs"]))
    return dict(sorted(groups.items()))


def narrowest(found, outputs, v, deal="even"):
    """The smallest width of each combination among records of `ideas`: {(weights, reading): (n, L)}.

    Of all channel lengths L the best. Where n is `outputs`, no width below it passed.

    Examples
    --------
    >>> narrowest(records("ideas"), 1000, 2)["exact", "late"]
    (171, 6)
    """
    best = {}
    for record in found:
        task = record["task"]
        if (task["outputs"], task["v"], task["deal"]) == (outputs, v, deal):
            combination = (task["weights"], task["reading"])
            reached = (record["result"]["neurons"], task["channel"])
            best[combination] = min(best.get(combination, reached), reached)
    return best


@dataclass(frozen=True)
class PowerLaw:
    """y = constant x^exponent, the exponent from `low` to `high`; called with x, it gives y."""

    constant: float
    exponent: float
    low: float
    high: float

    def __call__(self, x):
        return self.constant * np.asarray(x, dtype=float) ** self.exponent


def fit_power_law(x, y, confidence=0.95):
    """The power law through points, by least squares of the logarithms, with an interval for its exponent.

        ln y = ln constant + exponent ln x + scatter

    The interval is Student's: right if the scatter is normal, equal and independent.

    Parameters
    ----------
    x, y : sequences of numbers above 0
        Three or more, x not all equal.
    confidence : float
        Above 0 and below 1.

    Raises
    ------
    ValueError
        Other numbers than these.

    Examples
    --------
    >>> law = fit_power_law([1, 4, 9], [2, 4, 6])
    >>> round(law.constant, 9), round(law.exponent, 9), round(float(law(16)), 9)
    (2.0, 0.5, 8.0)
    """
    x, y = real_vector("x", x), real_vector("y", y)
    if len(x) < 3 or not np.all(x > 0) or np.ptp(x) == 0:
        raise expected("x", "three numbers above 0 or more, not all equal", x)
    if len(y) != len(x) or not np.all(y > 0):
        raise expected("y", f"{len(x)} numbers above 0", y)
    confidence = real("confidence", confidence, 0, 1 - 1e-12)
    u, w = np.log(x), np.log(y)
    spread = np.sum((u - u.mean()) ** 2)
    exponent = np.sum((u - u.mean()) * (w - w.mean())) / spread
    level = w.mean() - exponent * u.mean()
    freedom = len(x) - 2
    scatter = np.sum((w - level - exponent * u) ** 2) / freedom
    half = _student(confidence, freedom) * math.sqrt(scatter / spread)
    law = (math.exp(level), exponent, exponent - half, exponent + half)
    return PowerLaw(*map(float, law))


def _student(confidence, freedom):
    """t with P[|T| <= t] = confidence, for Student's T of so many degrees of freedom.

    The probability is a finite sum in cos and sin of arctan(t / sqrt(freedom)) (Abramowitz and Stegun,
    26.7.3 and 26.7.4); the angle is found by halving.

    >>> round(_student(0.95, 1), 4), round(_student(0.95, 2), 4), round(_student(0.95, 7), 4)
    (12.7062, 4.3027, 2.3646)
    """
    odd = freedom % 2

    def within(angle):
        term = total = math.cos(angle) if odd else 1.0
        for k in range(3 if odd else 2, freedom, 2):
            term *= (k - 1) / k * math.cos(angle) ** 2
            total += term
        if not odd:
            return math.sin(angle) * total
        return 2 / math.pi * (angle + (math.sin(angle) * total if freedom > 1 else 0.0))

    low, high = 0.0, math.pi / 2
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if within(middle) < confidence else (low, middle)
    return math.tan(high) * math.sqrt(freedom)
