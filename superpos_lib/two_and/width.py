"""How many neurons are enough: an estimate where all inputs are light, a measured law elsewhere."""

import math

import numpy as np

from .._arguments import whole
from .assembly import LEAST_SQUARES_CELLS
from .channels import channel_length, check_problem

__all__ = [
    "dedicated_width",
    "light_estimate",
    "light_inputs",
    "light_width",
    "recoded_width",
    "width_rule",
]

# A light input is heard in at most this share of the rows, or has influence at most m'^(1/4).
LIGHT_SHARE = 1 / 16
# Wrong outputs that an input may have on average, by the estimate, and the margin added to its width.
WRONG, MARGIN = 1e-6, 1.2
STEP = 1.02
# n / sqrt(m') where channels are re-coded: for v = 2, and for each active input from v = 3 on. First
# where the channels are read by least squares, then where by their means.
RECODED = ((18, 13), (24, 15))


def light_inputs(problem, neurons, v):
    """Which inputs are light in a network of so many neurons: Booleans, shape (m,).

    The channels of an input's outputs cover at most L k / n of the n rows. It is light if that is at most
    1/16, or if k <= m'^(1/4), the paper's cut-off. An input in every pair, too: no output is there that
    it could make true by mistake.

    >>> from superpos_lib.problems import hubs
    >>> light_inputs(hubs(1, 100), 50, 2).all(), light_inputs(hubs(2, 100), 50, 2)[:3].tolist()
    (np.True_, [False, False, True])
    """
    neurons = whole("neurons", neurons, 1)
    k, outputs = check_problem(problem).influence, problem.outputs
    cut = max(math.isqrt(math.isqrt(outputs)), LIGHT_SHARE * neurons / channel_length(v))
    return (k <= cut) | (k == outputs)


def width_rule(problem, v):
    """The width that `two_and_network` tries first if it is not told one: the smallest of three.

    - `dedicated_width`, at most 2 m' + 1: every input that is used and every output has a neuron of its
      own, the idle inputs share one, and nothing can go wrong. A few outputs need no more, however many
      inputs are idle and whatever v is.
    - `light_width`, where all inputs are light.
    - `recoded_width`, in proportion to sqrt(m').

    Parameters
    ----------
    problem : TwoAnd
    v : int

    Raises
    ------
    ValueError
        `problem` is no `TwoAnd`, or v outside 1, ..., m.

    Notes
    -----
    Ours. A rule of thumb and no proof: a network in n neurons is right on all or almost all inputs, and
    `verify` tells which. Near `dedicated_width` re-coding is hardest, since everything is dense there.

    Examples
    --------
    >>> from superpos_lib.problems import clique, matching
    >>> width_rule(matching(40), 2), width_rule(clique(100), 2)  # 20 and 4,950 outputs
    (40, 1267)
    """
    problem = check_problem(problem)
    v = whole("v", v, 1, problem.inputs)
    return min(light_width(problem, v), recoded_width(problem, v), dedicated_width(problem))


def dedicated_width(problem):
    """max(used inputs, and 1 if some are idle; m'), at most 2 m' + 1: the neurons of `dedicated`.

    >>> from superpos_lib.problems import TwoAnd, clique
    >>> dedicated_width(TwoAnd(10_000, [(3, 7)])), dedicated_width(clique(10))
    (3, 45)
    """
    used = int(np.count_nonzero(check_problem(problem).influence))
    return max(used + (used < problem.inputs), problem.outputs)


def light_width(problem, v):
    """1.2 times the smallest n with `light_estimate`, wrong outputs on one input, at most 10^-6.

    max(m, m') where with so many neurons not all inputs are light.

    >>> from superpos_lib.problems import clique, matching
    >>> light_width(matching(400), 2), light_width(clique(20), 2)
    (110, 190)
    """
    v, enough = max(2, whole("v", v, 1)), max(check_problem(problem).inputs, problem.outputs)
    n = 2 * channel_length(v)
    while n < enough and light_estimate(problem, n, v) > WRONG:
        n = math.ceil(STEP * n)
    light = math.ceil(MARGIN * n)
    return light if light_inputs(problem, light, v).all() else enough


def recoded_width(problem, v):
    """c_v sqrt(m'), for channels that are re-coded: c_2 = 18, and c_v = 13 v from v = 3 on.

    Where that makes more neurons times outputs than `recode` reads by least squares: c_2 = 24, c_v = 15 v.
    The square root is the theory's; the constants were measured on cliques, hubs and power laws.

    >>> from superpos_lib.problems import clique
    >>> [recoded_width(clique(60), v) for v in (2, 3, 4)]  # 1,770 outputs
    [758, 1641, 2188]
    """
    v = whole("v", v, 1)
    check_problem(problem)
    for pairs, each in RECODED:
        n = math.ceil((pairs if v <= 2 else each * v) * math.sqrt(problem.outputs))
        if n * problem.outputs <= LEAST_SQUARES_CELLS:
            break
    return n


def light_estimate(problem, n, v):
    """Wrong outputs on one input of v >= 2 active features, expected in a double-light network of n rows.

    A row hears h = min(m, 2 m' L / n) inputs. A stranger adds noise of variance h (1 - n/m) / n, and is
    heard itself in a share k L / n of the rows at most, k its influence. So beside one member of its pair
    a row is lit with probability

        p = (v - 1) k L / n + P[noise of v - 1 strangers > gap],

    and the output read as true if that happens in the whole channel (v = 2; from v = 3 on in 4/5 of it).
    From v = 3 on a true output can be missed as well, if noise darkens more than 1/5 of its rows. Rows
    are taken as independent and the noise as normal. Neither is quite so, hence the margin.

    >>> from superpos_lib.problems import matching
    >>> light_estimate(matching(400), 100, 2) < 1e-6 < light_estimate(matching(400), 50, 2)
    True
    """
    n, v = whole("n", n, 1), whole("v", v, 2)
    m, outputs, L = check_problem(problem).inputs, problem.outputs, channel_length(v)
    k = int(problem.influence[problem.influence < outputs].max(initial=0))
    heard = min(m, 2 * outputs * L / n)
    deviation = math.sqrt(heard / n * max(0.0, 1 - n / m))
    gap, rows = (0.95, L) if v <= 2 else (0.5, math.ceil(0.8 * L))
    lit = (v - 1) * k * L / n + _tail(gap, deviation * math.sqrt(v - 1))
    wrong = v * int(problem.influence.max()) * math.comb(L, rows) * lit**rows
    if v > 2:
        dark = _tail(gap, deviation * math.sqrt(v - 2))
        wrong += v / 2 * math.comb(L, L - rows + 1) * dark ** (L - rows + 1)
    return wrong


def _tail(distance, deviation):
    """P[a normal number of that standard deviation exceeds the distance]."""
    return math.erfc(distance / deviation / math.sqrt(2)) / 2 if deviation > 0 else 0.0
