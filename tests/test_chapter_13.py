"""The statements of the chapter on the whole network, computed another way than it proves them."""

import io
import itertools
import math
import pathlib

import matplotlib
import nbformat
import numpy as np
import pytest
from some import some

from superpos_lib import TwoAnd
from superpos_lib.explore import COMMON, LAYOUTS
from superpos_lib.figures.blocks import block_matrix, rows_and_outputs
from superpos_lib.two_and.dedicated import dedicated
from superpos_lib.two_and.width import recoded_width

CHAPTER = pathlib.Path(__file__).parents[1] / "book" / "13_whole_network.ipynb"


def rows_for():
    """The function of that name, as the chapter writes it."""
    cells = nbformat.read(CHAPTER, as_version=4).cells
    names = {"np": np}
    exec(next(cell.source for cell in cells if "def rows_for" in cell.source), names)
    return names["rows_for"]


@pytest.mark.parametrize("seed", range(20))
def test_rows_in_proportion_to_square_roots(seed):
    """Theorem: thm-whole-roots."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, 10**6, size=rng.integers(1, 6))
    roots = [int(size) ** 0.5 for size in sizes]
    assert sum(roots) <= (len(roots) * int(sizes.sum())) ** 0.5 + 1e-9
    for alpha in (0.1, 1, 7.3, 40):
        n = int(np.ceil(alpha * sum(roots) + len(roots)))
        heights = rows_for()(n, list(sizes))
        assert heights.sum() == n
        assert all(height >= alpha * root - 1e-6 for height, root in zip(heights, roots, strict=True))


def recoded(v, seed, weight=12, n=1000, m=9, L=12, rows=600, longer=0):
    """(hypotheses of the theorem hold with the words drawn, all outputs right), by going through all K."""
    rng = np.random.default_rng(seed)
    pairs = list(itertools.combinations(range(m), 2))[::3]
    lengths = (
        [L + (rng.integers(longer) if i else 0) for i in range(len(pairs))] if longer else [L] * len(pairs)
    )
    channels = [set(rng.choice(rows, size, replace=False).tolist()) for size in lengths]
    listens = [{j for i, s in enumerate(channels) if r in s for j in pairs[i]} for r in range(rows)]
    words = [set(rng.choice(n, weight, replace=False).tolist()) for _ in pairs]
    off, on, theta, T = 0.5, 0.9, 0.72, v * (v - 1) // 2
    shared = {
        (j, k): [sum({j, k} <= listens[r] for r in s) for s in channels]
        for j, k in itertools.combinations(range(m), 2)
    }
    x = max(count for pair, row in shared.items() for i, count in enumerate(row) if pairs[i] != pair)
    s = max(
        sum(
            q in word and count > 0 and pairs[i] != pair
            for i, (word, count) in enumerate(zip(words, row, strict=True))
        )
        for pair, row in shared.items()
        for q in range(n)
    )
    z = max(len(a & b) for a, b in itertools.combinations(words, 2))
    holds = T * x * s <= off * L and T * z <= theta * weight
    right = True
    for size in range(v + 1):
        for K in itertools.combinations(range(m), size):
            lit = {r for r in range(rows) if len(listens[r] & {*K}) >= 2}
            p = [len(s & lit) / len(s) for s in channels]
            hears = np.zeros(n)
            for share, word in zip(p, words, strict=True):
                hears[list(word)] += share
            t = np.clip((hears - off) / (on - off), 0, 1)
            read = [t[list(word)].mean() > theta for word in words]
            right &= read == [{*pair} <= {*K} for pair in pairs]
    return holds, right


def test_recoding_is_right_where_the_theorem_says_so():
    """Channels of one length, and of at least that length.

    Theorem: thm-whole-recode.
    """
    for longer in (0, 4):
        held = 0
        for seed in range(6):
            holds, right = recoded(2, seed, longer=longer, rows=600 + 200 * longer)
            held += holds
            assert right or not holds
        assert held
    assert recoded(3, 0, n=30, rows=20) == (False, False)


def right(problem, S, listens, A, clip, theta, v):
    """For each output: is it right on every input with at most v ones, if rows hear A y?"""
    off, on = clip
    good = np.ones(S.shape[1], dtype=bool)
    for size in range(v + 1):
        for K in itertools.combinations(range(listens.shape[1]), size):
            h = np.clip((A[:, list(K)].sum(axis=1) - off) / (on - off), 0, 1)
            share = [h[channel > 0].mean() for channel in S.T]
            good &= [(p > theta) == ({*pair} <= {*K}) for p, pair in zip(share, problem, strict=True)]
    return good


@pytest.mark.parametrize("v", [2, 3])
def test_an_output_is_right_by_its_own_rows(v):
    """Theorem: thm-whole-blocks."""
    clip, theta = {2: ((1.75, 2.0), 0.93), 3: ((1.35, 1.65), 0.81)}[v]
    proved, wrong = 0, 0
    for seed in range(12):
        rng, n = np.random.default_rng(seed), 12 + 14 * seed
        problem = [(0, 1), (0, 2), (1, 2), (3, 4), (0, 5)]
        S = np.zeros((n, 5))
        for i in range(5):
            S[rng.choice(n, 10, replace=False), i] = 1
        listens = np.array(
            [[any(S[r, i] and j in problem[i] for i in range(5)) for j in range(7)] for r in range(n)]
        )
        size = rng.uniform(0, 0.3, size=(n, 1))
        A = listens + rng.uniform(-1, 1, size=(n, 7)) * size * np.where(listens, 0.02, 1)
        good = right(problem, S, listens, A, clip, theta, v)
        for i, pair in enumerate(problem):
            rows = S[:, i] > 0
            eps = abs(A - 1)[rows][listens[rows]].max()
            gamma = abs(A)[rows][~listens[rows]].max()
            kappa = max(listens[rows][:, k].sum() for k in range(7) if k not in pair)
            off, on = clip
            holds = (v - 1) * gamma + eps <= off - 1 and (v - 1) * kappa <= theta * rows.sum()
            holds &= (on - 2 + 2 * eps + (v - 2) * gamma) / (on - off) < 1 - theta
            proved += holds
            wrong += not good[i]
            assert good[i] or not holds
    assert proved and wrong


def sizes_of_the_theorem(v, outputs, inputs, delta):
    lam = math.ceil(math.log(3 * inputs * outputs / delta))
    R = math.ceil(12.5 * v * (v - 1) * lam * math.sqrt(outputs))
    return lam, R, math.floor(R / (2 * math.e**2 * (v - 1)))


@pytest.mark.parametrize("v", [2, 3, 4, 7, 20])
@pytest.mark.parametrize("delta", [0.5, 1e-2, 1e-9])
def test_every_inequality_of_any_2_and(v, delta):
    """Theorem: thm-whole-any."""
    tried = 0
    e = math.e
    for power in np.arange(4, 16, 0.25):
        outputs = int(10**power)
        fewest = math.ceil((1 + math.sqrt(1 + 8 * outputs)) / 2)
        for inputs in (fewest, outputs, 2 * outputs):
            lam, R, w = sizes_of_the_theorem(v, outputs, inputs, delta)
            if outputs < 3 * R:
                continue
            tried += 1
            q, L, d, root = w / R, (v - 1) * (lam - 1) + 1, v * (lam - 1) + 1, math.sqrt(outputs)
            b = math.ceil(2 * outputs * L / w)
            assert lam >= 15 and root >= 562 * v * (v - 1) and w >= 28_000 and inputs >= 107
            assert R / (2 * e**2 * (v - 1)) >= 0.845 * v * lam * root
            assert 0.9999 / (2 * e**2 * (v - 1)) <= q <= 1 / (2 * e**2 * (v - 1))
            assert 14 / 15 * (v - 1) * lam <= L <= (v - 1) * lam and d <= v * lam
            first = 4 * e**2 * 14 / 15 * (v - 1) ** 2 * lam * outputs / (12.51 * v * (v - 1) * lam * root)
            assert 2 * outputs * L / w >= first >= 2.2 * (v - 1) / v * root
            assert 1.1 * root >= 82 * lam and b >= 1230
            assert b <= 1.001 * 4 * e**2 * (v - 1) ** 2 * lam * outputs / R
            bound = 8.008 * e**4 * v**2 * (v - 1) ** 2 * lam**2 * outputs / R
            assert 2 * e**2 * v * b * d <= bound <= 3 * R
            assert q * q * R >= 0.057 * v * lam * root / (v - 1) and q * q * R >= 7 * (v - 1) * lam
            assert 0.5 * q * q * R >= 2 * (v - 1) * lam
            # Loads: the mean is at most b / 2 in each block.
            light = w / (e**2 * (v - 1) * L)
            assert outputs * L / w <= b / 2 and q * 2 * outputs / light <= b / 2 * (1 + 1e-9)
            # Names of the hits: the logarithm of each bound, at most -lambda.
            assert lam * math.log(2 * e * b * d * d / (lam * 3 * R)) <= -lam
            assert lam * math.log(e * L / lam * light * L / w) <= -lam + 1e-9
            assert lam * math.log(e * L * q / lam) <= -lam and math.log(2 * e * (v - 1) * q) <= -1 + 1e-9
            assert b / 2 - b * math.log(2) <= -lam and -(1 - math.log(2)) / 2 * q * q * R <= -lam
            assert (v - 1) * (lam - 1) == L - 1 and v * (lam - 1) == d - 1
            assert (2 * inputs * outputs + 2 * outputs) * math.exp(-lam) <= delta
    assert tried


def plain_network(v, n, d, rng):
    """The network of the theorem in small: (its conditions hold, every output is right)."""
    problem = [(0, 1), (0, 2), (1, 2), (3, 4), (5, 6), (0, 7), (1, 8), (2, 5), (0, 6)]  # 0, 1, 2 are heavy
    m, R, w, L = 9, n // 3, n // 6, 2 * v + 3
    coins = rng.random((3, R)) < 0.5
    lands = [rng.choice(R, w, replace=False) for _ in range(3)]
    S = np.zeros((n, len(problem)))
    for i, (a, b) in enumerate(problem):
        if b < 3:
            S[2 * R + np.flatnonzero(coins[a] & coins[b]), i] = 1
        elif a < 3:
            S[R + rng.choice(lands[a], L, replace=False), i] = 1
        else:
            S[rng.choice(R, L, replace=False), i] = 1
    listens = np.array(
        [[(S[r, [j in pair for pair in problem]] > 0).any() for j in range(m)] for r in range(n)]
    )
    words = np.array([np.isin(np.arange(n), rng.choice(n, d, replace=False)) for _ in range(m)])
    overlap = (words.astype(int) @ words.T) * (1 - np.eye(m, dtype=int))
    sums = listens.astype(int) @ overlap
    A = listens @ (words.astype(int) @ words.T) / d
    kappa = [
        max(listens[S[:, i] > 0][:, k].sum() for k in range(m) if k not in pair)
        for i, pair in enumerate(problem)
    ]
    theta = 1 - 1 / (2 * L)
    holds = v * sums.max() <= d - 1 and all(
        (v - 1) * most <= theta * size for most, size in zip(kappa, S.sum(axis=0), strict=True)
    )
    # In steps of 1/d: a row is dark up to 2 - 1/d, and lit from 2 on; the floats are a little off.
    return holds, right(problem, S, listens, A, (2 - 0.75 / d, 2 - 0.25 / d), theta, v).all()


def test_the_plain_network_is_right_where_its_conditions_hold():
    """Theorem: thm-whole-any."""
    held = 0
    for seed in range(5):
        holds, fine = plain_network(2, 1500, 25, np.random.default_rng(seed))
        held += holds
        assert fine or not holds
    assert held
    assert plain_network(3, 60, 9, np.random.default_rng(0)) == (False, False)


@pytest.mark.parametrize(
    ("inputs", "pairs"),
    [
        (2, [(0, 1)]),  # nobody idle, one output
        (3, [(2, 0)]),  # one idle input
        (9, [(8, 0)]),  # seven of them, all on one neuron
        (8, [(0, 1), (2, 3), (4, 5), (6, 7)]),  # as many neurons as there can be
        (7, list(itertools.combinations(range(5), 2))),  # more outputs than neurons of the code
    ],
)
def test_a_row_for_every_output(inputs, pairs):
    """On every input, with any number of ones, and in a code fixed beforehand.

    Theorem: prop-whole-own.
    """
    net = dedicated(TwoAnd(inputs, pairs), v=inputs)
    assert net.neurons == len(pairs) and net.code_in.neurons <= 2 * len(pairs) + 1
    Y = np.array(list(itertools.product([False, True], repeat=inputs))).T
    z = np.array([[bool(y[a] and y[b]) for y in Y.T] for a, b in pairs])
    assert np.array_equal(net.predict(Y), z)
    wanted = np.random.default_rng(0).integers(0, 2, (3, len(pairs)))
    assert np.array_equal(np.maximum(wanted @ net.network(net.code_in.compress(Y)), 0), wanted @ z)


@pytest.mark.parametrize("v", [2, 3, 10])
@pytest.mark.parametrize("delta", [0.5, 1e-9])
def test_any_number_of_outputs_and_of_inputs(v, delta):
    """Either there is a row for each output, or the theorem holds with idle inputs as one.

    Theorem: cor-whole-every.
    """
    few = many = 0
    for power in np.arange(0, 14, 0.5):
        outputs = int(10**power)
        lam = math.ceil(math.log(3 * outputs * (2 * outputs + 1) / delta))
        width = 3 * math.ceil(12.5 * v * (v - 1) * lam * math.sqrt(outputs))
        if width > outputs:
            few += 1
            assert 2 * outputs + 1 < 2 * width
            continue
        many += 1
        for words in (math.ceil((1 + math.sqrt(1 + 8 * outputs)) / 2), 2 * outputs, 2 * outputs + 1):
            share = delta * words / (2 * outputs + 1)
            assert 0 < share <= delta
            assert (
                abs(
                    math.log(3 * words * outputs / share)
                    - math.log(3 * outputs * (2 * outputs + 1) / delta)
                )
                < 1e-9
            )
    assert few and many


def test_recoding_of_one_given_network():
    """Theorem: thm-whole-recode-exact."""
    rng, off, on, T = np.random.default_rng(0), 0.5, 0.9, 3
    held = failed = 0
    for _ in range(60):
        carries = rng.random((40, 25)) < 0.2
        eps, gamma, omega = rng.uniform(0, [0.15, 0.12, 0.3])
        A = carries + rng.uniform(-1, 1, carries.shape) * np.where(carries, eps, gamma)
        holds = T * gamma + omega <= off and 1 - eps - (T - 1) * gamma - omega >= on and eps <= 1
        exact = True
        for true in range(T + 1):
            for _ in range(10):
                tau = np.isin(np.arange(25), rng.choice(25, true, replace=False))
                hears = A @ tau + rng.uniform(-omega, omega, 40)
                t = np.clip((hears - off) / (on - off), 0, 1)
                exact &= np.array_equal(t, (carries @ tau > 0).astype(float))
        held, failed = held + holds, failed + (not exact)
        assert exact or not holds
    assert held and failed


def test_a_row_that_two_true_outputs_share_is_no_exact_row():
    """Lit once, counted twice: the difference is not 0, though every row is as it should be.

    Theorem: thm-whole-recode-exact.
    """
    S, tau = np.array([[1, 0], [1, 1], [0, 1]]), np.array([1, 1])
    h = np.minimum(S @ tau, 1)
    assert (h - S @ tau).tolist() == [0, -1, 0]
    apart = np.array([[1, 0], [1, 0], [0, 1]])
    assert np.array_equal(np.minimum(apart @ tau, 1), apart @ tau)


def test_what_the_exercises_say():
    for power in (4, 8, 16, 40):
        outputs, L = 10.0**power, 2.3 * power
        n = 3 * math.e * L * L * outputs ** (3 / 8)
        for x in range(30):
            hit = (math.e * outputs**0.25 * L * L / ((x + 1) * n)) ** (x + 1)
            assert hit <= outputs ** (-(x + 1) / 8)
    assert 2 - 24 / 8 <= -1 < 2 - 23 / 8
    for outputs, parts in ((9, 2), (10, 3), (13, 4)):
        divided = [c for c in itertools.product(range(1, outputs), repeat=parts) if sum(c) == outputs]
        needs = [sum(math.sqrt(size) for size in c) for c in divided]
        assert min(needs) == pytest.approx(math.sqrt(outputs - parts + 1) + parts - 1)
        assert max(needs) <= math.sqrt(parts * outputs)
    assert list(rows_for()(603, [100, 400, 900])) == [101, 201, 301]


def test_few_outputs_of_a_neuron_are_half_true():
    """What follows the theorem on re-coding: the first bad term at most n (m over 2) e^-(s + 1)."""
    sizes = [
        (math.ceil(math.e**2 * half_true * weight / (s + 1)), weight, s, half_true)
        for half_true, weight, s in itertools.product((20, 300, 5000), (3, 8), (2, 10, 40))
    ]
    for n, weight, s, half_true in some(size for size in sizes if size[1] <= size[0]):
        assert math.comb(half_true, s + 1) * (weight / n) ** (s + 1) <= math.exp(-(s + 1))


def test_from_which_size_on_the_default_saves():
    for v, first in ((2, 326), (3, 1523)):
        for outputs in (first - 1, first, first + 1, 2 * first):
            problem = TwoAnd(100, list(itertools.islice(itertools.combinations(range(100), 2), outputs)))
            assert (recoded_width(problem, v) < outputs) == (outputs >= first)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_block_matrix_keeps_colours_apart(layout):
    matrix = np.kron(np.eye(2), np.ones((150, 301)))  # no whole number of cells in a band
    bands = [("a", "#0072B2", 150), ("b", "#D55E00", 150)], [("a", "#0072B2", 301), ("b", "#D55E00", 301)]
    with matplotlib.rc_context({**COMMON, **LAYOUTS[layout]}):
        figure = block_matrix(matrix, *bands, ("rows", "outputs"), "two blocks")
        figure.savefig(file := io.BytesIO(), format="svg")
    assert len(file.getvalue()) < 60_000
    picture = figure.axes[0].images[0].get_array()
    colours = {
        "#{:02X}{:02X}{:02X}".format(*colour) for colour in np.unique(picture.reshape(-1, 3), axis=0)
    }
    assert colours == {"#FFFFFF", "#0072B2", "#D55E00"}
    for rows, name in (([("", "#000000", 3)], "row_bands"), (bands[0], "column_bands")):
        with pytest.raises(ValueError, match=name):
            block_matrix(matrix, rows, [("", "#000000", 3)], ("", ""), "")
    with pytest.raises(ValueError, match="matrix"):
        block_matrix([], [], [], ("", ""), "")


@pytest.mark.parametrize("layout", LAYOUTS)
def test_rows_and_outputs_are_drawn_to_one_scale(layout):
    parts = [("light", "#0072B2", 100, 30), ("meetings", "#D55E00", 300, 50), ("rest", "#000000", 0, 0)]
    with matplotlib.rc_context({**COMMON, **LAYOUTS[layout]}):
        figure = rows_and_outputs(parts, "400 outputs in 80 rows")
        figure.savefig(file := io.BytesIO(), format="svg")
    assert len(file.getvalue()) < 60_000
    (axes,) = figure.axes
    dots = [line.get_xdata()[0] for line in axes.lines if line.get_marker() in "os"]
    assert dots == [100, 30, 300, 50]
    said = [text.get_text() for text in axes.texts]
    assert said[:3] == ["light: 3.3 outputs a row", "100 outputs", "30 rows"] and "rest: no outputs" in said
    for bad in ([], [("light", "#0072B2", 0, 3)], [("light", "#0072B2", 3, 0)]):
        with pytest.raises(ValueError, match="parts"):
            rows_and_outputs(bad, "")
