"""Widths: the search keeps its rule, and the theorem holds, event by event, on draws by other code."""

import itertools
import math

import numpy as np
import pytest

from superpos_lib import (
    Code,
    ConstructionError,
    Layer,
    Network,
    SuperposedNetwork,
    TwoAnd,
    clique,
    matching,
    naive_two_and,
    permutation_network,
    provable_network,
    provable_width,
    random_two_and,
    smallest_width,
    verify,
)
from superpos_lib.problems import Permutation
from superpos_lib.sizing import _chernoff, _crowded
from superpos_lib.two_and import double_light


def events(problem, C, S, b, t, x):
    """(A), (B) and (C) of the theorem, straight from their words, with sets of integers."""
    code = [set(np.flatnonzero(column)) for column in C.T]
    channel = [set(np.flatnonzero(column)) for column in S.T]
    pairs = [set(pair) for pair in problem.pairs.tolist()]
    A = B = C_holds = True
    for r in range(len(S)):
        outputs = [i for i in range(len(pairs)) if r in channel[i]]
        A &= len(outputs) <= b
        hears = set().union(*(pairs[i] for i in outputs))
        for k in range(problem.inputs):
            B &= sum(len(code[j] & code[k]) for j in hears - {k}) <= t
    for i, k in itertools.product(range(len(pairs)), range(problem.inputs)):
        others = [channel[o] for o in range(len(pairs)) if o != i and k in pairs[o]]
        C_holds &= len(channel[i] & set().union(*others)) <= x
    return A, B, C_holds


def reads(problem, C, S, v):
    """The theorem's network on every input with at most v ones, in whole steps of 1/d: all right?"""
    d, L = C[:, 0].sum(), S[:, 0].sum()
    listens = np.zeros((len(S), problem.inputs), dtype=int)
    for (a, b), column in zip(problem.pairs, S.T, strict=True):
        listens[column > 0, a] = listens[column > 0, b] = 1
    steps = listens @ C.T @ C  # d times what each input adds to each row
    for k in range(v + 1):
        for active in itertools.combinations(range(problem.inputs), k):
            lit = steps[:, list(active)].sum(axis=1) >= 2 * d
            true = [a in active and b in active for a, b in problem.pairs.tolist()]
            if (((S * lit[:, None]).sum(axis=0) > L - 0.5) != true).any():
                return False
    return True


def subsets(n, size, count, g):
    M = np.zeros((n, count), dtype=int)
    for column in M.T:
        column[g.choice(n, size, replace=False)] = 1
    return M


@pytest.mark.parametrize(("v", "t", "x"), [(1, 3, 1), (2, 1, 2), (2, 3, 3), (3, 1, 1), (3, 2, 1)])
def test_where_b_and_c_hold_every_input_is_right(v, t, x):
    g = np.random.default_rng(10 * v + t)
    held = wrong = 0
    for n in (12, 25, 40, 60, 90, 130, 200, 300) * 3:
        problem = random_two_and(9, 8, rng=g)
        d, L = v * t + 1, (v - 1) * x + 1
        C, S = subsets(n, d, 9, g), subsets(n, L, 8, g)
        right = reads(problem, C, S, v)
        _, B, C_holds = events(problem, C, S, 8, t, x)
        assert right or not (B and (C_holds or v == 1))
        held += B and C_holds
        wrong += not right
    assert held >= 3 and (wrong >= 3 or v == 1)


def test_the_network_is_the_one_of_the_theorem():
    g = np.random.default_rng(4)
    for n in (30, 60, 120):
        problem = random_two_and(9, 8, rng=g)
        net = provable_network(problem, n, weight=5, channel=4, v=2, rng=g)
        C, S = np.array(net.code_in.matrix).astype(int), np.array(net.code_out.matrix).astype(int)
        assert (C.sum(axis=0) == 5).all() and (S.sum(axis=0) == 4).all() and net.neurons == n
        assert verify(net, problem, 2).ok == reads(problem, C, S, 2)


@pytest.mark.parametrize(("m", "outputs", "v"), [(12, 8, 2), (10, 6, 3), (12, 10, 1)])
def test_failures_are_rarer_than_the_bound(m, outputs, v):
    g = np.random.default_rng(m)
    problem = random_two_and(m, outputs, rng=g)
    width = provable_width(problem, v, 0.5)
    t, x = (width.weight - 1) // v, (width.channel - 1) // (v - 1) if v > 1 else 1
    assert width.failure <= 0.5
    missed = 0
    for _ in range(40):
        C, S = subsets(width.neurons, width.weight, m, g), subsets(width.neurons, width.channel, outputs, g)
        A, B, C_holds = events(problem, C, S, width.row_channels, t, x)
        missed += not (A and B and (C_holds or v == 1))
    assert missed <= 20


def test_the_tails_are_bounds():
    from scipy.stats import binom, hypergeom

    for trials, p in [(10, 0.3), (400, 0.02), (3000, 0.001)]:
        exact = binom.sf(np.arange(-1, trials + 1), trials, p)
        for least, tail in enumerate(exact):
            assert math.exp(_chernoff(trials, p, least)) >= tail * (1 - 1e-9)
    for n, d, terms in [(40, 6, 5), (200, 9, 12)]:
        one, law = hypergeom.pmf(np.arange(d + 1), n, d, d), np.ones(1)
        for _ in range(terms):
            law = np.convolve(law, one)
        for least in range(len(law)):
            assert math.exp(_chernoff(terms * d, d / n, least)) >= law[least:].sum() * (1 - 1e-9)
    for rows, outputs, p, failure in [(50, 400, 0.03, 0.1), (10**4, 10**4, 1e-3, 1e-3), (9, 7, 0.9, 1e-4)]:
        b, bound = _crowded(rows, outputs, p, failure)
        assert bound == pytest.approx(rows * binom.sf(b, outputs, p), rel=1e-6, abs=1e-15)
        assert bound <= failure < rows * binom.sf(b - 1, outputs, p)


def divergence_bound(trials, p, least):
    q = least / trials
    kl = q * math.log(q / p) + ((1 - q) * math.log((1 - q) / (1 - p)) if q < 1 else 0.0)
    return math.exp(-trials * kl) if q > p else 1.0


@pytest.mark.parametrize(("problem", "v"), [(matching(80), 2), (clique(12), 3), (matching(30), 1)])
def test_the_failure_is_the_sum_that_the_theorem_states(problem, v):
    from scipy.stats import binom

    width = provable_width(problem, v, 0.05)
    n, d, L, b = width.neurons, width.weight, width.channel, width.row_channels
    t, m, outputs = (d - 1) // v, problem.inputs, problem.outputs
    assert d == v * t + 1
    crowded = n * binom.sf(b, outputs, L / n)
    heard = n * m * divergence_bound(2 * b * d, d / n, t + 1)
    crossing = 0.0
    if v > 1:
        x = (L - 1) // (v - 1)
        assert (v - 1) * x + 1 == L
        crossing = outputs * sum(
            divergence_bound(f * L, L / n, x + 1) for f in problem.influence.tolist() if f * L >= x + 1
        )
    assert width.failure == pytest.approx(crowded + heard + crossing, rel=1e-6)
    assert width.failure <= 0.05


@pytest.mark.parametrize("v", [1, 2, 3])
def test_networks_of_provable_width_are_right(v):
    g = np.random.default_rng(v)
    for problem in (matching(60), random_two_and(60, 60, rng=g), clique(7)):
        width = provable_width(problem, v)
        for _ in range(2):
            net = provable_network(
                problem, width.neurons, weight=width.weight, channel=width.channel, v=v, rng=g
            )
            assert verify(net, problem, v, "certified").ok


@pytest.mark.parametrize("v", [2, 3])
def test_it_grows_as_sqrt_times_log(v):
    sizes = [10**k for k in (4, 6, 8)]
    widths = [provable_width((size, size), v).neurons for size in sizes]
    ratio = [n / (math.sqrt(size) * math.log(size)) for n, size in zip(widths, sizes, strict=True)]
    assert ratio == sorted(ratio, reverse=True) and ratio[0] < 4 * ratio[-1]
    slope = math.log(widths[-1] / widths[-2]) / math.log(100)
    assert 0.47 < slope < 0.56


def test_smaller_failure_and_more_at_once_need_more():
    base = provable_width((1000, 1000), 2).neurons
    assert base < provable_width((1000, 1000), 2, 1e-6).neurons
    assert base < provable_width((1000, 1000), 3).neurons
    assert base < provable_width((1000, 4000), 2).neurons


PAIRS = matching(10)


def right_from(n0, asked):
    """A construction that is right from n0 neurons on, and notes every width it was asked for."""
    good = naive_two_and(PAIRS)
    layer = good.network.layers[0]
    dead = Network((Layer(layer.factors, layer.bias - 1),))
    dead = SuperposedNetwork(good.code_in, dead, good.code_out, good.v)

    def construct(problem, neurons, *, v, rng):
        asked.append(neurons)
        return good if neurons >= n0 else dead

    return construct


@pytest.mark.parametrize("n0", [1, 8, 9, 37, 64, 500])
@pytest.mark.parametrize("method", ["exhaustive", "certified"])
def test_the_search_finds_the_edge(n0, method):
    asked = []
    found = smallest_width(
        PAIRS,
        2,
        construction=right_from(n0, asked),
        method=method,
        precision=1e-9,
        rng=np.random.default_rng(),
    )
    assert found.neurons == max(n0, 8) and len(asked) == len(found.tried) <= 2 * math.log2(max(n0, 8)) + 2


def test_the_search_ends_with_an_error():
    asked = []
    with pytest.raises(ConstructionError, match="from 8 to 100"):
        smallest_width(
            PAIRS, 2, construction=right_from(101, asked), most=100, rng=np.random.default_rng(0)
        )
    assert asked == [8, 16, 32, 64, 100]


def test_a_construction_error_is_a_failure():
    def picky(problem, neurons, *, v, rng):
        if neurons < 20:
            raise ConstructionError("too few")
        return naive_two_and(problem)

    found = smallest_width(PAIRS, 2, construction=picky, precision=1e-9, rng=np.random.default_rng(0))
    assert found.neurons == 20 and found.tried[19] == 0


def test_tries_and_needed():
    good, dead = right_from(1, [])(PAIRS, 1, v=2, rng=None), right_from(2, [])(PAIRS, 1, v=2, rng=None)

    def half(problem, neurons, *, v, rng):
        return good if rng.random() < min(1, neurons / 200) else dead

    how = {"construction": half, "tries": 9, "precision": 0.1}
    some = smallest_width(PAIRS, 2, needed=2, rng=np.random.default_rng(5), **how)
    every = smallest_width(PAIRS, 2, rng=np.random.default_rng(5), **how)
    assert some.neurons < every.neurons and some.tried[some.neurons] == 2
    again = smallest_width(PAIRS, 2, needed=2, rng=np.random.default_rng(5), **how)
    assert again.tried == some.tried


def test_real_searches_are_reproducible():
    problem = random_two_and(40, 40, rng=np.random.default_rng(0))
    how = {"construction": double_light, "method": "sampled", "count": 60, "precision": 0.2}
    first, second = (smallest_width(problem, 2, rng=np.random.default_rng(3), **how) for _ in range(2))
    assert first.neurons == second.neurons < 100 and first.tried == second.tried
    p = Permutation(np.random.default_rng(1).permutation(12))
    found = smallest_width(p, 1, construction=permutation_network, rng=np.random.default_rng(2))
    assert found.tried[found.neurons] == 1


BAD = [
    ("problem", {"problem": None}),
    ("v", {"v": 0}),
    ("rng", {"rng": 3}),
    ("construction", {"construction": 3}),
    ("tries", {"tries": 0}),
    ("needed", {"needed": 2}),
    ("most", {"least": 9, "most": 8}),
    ("precision", {"precision": 0}),
    ("method", {"method": "guess"}),
]


@pytest.mark.parametrize(("name", "change"), BAD)
def test_bad_arguments_of_the_search(name, change):
    given = {"problem": PAIRS, "v": 2, "rng": np.random.default_rng(0), "construction": right_from(9, [])}
    given |= change
    with pytest.raises(ValueError, match=f"^{name}"):
        smallest_width(given.pop("problem"), given.pop("v"), **given)


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("problem", lambda: provable_width(5, 2)),
        (r"problem\[0\]", lambda: provable_width((1, 1), 1)),
        (r"problem\[1\]", lambda: provable_width((4, 7), 2)),
        ("v", lambda: provable_width((4, 6), 5)),
        ("failure", lambda: provable_width((4, 6), 2, 0)),
        ("failure", lambda: provable_width((4, 6), 2, 1)),
        ("problem", lambda: provable_network(Code(np.eye(2)), 5, weight=1, channel=1, v=1, rng=None)),
        ("weight", lambda: provable_network(PAIRS, 5, weight=6, channel=1, v=1, rng=None)),
        ("channel", lambda: provable_network(PAIRS, 5, weight=2, channel=0, v=1, rng=None)),
        ("rng", lambda: provable_network(TwoAnd(2, [(0, 1)]), 5, weight=2, channel=2, v=1, rng=None)),
    ],
)
def test_bad_arguments_of_the_proof(name, call):
    with pytest.raises(ValueError, match=f"^{name}"):
        call()
