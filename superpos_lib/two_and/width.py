"""How many neurons are enough: an estimate where all inputs are light, a measured law elsewhere."""

import math

from .._arguments import whole
from .channels import channel_length, check_problem

__all__ = ["light_inputs", "width_rule"]

# A light input is heard in at most this share of the rows, or has influence at most m'^(1/4).
LIGHT_SHARE = 1 / 16
# Wrong outputs that an input may have on average, by the estimate, and the margin added to its width.
WRONG, MARGIN = 1e-6, 1.2
STEP = 1.02


def light_inputs(problem, neurons, v):
    """Which inputs are light in a network of so many neurons: Booleans, shape (m,).

    The channels of an input's outputs cover at most L k / n of the n rows. It is light if that is at most
    1/16, or if k <= m'^(1/4), the paper's cut-off. An input in every pair, too: no output is there that
    it could make true by mistake.

    >>> from superpos_lib.problems import hubs
    >>> light_inputs(hubs(1, 100), 50, 2).all(), light_inputs(hubs(2, 100), 50, 2)[:3].tolist()
    (np.True_, [False, False, True])
    """
    k, outputs = problem.influence, problem.outputs
    cut = max(math.isqrt(math.isqrt(outputs)), LIGHT_SHARE * neurons / channel_length(v))
    return (k <= cut) | (k == outputs)


def width_rule(problem, v):
    """n"""
    problem = check_problem(problem)
    v = max(2, whole("v", v, 1, problem.inputs))
    enough = max(problem.inputs, problem.outputs)
    n = 2 * channel_length(v)
    while n < enough and light_estimate(problem, n, v) > WRONG:
        n = math.ceil(STEP * n)
    light = math.ceil(MARGIN * n)
    if not light_inputs(problem, light, v).all():
        light = enough
    return min(light, math.ceil(recoded(v) * math.sqrt(problem.outputs)), enough)


def recoded(v):
    """n / sqrt(m')"""
    return 28 if v <= 2 else 15 * v


def light_estimate(problem, n, v):
    """wrong outputs on one input"""
    m, outputs, L = problem.inputs, problem.outputs, channel_length(v)
    strangers = problem.influence[problem.influence < outputs]
    k = int(strangers.max(initial=0))
    heard = min(m, 2 * outputs * L / n)
    deviation = math.sqrt(heard / n * max(0.0, 1 - n / m))
    room, rows = (0.95, L) if v <= 2 else (0.5, math.ceil(0.8 * L))
    lit = (v - 1) * k * L / n + _tail(room, deviation * math.sqrt(v - 1))
    false = v * problem.influence.max() * math.comb(L, rows) * lit**rows
    if v <= 2:
        return false
    dark = _tail(room, deviation * math.sqrt(v - 2))
    return false + v / 2 * math.comb(L, L - rows + 1) * dark ** (L - rows + 1)


def _tail(distance, deviation):
    """P[a normal number of that standard deviation exceeds the distance]."""
    return math.erfc(distance / deviation / math.sqrt(2)) / 2 if deviation > 0 else 0.0
