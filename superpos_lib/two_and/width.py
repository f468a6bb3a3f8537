"""How many neurons are enough: an estimate where all inputs are light, a measured law elsewhere."""

import math

from .._arguments import whole
from .channels import channel_length, check_problem

__all__ = ["light_estimate", "light_inputs", "width_rule"]

# A light input is heard in at most this share of the rows, or has influence at most m'^(1/4).
LIGHT_SHARE = 1 / 16
# Wrong outputs that an input may have on average, by the estimate, and the margin added to its width.
WRONG, MARGIN = 1e-6, 1.2
STEP = 1.02
# n / sqrt(m') where channels are re-coded: for v = 2, and for each active input from v = 3 on.
RECODED_PAIRS, RECODED_EACH = 28, 18


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
    """How many neurons `two_and_network` takes if it is not told: the smallest of three widths.

    - max(m, m'): every input and every output has a neuron of its own, and nothing can go wrong.
    - Where all inputs are light: 1.2 times the smallest n for which `light_estimate`, the expected number
      of wrong outputs on one input, is at most 10^-6.
    - c_v sqrt(m') with c_2 = 28 and c_v = 18 v from v = 3 on, for channels that are re-coded. The square
      root is the theory's; the constants were measured on cliques, hubs and power laws.

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
    Ours. A rule of thumb and no proof. Right on the random problems of the tests, up to 160 inputs.
    Larger problems at v >= 3 want a check by `verify`. Measured on one network each, on targeted inputs:
    wrong on 1 of 300 for a power law of 1,000 inputs and 4,000 outputs at v = 3 (n = 3,416), and on 5 of
    1,000 for one of 2,000 and 6,000 at v = 4 (n = 5,578); on none of 1,000 for a clique of 104 and for six
    hubs of 950 at v = 4 (n = 5,270 and 5,436). For a clique of 90 and for six hubs of 667 at v = 3 the
    certificate found wrong inputs that samples of 300 had missed.

    On a power law of 20,000 inputs and 100,000 outputs it was wrong on 3 of 2,000 at v = 2 (n = 8,855) and
    on 35 at v = 4 (n = 22,769), and at v = 2 more neurons did not help (`benchmarks.million`): what is
    light is a share of all n rows, but light outputs have only a part of them, there a third.

    Examples
    --------
    >>> from superpos_lib.problems import clique, matching
    >>> width_rule(matching(40), 2), width_rule(clique(100), 2)  # 20 and 4,950 outputs
    (40, 1970)
    """
    problem = check_problem(problem)
    v = max(2, whole("v", v, 1, problem.inputs))
    enough = max(problem.inputs, problem.outputs)
    n = 2 * channel_length(v)
    while n < enough and light_estimate(problem, n, v) > WRONG:
        n = math.ceil(STEP * n)
    light = math.ceil(MARGIN * n)
    if not light_inputs(problem, light, v).all():
        light = enough
    factor = RECODED_PAIRS if v <= 2 else RECODED_EACH * v
    return min(light, math.ceil(factor * math.sqrt(problem.outputs)), enough)


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
    m, outputs, L = problem.inputs, problem.outputs, channel_length(v)
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
