"""What the chapter on permutations proves, against independent computation."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from some import some

from superpos_lib import Code, Permutation, constant_weight_code
from superpos_lib.network import Layer
from superpos_lib.permutation import permutation_product, row_noise_bound


def product(factors):
    result = np.asarray(factors[0])
    for factor in factors[1:]:
        result = result @ factor
    return result


def random_problem(rng, m, stay):
    """A permutation of m features of which at least `stay` stay in their place."""
    order = np.arange(m)
    order[stay:] = stay + rng.permutation(m - stay)
    return Permutation(order)


def test_the_smallest_example_is_the_chapters():
    code = Code([[1, 0, 0, 1], [1, 0, 0, 0], [0, 1, 0, 0], [0, 1, 0, 1], [0, 0, 1, 0], [0, 0, 1, 0]])
    T = product(permutation_product(Permutation([1, 2, 3, 0]), code, centred=False))
    twice = [
        [1, 1, 1, 1, 0, 0],
        [0, 0, 1, 1, 0, 0],
        [0, 0, 0, 0, 1, 1],
        [1, 1, 0, 0, 1, 1],
        [1, 0, 0, 1, 0, 0],
    ]
    assert (2 * T).tolist() == [*twice, twice[-1]]
    assert (T @ [0, 0, 1, 1, 0, 0]).tolist() == [1, 1, 0, 0, 0.5, 0.5]
    assert (T @ [1, 0, 0, 1, 0, 0]).tolist() == [1, 0.5, 0, 0.5, 1, 1]  # the exercise by hand
    assert (code.decompressor @ [1, 0, 0, 0, 1, 1]).tolist() == [0.5, 0, 1, 0.5]


def test_the_matrix_counts_rectangles():
    rng = np.random.default_rng(0)
    p, code = Permutation(rng.permutation(30)), constant_weight_code(30, 20, 4, rng=rng)
    C = code.matrix
    rectangles = sum(np.outer(C[:, i], C[:, p.order[i]]) for i in range(30)) / 4
    assert np.allclose(product(permutation_product(p, code, centred=False, echo=True)), rectangles)


@pytest.mark.parametrize("x", [(1, 1, 1, 0, 0, 0), (2, 1, 1, 0, 0, 0), (3, 0, 1, 1, 0, 4)])
@pytest.mark.parametrize("d", [1, 2, 3, 6])
def test_mean_and_variance_of_a_read_out_by_enumeration(x, d):
    """Theorem: centring."""
    n = len(x)
    w = [Fraction(sum(x[r] for r in rows), d) for rows in itertools.combinations(range(n), d)]
    mean = sum(w) / len(w)
    variance = sum((value - mean) ** 2 for value in w) / len(w)
    centre = Fraction(sum(x), n)
    assert mean == centre
    assert variance == Fraction(n - d, d * (n - 1)) * sum((a - centre) ** 2 for a in x) / n
    assert variance <= Fraction(sum(a * a for a in x), d * n)


def test_sets_are_no_wilder_than_independent_draws():
    """Theorem: maclaurin."""
    rng = np.random.default_rng(1)
    for N, d in ((1, 0), (3, 2), (6, 3), (7, 7), (8, 5)):
        z = rng.exponential(size=N) * 10.0 ** rng.integers(-3, 3, size=N)
        mean = np.mean([math.prod(z[list(R)]) for R in itertools.combinations(range(N), d)])
        assert mean <= z.mean() ** d * (1 + 1e-12)


@pytest.mark.parametrize("union", [False, True])
@pytest.mark.parametrize("stay", [0, 15, 38, 40])
def test_what_a_row_hears_is_signal_echo_and_interference(stay, union):
    """Theorem: hears."""
    m, n, d = 40, 24, 4
    rng = np.random.default_rng(stay)
    p, code = random_problem(rng, m, stay), constant_weight_code(m, n, d, rng=rng)
    C, order = code.matrix.astype(int), p.order
    y = np.isin(np.arange(m), [0, 20, 39])
    x = np.minimum(C @ y, 1) if union else C @ y
    mean = Fraction(int(x.sum()), n)
    s = product(permutation_product(p, code)) @ x
    for r in some(range(n)):
        members = [i for i in range(m) if C[r, i]]
        read = {j: Fraction(int(C[:, j] @ x), d) for j in range(m)}
        others = {j: Fraction(int(sum(x[q] for q in range(n) if C[q, j] and q != r)), d) for j in range(m)}
        own = Fraction(int(x[r]), d)
        signal = sum(read[order[i]] - mean - (own if order[i] == i else 0) for i in members if y[order[i]])
        quiet = [i for i in members if not y[order[i]]]
        echo = own * sum(1 for i in quiet if order[i] != i and C[r, order[i]])
        interference = sum(others[order[i]] - mean for i in quiet)
        assert abs(s[r] - float(signal + echo + interference)) < 1e-12
        lit = any(y[order[i]] for i in members)
        assert signal >= 1 - mean - Fraction(1, d) if lit else signal == 0


@pytest.mark.parametrize(("n", "d", "load", "k"), [(60, 6, 20, 1), (60, 6, 40, 3), (200, 8, 100, 2)])
@pytest.mark.parametrize("union", [False, True])
def test_noise_of_a_row_stays_below_its_bound(n, d, load, k, union):
    """Given the active codes and the row's members: 4,000 draws of everything else.

    Theorem: row-noise.
    """
    rng = np.random.default_rng(load)
    x = constant_weight_code(k, n, d, rng=rng).matrix.sum(axis=1)
    x = np.minimum(x, 1) if union else x
    for r in (int(np.argmax(x)), int(np.argmin(x))):
        others = np.delete(x, r)
        draws, noise = 4000, 0.0
        mean = 0.0
        for place in range(load):  # every third input of the row contains the row itself
            size = d - 1 if place % 3 == 0 else d
            chosen = np.argpartition(rng.random((draws, n - 1)), size - 1, axis=1)[:, :size]
            noise = noise + others[chosen].sum(axis=1) / d - x.mean()
            mean += size / d * others.mean() - x.mean()
        assert abs(mean) <= 2 * k * load / (n - 1)
        assert abs(noise.mean() - mean) < 6 * noise.std() / math.sqrt(draws)
        sizes = {"load": load, "neurons": n, "weight": d, "active": k, "height": int(x.max())}
        for deviation in np.linspace(0.05, 6, 60):
            bound = row_noise_bound(float(deviation), **sizes)
            sampling = 5 * math.sqrt(bound / draws)
            assert (noise >= deviation).mean() <= bound + sampling
            assert (noise <= -deviation).mean() <= bound + sampling


def test_the_bound_is_the_chapters_formula():
    # tau = 0.5 - 2 * 2 * 30 / 600 = 0.3, sigma^2 = 2 * 2 * 30 / 600 = 0.2, h tau / (3 d) = 0.6 / 30 = 0.02
    """Theorem: row-noise."""
    sizes = {"load": 30, "neurons": 601, "weight": 10, "active": 2}
    assert row_noise_bound(0.5, **sizes) == pytest.approx(math.exp(-0.09 / (2 * 0.22)))
    assert row_noise_bound(0.5, **sizes, height=1) == pytest.approx(math.exp(-0.09 / (2 * 0.11)))
    assert row_noise_bound(0.2, **sizes) == 1.0
    assert row_noise_bound(0.1, **{**sizes, "load": 0}) < 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"load": -1},
        {"neurons": 1},
        {"weight": 0},
        {"active": 0},
        {"height": 4},
        {"height": 0},
        {"deviation": 0},
    ],
)
def test_bad_sizes_of_the_bound(wrong):
    sizes = {"deviation": 0.3, "load": 30, "neurons": 600, "weight": 10, "active": 3} | wrong
    (name,) = wrong
    with pytest.raises(ValueError, match=f"^{name}: expected"):
        row_noise_bound(**sizes)


@pytest.mark.parametrize("cycle", [2, 3, 5, 60])
def test_echoes_are_as_rare_as_proved(cycle):
    """Theorem: echo."""
    m, n, d, draws = 60, 12, 2, 40_000
    order = np.concatenate([np.roll(np.arange(s, s + cycle), 1) for s in range(0, m, cycle)])
    members = np.random.default_rng(cycle).random((draws, m)) < d / n  # who contains row 0
    echoes = (members & members[:, order]).sum(axis=1)
    for g in (1, 2, 3, 4):
        bound = math.comb(m, g) * (d / n) ** (2 * g)
        assert bound <= (math.e * m * d * d / (g * n * n)) ** g
        assert (echoes > 3 * (g - 1)).mean() <= bound + 5 * math.sqrt(min(bound, 1) / draws)


def test_of_the_edges_of_cycles_a_third_is_disjoint():
    """The step behind the echo's bound, on every set of edges of one short cycle."""
    for length in range(2, 9):
        edges = [(i, (i + 1) % length) for i in range(length)]
        for size in some(range(1, length + 1)):
            for chosen in some(itertools.combinations(edges, size)):
                most = max(
                    len(part)
                    for count in range(1, size + 1)
                    for part in itertools.combinations(chosen, count)
                    if len({end for edge in part for end in edge}) == 2 * len(part)
                )
                assert 3 * most >= size


def corollary_sizes():
    """(m, v, h, delta) for which the corollary's n is at most m."""
    for m, v, h, delta in itertools.product(
        (10**6, 10**7, 10**8, 10**12), (1, 2, 3, 10, 100), (1, 2, 3), (0.5, 0.01, 1e-9)
    ):
        if m >= 43 * v and 42 * h * math.sqrt(m * v) * math.log(4 * m / delta) <= m - 1:
            yield m, v, h, delta


def test_there_are_sizes_to_try():
    assert len(list(corollary_sizes())) > 80


@pytest.mark.parametrize(("m", "v", "h", "delta"), list(corollary_sizes()))
def test_every_constant_of_the_theorem(m, v, h, delta):
    """With the corollary's sizes: the hypotheses, the four bad events, both budgets and the read-out.

    Theorem: permutation-theorem.
    """
    L = math.log(4 * m / delta)
    d, n = math.ceil(10 * h * L), math.ceil(42 * h * math.sqrt(m * v) * L)
    assert d >= 10 * h * L and n**2 >= 160 * m * v * h * d * L and 25 * v * d <= n
    part = delta / (4 * m)
    assert (math.e / 4) ** (m * d / n) <= part
    g = math.ceil(d / (20 * h))
    assert 3 * (g - 1) < 0.15 * d / h
    assert (math.e * m * d**2 / (g * n**2)) ** g <= part
    load, mean = 2 * m * d / n, v * d / n
    bias = 2 * v * load / (n - 1)
    assert math.exp(-0.04 / (2 * (v * h * load / (n - 1) + h * 0.2 / (3 * d)))) <= part
    assert 0.15 + bias + 0.2 < 0.4
    assert 1 - mean - 1 / d - bias - 0.2 > 0.7
    # m C(d, s) 25^-s, in logarithms
    assert math.log(m) + d * math.log(2) - 0.7 * d * math.log(25) <= math.log(delta / 4)
    if h == 3:
        assert math.comb(v, 4) * n * (d / n) ** 4 <= v**2.5 * L / (40 * m**1.5)


def test_where_the_corollary_starts_to_save_neurons():
    """Theorem: square-root."""

    def needed(m, v=3, delta=0.01):
        return 42 * math.sqrt(m * v) * math.log(4 * m / delta)

    assert needed(2.3e6) < 2.3e6 and needed(2.2e6) > 2.2e6


@pytest.mark.parametrize("stay", [0, 40])
def test_what_old_neurons_hear_of_themselves(stay):
    """Mean and variance of the echo through fixed points, over the draw of the code: f / n and so on."""
    m, n, d, count = 60, 50, 5, 1000
    rng = np.random.default_rng(stay)
    order = np.arange(m)
    order[stay:] = np.roll(order[stay:], 1)
    p, echoes = Permutation(order), []
    y = np.arange(m) == m - 1
    for _ in range(count):
        code = constant_weight_code(m, n, d, rng=rng)
        x = code.compress(y)
        kept, cured = (
            Layer(permutation_product(p, code, echo=e), np.zeros(n), relu=False)(x) for e in (True, False)
        )
        echoes.append((kept - cured)[np.argmax(x)])
    variance = stay / (d * n) * (1 - d / n)
    assert abs(np.mean(echoes) - stay / n) <= 5 * math.sqrt(variance / count) + 1e-12
    assert abs(np.var(echoes) - variance) <= 0.2 * variance + 1e-12


def test_one_relu_doubles_the_error_and_no_other_does_better():
    assert np.maximum(2 * (1 + 0.125) - 1, 0) == 1.25
    rng = np.random.default_rng(3)
    for threshold, error in zip(rng.random(100) * 0.9, rng.random(100), strict=True):
        a = 1 / (1 - threshold)  # a relu(s - threshold): 0 up to the threshold, 1 at 1
        assert a * max(1 + error - threshold, 0) >= 1 + error / (1 - threshold) - 1e-9
