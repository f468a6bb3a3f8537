"""What the constructions of this library are compared with: one ReLU an AND, and U-AND.

The same problems, the same notion of right, the same count of neurons.
"""

import numpy as np

from ._arguments import expected, fitting, generator, real, whole
from ._matrices import from_entries
from .codes import Code, ConstructionError
from .network import Layer, Network, SuperposedNetwork, selection
from .problems import TwoAnd
from .two_and.assembly import input_code, quietest_weights

__all__ = ["naive_two_and", "u_and"]

# How many rows contain both inputs of a pair, on average, if there is room; and how full rows may be:
# p m / n, the variance of what a row hears from one stranger.
MEETING, FULLEST = 20, 0.6
# An output is true where more than this share of its rows is lit.
READ_OUT = 0.85
# Random numbers are drawn so many at a time.
CELLS = 2**24


def naive_two_and(problem):
    """One ReLU an AND: relu(y_a + y_b - 1), with nothing in superposition.

    Exact for every input, with any number of ones. m' neurons.

    Raises
    ------
    ValueError
        `problem` is no `TwoAnd`.

    Notes
    -----
    Theorem: thm-compute-naive.

    Examples
    --------
    >>> from superpos_lib.problems import clique
    >>> net = naive_two_and(clique(4))
    >>> net.neurons, net.predict([1, 0, 1, 1]).astype(int).tolist()
    (6, [0, 1, 0, 1, 0, 1])
    """
    problem = _two_and(problem)
    m, outputs = problem.inputs, problem.outputs
    incidence = from_entries(np.repeat(np.arange(outputs), 2), problem.pairs.ravel(), 1, (outputs, m))
    network = Network((Layer((incidence,), np.full(outputs, -1.0)),))
    return SuperposedNetwork(_one_each(m), network, _one_each(outputs), m)


def u_and(problem, neurons, *, v, rng, density=None):
    """Universal AND: rows listen to random sets of inputs; an output is read where both of its are heard.

    Row r listens to a random set T_r, each input in it with probability p, so that two inputs meet in
    about p^2 n rows, whichever they are:

        h_r = s_r clipped to 0, ..., 1,    s_r = number of active inputs in T_r + noise,

    and output (a, b) is read as the mean of h over the rows that contain a and b. The matrices do not
    depend on the problem: all m (m - 1) / 2 ANDs are computed at once, and the read-out chooses.

    Parameters
    ----------
    problem : TwoAnd
    neurons : int
        n. The noise allows p of order n / m, so p^2 n >= log m' needs n of order m^(2/3), up to logs.
    v : int
    rng : numpy.random.Generator
    density : float, optional
        p, 0 < p <= 1. If nothing is given, the p at which 20 rows contain both inputs of a pair, but at
        most 0.6 n / m.

    Raises
    ------
    ValueError
        `problem` is no `TwoAnd`, n < 1, v outside 1, ..., m, density outside (0, 1], no generator.
    ConstructionError
        Some pair is in no row: too few neurons for this density.

    Notes
    -----
    Source: Hänni, Mendel, Vaintrob and Chan, Mathematical Models of Computation in Superposition, arXiv
    2408.05451, who take relu(sum - 1) on top of nearly orthogonal random codes. To make it as good as we
    can it has what our own constructions have: evenly dealt input codes, weights by which a row hears each
    of its inputs as exactly 1, and the clip, n ReLUs in each of two layers. Its rows listen to many inputs,
    so it gets the quietest of these weights at every size (`two_and.assembly.quietest_weights`), in time of
    order n^3. Each input is in the same number of rows, p n. The output code knows the pairs; to write the
    outputs in a code that does not would take a further step (`two_and.assembly.recode`), and more neurons.

    Measured (m = m' random pairs, v = 2, two networks of two right on 2,000 targeted inputs each;
    generators m for the pairs and m + 1 for the search, November 2026):
    `smallest_width(problem, 2, construction=u_and, method="sampled", count=2000, tries=2, precision=0.05,
    least=max(8, int(3 * m**0.5)), rng=rng)`, and the same for `double_light`.

    | m            | 250 | 500 | 1,000 | 2,000 | 4,000 | slope, log-log |
    |--------------|-----|-----|-------|-------|-------|----------------|
    | u_and        | 164 | 276 |   376 |   603 | 1,086 | 0.66           |
    | double_light | 108 | 142 |   193 |   276 |   378 | 0.46           |

    Examples
    --------
    >>> from superpos_lib.problems import clique
    >>> from superpos_lib.verify import verify
    >>> problem = clique(24)  # 276 outputs
    >>> net = u_and(problem, 160, v=2, rng=np.random.default_rng(0))
    >>> verify(net, problem, 2).ok
    True
    """
    problem = _two_and(problem)
    n, v = whole("neurons", neurons, 1), whole("v", v, 1, problem.inputs)
    fitting("neurons", n, n * (n + problem.inputs))
    m, rng = problem.inputs, generator(rng)
    if density is None:
        density = min(1.0, (MEETING / n) ** 0.5, FULLEST * n / m)
    each = max(1, round(real("density", density, 0, 1) * n))
    member = _random_sets(n, m, each, rng)
    both = member[:, problem.pairs[:, 0]] & member[:, problem.pairs[:, 1]]
    if not both.any(axis=0).all():
        pair = tuple(problem.pairs[np.argmin(both.any(axis=0))].tolist())
        raise ConstructionError(f"no row of {n} contains both inputs of the pair {pair}")
    rows, inputs = np.nonzero(member)
    code = input_code(n, m, rng=rng)
    W = quietest_weights(from_entries(rows, inputs, 1, (n, m)), code)
    # With v = 2 a row that hears two of its inputs hears nothing else: 2, exactly.
    off, on = (1.7, 2.0) if v <= 2 else (1.35, 1.65)
    slope = 1 / (on - off)
    first = Layer((-slope * W,), np.full(n, slope * on))
    second = Layer((-selection(np.arange(n), n),), np.ones(n))
    row, output = np.nonzero(both)
    channels = Code(from_entries(row, output, 1, (n, problem.outputs)))
    return SuperposedNetwork(code, Network((first, second)), channels, v, READ_OUT)


def _random_sets(n, m, each, rng):
    """Which of n rows are in the set of each of m inputs, shape (n, m): `each` rows, uniformly random."""
    member = np.zeros((n, m), dtype=bool)
    step = max(1, CELLS // n)
    for start in range(0, m, step):
        inputs = np.arange(start, min(start + step, m))
        # The `each` smallest of n random numbers.
        sets = np.argpartition(rng.random((len(inputs), n)), each - 1, axis=1)[:, :each]
        member[sets.ravel(), np.repeat(inputs, each)] = True
    return member


def _two_and(problem):
    if not isinstance(problem, TwoAnd):
        raise expected("problem", "a TwoAnd", problem)
    return problem


def _one_each(features):
    """The code in which every feature has a neuron of its own."""
    return Code(selection(np.arange(features), features))
