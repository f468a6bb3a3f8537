"""How many neurons are enough: by search, and by proof.

**The theorem** behind `provable_width` (ours). Let m inputs, m' pairs of them, v and two whole numbers t
and x be given, d = v t + 1 and L = (v - 1) x + 1. Draw for every input j a code c_j, d of n neurons, and
for every output i a channel s_i, L of n rows, all independent and uniform. Row r listens to the set L_r
of all inputs of the outputs whose channel it is in. With C the matrix of the c_j, C0[r, j] = 1 for j in
L_r, D = C^T / d,

    s = C0 D C y,    h_r = s_r clipped: 0 up to 2 - 1/d, 1 from 2 on,

output i is read as true where the mean of h over s_i is above 1 - 1/(2L). Let K be the set of active
inputs, |K| <= v. Then every output is right for *every* such K at once, if

    (A) no row is in more than b channels,
    (B) for each row r and input k: the sum of |c_j & c_k| over all j != k in L_r is at most t,
    (C) for each output i and input k: the channels of the other outputs of k have at most x rows of s_i.

*Proof.* s_r = a_r + N_r, where a_r = |L_r & K| and N_r is the sum of |c_j & c_k| / d over k in K and j !=
k in L_r; so 0 <= N_r <= v t / d = 1 - 1/d by (B). If output i is true, both its inputs are in L_r for r
in s_i, so s_r >= 2, h_r = 1, and the mean is 1. If it is not, h_r = 0 in each row of s_i where a_r <= 1,
for there s_r <= 2 - 1/d. We count the others. (1) One of i's inputs, a, is active, the other is not. A
second active input in L_r is one of the at most v - 1 others, and is there for another output: by (C)
that is so in at most (v - 1) x rows. (2) None is active. Each such row has two active inputs, each there
for another output: at most v x / 2 <= (v - 1) x rows, if v >= 2; for v = 1, none. As (v - 1) x = L - 1,
the mean is at most 1 - 1/L. []

*How likely.* (A), (B), (C) are about rows, and about pairs of a row or an output with one input, so the
union bound has n + n m + m' m terms, not one for each of the C(m, v) inputs.

    P[not (A)]           <= n P[Bin(m', L/n) > b],
    P[(A) and not (B)]   <= n m P'[2 b d, d/n, t + 1],
    P[not (C)]           <= m' sum over k of P'[f_k L, L/n, x + 1],  f_k the influence of k (0 if v = 1).

Here P'[N, p, s] = exp(-N KL(s/N, p)) for s > N p, else 1, is Chernoff's bound for P[Bin(N, p) >= s]. It
holds for (B) as well: given the channels and c_k, the |c_j & c_k| are independent hypergeometric numbers,
with exponential moments at most those of Bin(d, d/n) (Hoeffding 1963, theorem 4), and L_r has at most 2b
inputs; and for (C) in the same way, given s_i.

*Size.* t and x of order log(m m' / failure), b of order m' L / n make all three small, as soon as 2 b d^2
/ n is well below t: n^2 of order m' L d v, so n = O(sqrt(m') log m') for constant v, if no influence is
above n / L^2, which holds for light inputs. "Random" is the draw of C and of the channels. Neither is
drawn with a look at the input, and the result is for all inputs at once.
"""

import inspect
import math
from dataclasses import dataclass

import numpy as np

from ._arguments import expected, generator, one_of, real, whole
from ._matrices import from_entries
from .codes import Code, ConstructionError, constant_weight_code
from .inputs import distinct
from .network import Layer, Network, SuperposedNetwork, selection
from .problems import Permutation, TwoAnd
from .two_and import two_and_network
from .verify import METHODS, verify

__all__ = ["ProvableWidth", "WidthSearch", "provable_network", "provable_width", "smallest_width"]

# Larger t and x than these times the logarithm of the number of cases would only fill the rows.
LENGTHS_TRIED = 2
# A table of binomial probabilities reaches so many places, and standard deviations, beyond its mean.
PLACES_BEYOND, DEVIATIONS_BEYOND = 64, 16

# Networks of one width that a search tries, at the most.
MOST_TRIES = 10_000


@dataclass(frozen=True, eq=False)
class WidthSearch:
    """What `smallest_width` found: `neurons`, and `tried`, how many networks were right at each width."""

    neurons: int
    tried: dict


def smallest_width(
    problem,
    v,
    *,
    rng,
    construction=None,
    method="certified",
    tries=1,
    needed=None,
    least=8,
    most=65536,
    precision=0.02,
    **how,
):
    """The smallest width at which a construction gives right networks, as far as bisection can tell.

    A width n passes if at least `needed` of `tries` networks of `construction(problem, n, v=v, rng=...)`
    are found right. From `least` on n is doubled until it passes; then the interval between the last
    width that failed and the first that passed is halved until it is at most precision * n, or 1, wide.

    The networks of width n are drawn from generators seeded by one number from `rng`, by n and by the
    number of the try: whether n passes does not depend on the way that led there.

    Parameters
    ----------
    problem : TwoAnd or Permutation
    v : int
    rng : numpy.random.Generator
        One number is drawn from it.
    construction : function, optional
        `two_and_network` if nothing is given, which takes a `TwoAnd` only.
    method : str
        As for `verify`, with `how`: count, confidence, or inputs. A sample is drawn anew for every
        network, from its generator.
    tries, needed : int
        `needed` is `tries` if nothing is given.
    least, most : int
        Widths to search.
    precision : float
        Relative, above 0 and at most 1.

    Returns
    -------
    WidthSearch

    Raises
    ------
    ValueError
        An argument out of range, or one that `construction` or `verify` refuses.
    ConstructionError
        No width up to `most` passes.

    Notes
    -----
    A width passes or fails by chance near the edge, so another seed gives another width, and a smaller
    width could pass by luck. A construction that raises `ConstructionError` has failed there.

    Examples
    --------
    >>> from superpos_lib.problems import matching
    >>> from superpos_lib.two_and import double_light
    >>> found = smallest_width(matching(40), 2, construction=double_light, rng=np.random.default_rng(0))
    >>> found.tried[found.neurons], found.neurons < 80
    (1, True)
    """
    if not isinstance(problem, (TwoAnd, Permutation)):
        raise expected("problem", "a TwoAnd or a Permutation", problem)
    v = whole("v", v, 1, problem.inputs)
    seed = int(generator(rng).integers(2**63))
    construction = two_and_network if construction is None else construction
    _callable_with_width(construction)
    method = one_of("method", method, METHODS)
    tries = whole("tries", tries, 1, MOST_TRIES)
    needed = tries if needed is None else whole("needed", needed, 1, tries)
    least = whole("least", least, 1)
    most = whole("most", most, least)
    precision = real("precision", precision, 0, 1)
    tried = {}

    def passes(n):
        right = 0
        for number in range(tries):
            right += _is_right(construction, problem, n, v, method, [seed, n, number], how)
            if right >= needed or right + tries - 1 - number < needed:
                break
        tried[n] = right
        return right >= needed

    failed, n = least - 1, least
    while not passes(n):
        if n == most:
            raise ConstructionError(f"no width from {least} to {most} gave {needed} right of {tries}")
        failed, n = n, min(2 * n, most)
    while n - failed > max(1, precision * n):
        middle = (failed + n) // 2
        if passes(middle):
            n = middle
        else:
            failed = middle
    return WidthSearch(n, tried)


def _callable_with_width(construction):
    try:
        signature = inspect.signature(construction)
        signature.bind("problem", neurons="n", v="v", rng="rng")
    except (TypeError, ValueError):
        wanted = "a function of (problem, neurons, *, v, rng)"
        raise expected("construction", wanted, construction) from None


def _is_right(construction, problem, n, v, method, seed, how):
    rng = np.random.default_rng(seed)
    try:
        if construction is two_and_network:
            net = construction(problem, v=v, neurons=n, rng=rng)
        else:
            net = construction(problem, n, v=v, rng=rng)
    except ConstructionError:
        return False
    if method == "sampled" and "inputs" not in how:
        how = {**how, "rng": rng}
    return verify(net, problem, v, method, **how).ok


@dataclass(frozen=True, eq=False)
class ProvableWidth:
    """n, and how the theorem gets there.

    neurons : n
    weight : d, neurons that carry an input
    channel : L, rows that carry an output
    row_channels : b, the most channels that a row is in
    failure : the sum of the three bounds, at most what was asked for
    """

    neurons: int
    weight: int
    channel: int
    row_channels: int
    failure: float


def _chernoff(trials, p, least):
    """log of Chernoff's bound for P[Bin(trials, p) >= least]; 0 where it says nothing."""
    if least > trials:
        return -math.inf
    share = least / trials
    if share <= p:
        return 0.0
    rest = (1 - share) * math.log((1 - share) / (1 - p)) if share < 1 else 0.0
    return -trials * (share * math.log(share / p) + rest)


def _crowded(rows, outputs, p, failure):
    """(b, bound): the smallest b with rows * P[Bin(outputs, p) > b] <= failure, by exact probabilities."""
    if p >= 1:
        return outputs, 0.0
    mean = int(outputs * p)
    top = min(outputs, mean + PLACES_BEYOND + int(DEVIATIONS_BEYOND * mean**0.5))
    k = np.arange(mean, top + 1)
    steps = np.log((outputs - k[:-1]) / (k[:-1] + 1)) + math.log(p) - math.log1p(-p)
    start = math.lgamma(outputs + 1) - math.lgamma(mean + 1) - math.lgamma(outputs - mean + 1)
    start += mean * math.log(p) + (outputs - mean) * math.log1p(-p)
    law = np.exp(start + np.concatenate([[0.0], np.cumsum(steps)]))
    # What lies beyond the table is at most Chernoff's bound there.
    beyond = math.exp(_chernoff(outputs, p, top + 1)) if top < outputs else 0.0
    above = np.append(np.cumsum(law[::-1])[::-1][1:], 0.0) + beyond
    enough = np.flatnonzero(rows * above <= failure)
    if len(enough) == 0:
        return outputs, 0.0
    return int(k[enough[0]]), float(rows * above[enough[0]])


def _bound(n, m, influence, outputs, v, t, x, failure):
    """(b, the sum of the three bounds) for width n; a sum above 1 is no bound at all."""
    d, L = v * t + 1, (v - 1) * x + 1
    if max(d, L) > n:
        return outputs, math.inf
    crossing = 0.0
    if v > 1:
        for f, inputs in influence:
            crossing += outputs * inputs * math.exp(_chernoff(f * L, L / n, x + 1))
    if crossing > failure:
        return outputs, math.inf
    b, crowded = _crowded(n, outputs, L / n, failure / 4)
    heard = n * m * math.exp(_chernoff(2 * b * d, d / n, t + 1))
    return b, crowded + heard + crossing


def provable_width(problem, v, failure=0.01):
    """A width at which a random network is right on every input with at most v ones, by proof.

    The network is that of `provable_network`; it is right with probability at least 1 - failure over
    its random codes and channels. The theorem and its proof are at the head of this module. Of all t
    and x up to twice the logarithm of the number of cases, those with the smallest n are taken.

    Theorem: thm-tight-computed.

    Parameters
    ----------
    problem : TwoAnd, or a tuple (m, m')
        Of a `TwoAnd` the influences count. For numbers alone, all are assumed to be light, at most
        m'^(1/4), or 2 m' / m rounded up if that is more.
    v : int
    failure : float
        Above 0 and below 1.

    Returns
    -------
    ProvableWidth

    Raises
    ------
    ValueError
        Another kind of problem, v outside 1, ..., m, failure outside (0, 1).

    Notes
    -----
    Ours. It grows as sqrt(m') log m', and is far above what works: a union bound over all rows, and
    a noise that is compared with its worst case.

    Examples
    --------
    >>> width = provable_width((1_000_000, 1_000_000), 2)
    >>> width.neurons < 1_000_000 / 5, width.failure <= 0.01
    (True, True)
    """
    if isinstance(problem, TwoAnd):
        m, outputs = problem.inputs, problem.outputs
        influence = list(zip(*np.unique(problem.influence, return_counts=True), strict=True))
        influence = [(int(f), int(count)) for f, count in influence if f > 0]
    elif isinstance(problem, tuple) and len(problem) == 2:
        m = whole("problem[0]", problem[0], 2)
        outputs = whole("problem[1]", problem[1], 1, m * (m - 1) // 2)
        influence = [(max(math.isqrt(math.isqrt(outputs)), -(-2 * outputs // m)), m)]
    else:
        raise expected("problem", "a TwoAnd, or a tuple (inputs, outputs)", problem)
    v = whole("v", v, 1, m)
    failure = real("failure", failure, 0, 1 - 1e-12)
    log_cases = math.log(m) + math.log(max(m, outputs)) - math.log(failure)
    longest = math.ceil(LENGTHS_TRIED * log_cases)
    best = None
    for x in range(1, longest + 1) if v > 1 else [1]:
        for t in range(1, longest + 1):
            sizes = (m, influence, outputs, v, t, x, failure)
            if best is not None and _bound(best.neurons - 1, *sizes)[1] > failure:
                continue
            n = _first_width(sizes, failure, best)
            b, reached = _bound(n, *sizes)
            best = ProvableWidth(n, v * t + 1, (v - 1) * x + 1, b, reached)
    return best


def _first_width(sizes, failure, best):
    """A width whose bound is at most `failure`, where the next smaller one's is not."""
    high = 64 if best is None else best.neurons - 1
    while _bound(high, *sizes)[1] > failure:
        high *= 2
    low = 0
    while high - low > 1:
        middle = (low + high) // 2
        if _bound(middle, *sizes)[1] <= failure:
            high = middle
        else:
            low = middle
    return high


def provable_network(problem, neurons, *, weight, channel, v, rng):
    """The network of the theorem: plain codes and channels, W = C0 D, nothing subtracted or tuned.

    Parameters
    ----------
    problem : TwoAnd
    neurons, weight, channel : int
        n, d and L.
    v : int
    rng : numpy.random.Generator

    Raises
    ------
    ValueError
        `problem` is no `TwoAnd`, n < 1, d or L outside 1, ..., n, v outside 1, ..., m, no generator.

    Notes
    -----
    Output channels and C0 D are the paper's (Adler and Shavit, arXiv 2409.15318); the clip is ours, in
    two layers of n ReLUs, from 2 - 3/(4d) to 2 - 1/(4d): in whole steps of 1/d that is what the
    theorem says, and rounding has room.

    Examples
    --------
    >>> from superpos_lib.problems import matching
    >>> problem = matching(20)
    >>> width = provable_width(problem, 2)
    >>> net = provable_network(
    ...     problem, width.neurons, weight=width.weight, channel=width.channel, v=2,
    ...     rng=np.random.default_rng(0),
    ... )
    >>> verify(net, problem, 2).ok
    True
    """
    if not isinstance(problem, TwoAnd):
        raise expected("problem", "a TwoAnd", problem)
    n = whole("neurons", neurons, 1)
    d, L = whole("weight", weight, 1, n), whole("channel", channel, 1, n)
    v = whole("v", v, 1, problem.inputs)
    code = constant_weight_code(problem.inputs, n, d, rng=generator(rng))
    sets = distinct(n, L, problem.outputs, rng=rng)
    outputs = np.repeat(np.arange(problem.outputs), L)
    channels = Code(from_entries(sets.ravel(), outputs, 1, (n, problem.outputs)))
    key = np.unique(np.tile(sets.ravel(), 2) * problem.inputs + problem.pairs[outputs].T.ravel())
    listens = from_entries(key // problem.inputs, key % problem.inputs, 1, (n, problem.inputs))
    on, slope = 2 - 1 / (4 * d), 2.0 * d
    network = Network(
        (
            Layer((-slope * listens, code.decompressor), np.full(n, slope * on)),
            Layer((-selection(np.arange(n), n),), np.ones(n)),
        )
    )
    return SuperposedNetwork(code, network, channels, v, 1 - 1 / (2 * L))
