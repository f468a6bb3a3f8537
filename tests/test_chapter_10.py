"""Every inequality of the chapter on input channels, by other code than the chapter's and the library's."""

import itertools
import math

import numpy as np
import pytest

from superpos_lib import (
    Code,
    all_sparse,
    clique,
    constant_weight_code,
    double_heavy,
    random_two_and,
    verify,
)
from superpos_lib.two_and.assembly import Clip, assemble, clip_for, exact_weights
from superpos_lib.two_and.channels import channel_matrix
from superpos_lib.two_and.double_heavy import MEETING

TRIPLES = ("012", "013", "024", "035", "045", "125", "134", "145", "234", "235")
ROWS = [frozenset(map(int, row)) for row in TRIPLES]


def hypergeometric(n, marked, drawn):
    total = math.comb(n, drawn)
    return [math.comb(marked, g) * math.comb(n - marked, drawn - g) / total for g in range(drawn + 1)]


def dense(matrix):
    return matrix if isinstance(matrix, np.ndarray) else matrix.toarray()


def listening(problem, S):
    """C0 by the definition: row r listens to both inputs of every output whose channel it is in."""
    C0 = np.zeros((S.shape[0], problem.inputs))
    for i, pair in enumerate(problem.pairs):
        C0[np.ix_(S[:, i] > 0, pair)] = 1
    return C0


@pytest.mark.parametrize(("n", "w"), [(20, 10), (100, 30), (300, 77), (1000, 200), (50, 50)])
def test_short_intersections_and_their_mean(n, w):
    """Theorem: lem-heavy-meet."""
    law = np.array(hypergeometric(n, w, w))
    assert law @ np.arange(w + 1) == pytest.approx(w * w / n)
    short = law[: math.floor(w * w / n / 2) + 1].sum()
    assert short <= (2 / math.e) ** (w * w / n / 2) < math.exp(-0.153 * w * w / n)


@pytest.mark.parametrize(("n", "w", "size"), [(30, 10, 4), (100, 30, 9), (300, 77, 20)])
def test_what_a_stranger_covers(n, w, size):
    """Theorem: lem-heavy-cover."""
    law = np.array(hypergeometric(n, w, size))
    assert law @ np.arange(size + 1) == pytest.approx(size * w / n)
    for x in range(1, size + 1):
        assert law[x:].sum() <= math.comb(size, x) * (w / n) ** x + 1e-12


@pytest.mark.parametrize(
    ("m", "n", "right"), [(24, 30, False), (24, 250, True), (40, 42, False), (40, 160, True)]
)
def test_the_matrix_product_is_a_criterion(m, n, right):
    """Theorem: cor-heavy-product."""
    problem = clique(m)
    net = double_heavy(problem, n, v=2, rng=np.random.default_rng(0))
    S = dense(net.code_out.matrix)
    cover = S.T @ listening(problem, S) / S.sum(axis=0)[:, None]
    for i, pair in enumerate(problem.pairs):
        cover[i, pair] = 0
    assert verify(net, problem, 2).ok == (cover.max() <= 0.93) == right


@pytest.mark.parametrize(("v", "n"), [(2, 80), (2, 95), (3, 70), (3, 150)])
def test_crossed_noisy_and_dimmed_rows(v, n):
    """Theorem "when an output is read right", on a network that shares neurons among its inputs.

    Theorem: thm-heavy-right.
    """
    problem = random_two_and(100, 300, rng=np.random.default_rng(0))
    net = double_heavy(problem, n, v=v, rng=np.random.default_rng(1))
    clip = clip_for(v, quiet=n >= 100)
    S = dense(net.code_out.matrix)
    C0 = listening(problem, S)
    A = dense(net.network.layers[0].factors[0]) @ dense(net.network.layers[0].factors[1])
    A = -(A @ dense(net.code_in.matrix)) * (clip.on - clip.off)
    slack = np.abs(A - 1)[C0 > 0].max() * v  # weights are solved up to a relative error
    assert slack / (clip.on - clip.off) < 1 - clip.read_out
    Y = all_sparse(100, v)[:, ::7] if v == 2 else all_sparse(100, v)[:, ::977]
    truth, predicted = problem.truth(Y), net.predict(Y)
    active = C0 @ Y
    noise = A @ Y - C0 * A @ Y
    crossed = active >= 2
    noisy = ~crossed & (noise > clip.off - 1 - slack)
    dimmed = crossed & (noise < clip.on - 2 + (slack if v > 2 else -slack))
    size = S.sum(axis=0)[:, None]
    sure_true = truth & (S.T @ dimmed / size < 1 - clip.read_out)
    sure_false = ~truth & (S.T @ (crossed | noisy) / size <= clip.read_out)
    assert predicted[sure_true].all() and not predicted[sure_false].any()
    assert sure_true.any() and sure_false.any()
    cover = S.T @ C0
    for i, pair in enumerate(problem.pairs):
        cover[i, pair] = 0
    assert ((S.T @ crossed <= cover @ Y) | truth).all()


def test_the_library_has_the_constants_of_the_text():
    assert MEETING == 20
    assert clip_for(2, quiet=False) == Clip(1.75, 2.0, 0.93)
    assert clip_for(3, quiet=False) == Clip(1.35, 1.65, 0.81)


def test_what_the_page_says_and_does_not_run():
    """8,000 outputs of 500 superposed inputs in 350 neurons; a clique with fewer neurons than inputs."""
    problem = random_two_and(500, 8000, rng=np.random.default_rng(1))
    assert problem.influence.min() > 8000**0.25
    net = double_heavy(problem, 350, v=2, rng=np.random.default_rng(0))
    report = verify(net, problem, 2, "certified")
    assert report.ok and report.checked == 125_251
    problem, y = clique(64), np.isin(np.arange(64), [12, 30])
    net = double_heavy(problem, 48, v=2, rng=np.random.default_rng(3))
    assert np.count_nonzero(net.predict(y) != problem.truth(y)) == 37


def test_no_row_can_listen_to_everybody():
    """Lemma: where the heard code words span everything, all weights are 1/d; by another solver, too.

    Theorem: lem-heavy-wall.
    """
    code = constant_weight_code(90, 30, 4, rng=np.random.default_rng(0))
    heard = np.arange(90) < 60
    C = dense(code.matrix).astype(float)
    assert np.linalg.matrix_rank(C[:, heard]) == 30
    weights = np.linalg.lstsq(C[:, heard].T, np.ones(60), rcond=None)[0]
    assert np.allclose(weights, 1 / 4) and np.allclose(weights @ C, 1)
    left, right = exact_weights(heard[None].astype(float), code)
    assert np.abs(dense(left) @ dense(right) @ C - 1).max() < 0.1
    few = np.arange(90) < 20  # room is left: strangers are told apart
    weights = np.linalg.lstsq(C[:, few].T, np.ones(20), rcond=None)[0]
    assert np.allclose(weights @ C[:, few], 1) and np.abs(weights @ C[:, ~few] - 1).max() > 0.5


@pytest.mark.parametrize(("m", "mean"), [(500, 20), (300, 10)])
def test_the_mean_load_reaches_the_neurons_at_the_wall(m, mean):
    wall = mean ** (1 / 3) * m ** (2 / 3)
    assert m * math.sqrt(mean / wall) == pytest.approx(wall)
    assert (m, mean) != (500, 20) or round(wall) == 171


def test_the_size_meets_the_theorems_conditions():
    """Theorem: thm-heavy-plain, cor-heavy-size."""
    met = 0
    for v, m, density, delta in itertools.product(
        (2, 3, 5), (10**3, 10**4, 10**5, 10**6), (0.01, 0.5, 1.0), (0.1, 1e-6)
    ):
        outputs = int(density * m * (m - 1) / 2)
        size = math.log(4 * m * outputs / delta)
        n = math.ceil(max(13 * v ** (5 / 3) * m ** (2 / 3) * size, 80 * (v * size) ** 2, 360 * v**3 * size))
        if n > outputs:
            continue
        met += 1
        t, w = math.ceil(size), math.ceil(math.sqrt(3.5 * v * size * n))
        d, q = v * t + 1, w / n
        assert q * w >= 3.5 * v * size and q <= 0.1 / (v - 1) and d <= n
        assert n * (t + 1) >= math.e**2 * (2 * m * q + 3 * size) * d**2
        # What the union bound adds up, each part at most a quarter.
        quarter = delta / 4
        assert outputs * (2 / math.e) ** (q * w / 2) <= quarter
        assert n * math.exp((1 - 2 * math.log(2)) * m * q - 3 * math.log(2) * size) <= quarter
        load = 2 * m * q + 3 * size
        heard = -2 * (t + 1) + (math.e**2 - 1) * load * d**2 / n
        assert n * m * math.exp(heard) <= quarter
        x = math.floor(0.4 * q * w / (v - 1)) + 1
        assert outputs * m * (math.e * (v - 1) * q / 0.8) ** x <= quarter
    assert met > 20


@pytest.mark.parametrize(("outputs", "neurons"), [(193_753, 193_657), (1_999_000, 252_685)])
def test_stated_sizes(outputs, neurons):
    """Theorem: cor-heavy-size."""
    m = round((1 + math.sqrt(1 + 8 * outputs)) / 2)
    assert m * (m - 1) // 2 == outputs
    size = math.log(4 * m * outputs / 0.01)
    n = max(13 * 2 ** (5 / 3) * m ** (2 / 3) * size, 80 * (2 * size) ** 2, 360 * 8 * size)
    assert math.ceil(n) == neurons < outputs


@pytest.mark.parametrize("v", [2, 3])
def test_plain_weights_are_right_where_nothing_goes_wrong(v):
    """The deterministic half of the proof: measured t and cover, then every input.

    Theorem: thm-heavy-plain.
    """
    rng, problem, n, w, t = np.random.default_rng(v), clique(12), 2000, 400, 6
    d = v * t + 1
    code = constant_weight_code(12, n, d, rng=rng)
    C0 = np.zeros((n, 12))
    for j in range(12):
        C0[rng.choice(n, w, replace=False), j] = 1
    overlap = code.matrix.T @ code.matrix
    np.fill_diagonal(overlap, 0)
    assert (C0 @ overlap).max() <= t
    S = np.stack([C0[:, a] * C0[:, b] for a, b in problem.pairs], axis=1)
    cover = S.T @ C0 / S.sum(axis=0)[:, None]
    for i, pair in enumerate(problem.pairs):
        cover[i, pair] = 0
    assert cover.max() <= 0.8 / (v - 1)
    Y = all_sparse(12, v)
    heard = C0 @ (code.matrix.T / d) @ code.matrix @ Y
    h = np.clip((heard - (2 - 1 / d)) * d, 0, 1)
    reads = Code(S).decompress(h)
    assert ((reads > 0.8) == problem.truth(Y)).all()
    assert reads[problem.truth(Y)].min() > 1 - 1e-9


def test_noise_in_the_second_layer():
    """Theorem: lem-heavy-second."""
    m, n, w, rng = 16, 60, 20, np.random.default_rng(0)
    ratios = []
    for _ in range(400):
        sets = np.zeros((m, n), dtype=bool)
        for j in range(m):
            sets[j, rng.choice(n, w, replace=False)] = True
        lit = sets[0] & sets[1]
        g = lit.sum()
        bound = 2 * (m - 2) * g / w + math.comb(m - 2, 2) * g / n
        total = 0.0
        for c, e in itertools.combinations(range(m), 2):
            s = sets[c] & sets[e]
            if (c, e) != (0, 1) and s.any():
                total += (lit & s).sum() / s.sum()
        ratios.append((total, bound))
    total, bound = np.mean(ratios, axis=0)
    assert (1 - math.exp(-w * w / n)) * bound * 0.98 <= total <= bound * 1.02


def test_fifteen_ands_in_ten_rows():
    """Every two inputs meet in two rows; three at once are read right exactly if they are a row."""
    problem = clique(6)
    sets = [[r for r, row in enumerate(ROWS) if {a, b} <= row] for a, b in problem.pairs.tolist()]
    assert {len(rows) for rows in sets} == {2}
    for four in itertools.combinations(range(6), 4):
        assert sum(row <= set(four) for row in ROWS) == 2
    net = assemble(problem, channel_matrix(sets, 10), 10, v=3, rng=np.random.default_rng(0))
    for three in itertools.combinations(range(6), 3):
        y = np.isin(np.arange(6), three)
        wrong = net.predict(y) != problem.truth(y)
        assert wrong.sum() == (0 if frozenset(three) in ROWS else 3)


def test_a_logarithm_of_rows_is_enough_without_noise():
    m, delta = 128, 0.01
    n = math.ceil(math.log(m**3 / (2 * delta)) / math.log(8 / 7))
    assert n == 139
    hears = np.random.default_rng(0).random((n, m)) < 0.5
    for k in range(m):
        free = hears[~hears[:, k]].astype(int)
        both = free.T @ free > 0
        others = np.arange(m) != k
        assert both[np.ix_(others, others)].all()
