"""The first two chapters: their figures on both pages, and their theorems against independent counting."""

import itertools
import math

import numpy as np
import pytest

from superpos_lib import (
    Code,
    Layer,
    Network,
    SuperposedNetwork,
    all_sparse,
    clique,
    constant_weight_code,
    hubs,
    matching,
    random_two_and,
    verify,
)
from superpos_lib.codes import misread, provable_size
from superpos_lib.figures.machine_room import machine_room
from superpos_lib.figures.style import WRONG
from superpos_lib.figures.superposition import and_stages, board, gap, plane, sharing, walls


def ringed(axes):
    """The places on a panel that are ringed, from left to right."""
    rings = [line for line in axes.lines if line.get_markeredgecolor() == WRONG]
    return sorted(float(x) for line in rings for x in line.get_xdata())


def spokes(m):
    angles = 2 * np.pi * np.arange(m) / m
    return np.array([np.cos(angles), np.sin(angles)])


def said_by(figure):
    """The headline, and what came out, which is not drawn."""
    return f"{figure.get_suptitle()}: {figure.get_label()}"


def active(m, features):
    return np.isin(np.arange(m), features)


LINES = ["012", "345", "678", "036", "147", "258", "048", "156", "237", "057", "138", "246"]


def three_in_a_row():
    """The board of the chapter, from a list of its lines."""
    return Code([[str(r) in line for line in LINES] for r in range(9)])


@pytest.mark.parametrize(
    ("m", "on", "said", "rings"),
    [
        (3, [0, 1], "3 directions, 2 active: none misread, the loudest inactive one reads -1", []),
        (5, [0], "5 directions, 1 active: none misread, the loudest inactive one reads 0.31", []),
        (5, [0, 2], "5 directions, 2 active: 3 misread, the loudest inactive one reads 0.62", [0, 1, 2]),
        (6, [0], "6 directions, 1 active: 2 misread, the loudest inactive one reads 0.5", [1, 5]),
        (4, [0, 2], "4 directions, 2 active: 2 misread, the loudest inactive one reads 0", [0, 2]),
        (3, [0, 1, 2], "3 directions, 3 active: 3 misread", [0, 1, 2]),
        (1, [0], "1 directions, 1 active: none misread", []),
        (40, [7, 8], "40 directions, 2 active: 16 misread, the loudest inactive one reads 1.94", None),
    ],
)
def test_plane(layout, drawn, m, on, said, rings):
    figure = drawn(plane(spokes(m), active(m, on), 0.4))
    assert said_by(figure) == said
    if rings is not None:
        assert ringed(figure.axes[1]) == rings


def test_a_reading_at_the_threshold_is_not_above_it():
    """cos 60 degrees rounds to a little more than 1/2."""
    assert "none misread" in said_by(plane(spokes(6), active(6, [0]), 0.5))
    assert "2 misread" in said_by(plane(spokes(6), active(6, [0]), 0.499))


@pytest.mark.parametrize(
    ("on", "said", "rings"),
    [
        ([0], "1 of 12 features active: none misread, the loudest inactive one reads 0.33", []),
        ([0, 4], "2 of 12 features active: none misread, the loudest inactive one reads 0.67", []),
        ([0, 3, 6], "3 of 12 features active: 3 misread, the loudest inactive one reads 1", [9, 10, 11]),
        ([0, 1, 2], "3 of 12 features active: 9 misread, the loudest inactive one reads 1", range(3, 12)),
        (range(12), "12 of 12 features active: none misread", []),
    ],
)
def test_board(layout, drawn, on, said, rings):
    figure = drawn(board(three_in_a_row(), active(12, on), 0.75, columns=3))
    assert said_by(figure) == said and ringed(figure.axes[1]) == list(rings)
    counts = [int(text.get_text()) for text in figure.axes[0].texts]
    assert counts == [sum(str(r) in line for line in np.array(LINES)[list(on)]) for r in range(9)]


@pytest.mark.parametrize(("n", "v"), [(64, 1), (64, 6), (128, 3), (65, 2), (8, 40)])
def test_walls(layout, drawn, n, v):
    code = constant_weight_code(400, n, 8, rng=np.random.default_rng(1))
    y = active(400, range(0, 10 * v, 10))
    figure = drawn(walls(code, y, 0.75, [1, v] if v > 1 else [1, 2], [0.25, 0.125]))
    wrong = misread(code, y, 0.75).sum()
    share = "25" if v == 1 else "12.5"
    fails = f"{wrong} of 400 features misread; {share} % of inputs fail"
    assert said_by(figure) == f"400 features in {n} neurons, {v} active: {fails}"
    crosses = [patch for patch in figure.axes[1].patches if patch.get_edgecolor()[:3] != (0, 0, 0)]
    assert sum(len(patch.get_path().vertices) for patch in crosses) == 4 * wrong


def test_sharing_crosses_where_the_headline_says(layout, drawn):
    m = np.array([10, 100, 1000, 10_000])
    figure = drawn(sharing(m, [100, 200, 400, 800], [1, 2, 3, 4], 2))
    # in the logs a straight line from 200/100 to 400/1000: 2 * (1/5)^t = 1 at t = 0.4307
    assert said_by(figure) == (
        "Neurons for m features, 2 active: Proved to pay from about 270 features; 10,000 fit in 800 neurons"
    )


@pytest.mark.parametrize(
    ("storing", "said"),
    [
        ([50, 50, 50], "100 ANDs: at least 10 neurons: Computing costs more from about 2,500"),
        ([1, 1, 1], "100 ANDs: at least 10 neurons: Computing costs more from about 100"),
        ([1e4, 1e4, 1e4], "100 ANDs: at least 10 neurons: Never above storing"),
    ],
)
def test_gap_crosses_where_the_headline_says(layout, drawn, storing, said):
    figure = drawn(gap([100, 10_000, 1_000_000], storing, [10, 100, 1000], named=100))
    assert said_by(figure) == said


@pytest.mark.parametrize("problem", [clique(8), hubs(1, 7), matching(8)])
@pytest.mark.parametrize("on", [[0], [0, 1, 4, 6], list(range(8))])
def test_stages_of_ands(layout, drawn, problem, on):
    y = active(8, on)
    hears = np.array([float(y[a]) + float(y[b]) for a, b in problem.pairs])
    outputs = np.maximum(hears - 1, 0)
    stages = and_stages(problem, y, hears, outputs, 0.5)
    assert np.allclose(stages[1].parts.sum(axis=0) + stages[1].noise, hears)
    assert not stages[1].wrong.any() and not stages[2].wrong.any()
    drawn(machine_room(stages, "ANDs"))


def test_stages_ring_what_is_wrong(drawn):
    problem, code = clique(4), Code(np.ones((2, 4)))  # everything looks like everything
    y = active(4, [1])
    hears = np.full(6, 2.0)
    stages = and_stages(problem, y, hears, np.ones(6), 0.5, code=code, bias=1.5)
    assert len(stages) == 4 and stages[2].wrong.all() and stages[3].wrong.all()
    drawn(machine_room(stages, "all wrong"))


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda: plane(np.eye(3), [1, 0, 0], 0.5), "directions"),
        (lambda: plane(np.eye(2), [0, 0], 0.5), "y"),
        (lambda: plane(np.eye(2), [1], 0.5), "y"),
        (lambda: board(three_in_a_row(), active(12, [0]), 0.5, columns=4), "columns"),
        (lambda: board(three_in_a_row(), active(12, []), 0.5, columns=3), "y"),
        (lambda: walls(three_in_a_row(), active(11, [0]), 0.5, [1], [0]), "y"),
        (lambda: walls(three_in_a_row(), active(12, [0]), 0.5, [2], [0]), "counts"),
        (lambda: sharing([1, 2], [1], [1, 2], 1), "proved"),
        (lambda: gap([1, 2], [1, 2], [1], 1), "computing"),
        (lambda: gap([1, 2], [1, 2], [1, 2], 3), "named"),
        (lambda: and_stages(clique(3), [0, 0, 0], [0, 0, 0], [0, 0, 0], 0.5), "y"),
        (lambda: and_stages(clique(3), [1, 0, 0], [0, 0], [0, 0, 0], 0.5), "hears"),
    ],
)
def test_bad_arguments_are_named(call, argument):
    with pytest.raises(ValueError, match=rf"^{argument}: expected .*; got "):
        call()


# --- theorems of the chapters


def test_small_overlaps_are_enough_and_too_many_active_are_not():
    """Readings of the board by counting letters, for every input with up to three active features.

    Theorem: lem-superposition-overlap.
    """
    for v, fails in ((1, False), (2, False), (3, True)):
        worst = max(
            sum(len(set(LINES[j]) & set(LINES[k])) for k in on)
            for on in itertools.combinations(range(12), v)
            for j in set(range(12)) - set(on)
        )
        assert (worst / 3 > 0.75) == fails
        assert misread(three_in_a_row(), all_sparse(12, v), 0.75).any() == fails
    boards = {}
    for on in itertools.combinations(range(12), 3):
        boards.setdefault(tuple(sorted("".join(LINES[k] for k in on))), []).append(on)
    shared = [group for group in boards.values() if len(group) > 1]
    assert shared == [[(0, 1, 2), (3, 4, 5), (6, 7, 8), (9, 10, 11)]]


@pytest.mark.parametrize(("n", "d", "v", "theta"), [(6, 3, 2, 0.75), (8, 4, 3, 0.75), (7, 4, 2, 0.5)])
def test_a_close_pair_is_as_rare_as_the_theorem_says(n, d, v, theta):
    """All pairs of d-sets of n neurons, counted, against C(d, s) (d / n)^s and its closed form.

    Theorem: thm-superposition-random.
    """
    sets = [set(s) for s in itertools.combinations(range(n), d)]
    close = np.mean([len(sets[0] & other) > theta * d / v for other in sets])
    s = math.floor(theta * d / v) + 1
    bound = math.comb(d, s) * (d / n) ** s
    assert close <= bound <= (math.e * d / s * d / n) ** s


@pytest.mark.parametrize("v", [1, 2, 3])
def test_the_theorem_on_codes_that_it_speaks_of(v):
    """n and d as in the closed form, delta = 1/2: more than half of the codes have no close pair.

    Theorem: thm-superposition-random.
    """
    m, theta = 12, 0.75
    length = math.log(m * m / (2 * 0.5))
    d = math.ceil(v / theta * length)
    n = math.ceil(math.e**2 * v * d / theta)
    assert n <= math.e**2 * v**2 / theta**2 * length + math.e**2 * v / theta + 1
    rng = np.random.default_rng(v)
    good = 0
    for _ in range(50):
        columns = [set(rng.choice(n, size=d, replace=False).tolist()) for _ in range(m)]
        good += all(len(a & b) <= theta * d / v for a, b in itertools.combinations(columns, 2))
    assert good > 25


def test_sizes_that_the_chapter_names():
    """The smallest n for which C(m, 2) C(d, s) (d / n)^s <= 0.01, in integers for the d that is named."""
    for m, v, size in [
        (400, 2, (494, 32)),
        (1000, 2, (568, 32)),
        (10**6, 1, (206, 36)),
        (10**6, 2, (1139, 72)),
        (10**9, 2, (1716, 104)),
        (10**12, 2, (2294, 144)),
    ]:
        assert provable_size(1, math.comb(m, 2), threshold=0.75 / v, failure=0.01) == size
        n, d = size
        s = 3 * d // (4 * v) + 1
        cases = 100 * math.comb(m, 2) * math.comb(d, s) * d**s
        assert cases <= n**s and cases > (n - 1) ** s


def unpacking(problem, code_in, code_out, tau, v):
    """The network of the theorem on unpacking, its rows written out one by one."""
    rows = np.zeros((problem.outputs, code_in.neurons))
    for i, (a, b) in enumerate(problem.pairs):
        for j in (a, b):
            rows[i] += code_in.matrix[:, j] / code_in.matrix[:, j].sum()
    ones = np.ones(problem.outputs)
    g = Layer((-rows / (2 - tau),), (1 + tau / (2 - tau)) * ones)
    h = Layer((-np.eye(problem.outputs),), ones)
    t = Layer((code_out.matrix,), np.zeros(code_out.neurons), relu=False)
    return SuperposedNetwork(code_in, Network((g, h, t)), code_out, v=v, threshold=0.75)


@pytest.mark.parametrize("v", [2, 3])
def test_unpacking_is_exact_on_every_sparse_input(v):
    """Lines over a prime q share one neuron at most: 2 v - 1 < d = q is what the theorem wants.

    Theorem: thm-compute-unpack.
    """
    q = 5 if v == 2 else 7
    table = np.zeros((q, q, q * q))
    for i, a, b in np.ndindex(q, q, q):
        table[i, (a * i + b) % q, q * a + b] = 1
    code = Code(table.reshape(q * q, q * q)[:, :16])
    problem = random_two_and(16, 40, rng=np.random.default_rng(v))
    net = unpacking(problem, code, Code(np.eye(40)), 1 + (2 * v - 1) / q, v)
    assert verify(net, problem, v).ok
    Y = all_sparse(16, v)
    assert np.allclose(net.network(code.compress(Y)), problem.truth(Y), rtol=0, atol=1e-12)
    if v == 2:  # below the theorem's tau one active feature and its strangers are enough to light up
        assert not np.allclose(
            unpacking(problem, code, Code(np.eye(40)), 1.2, v).network(code.compress(Y)), problem.truth(Y)
        )


@pytest.mark.parametrize("k", [1, 7, 40])
def test_deep_and_narrow_computes_the_same(k):
    """The exercise's network: k ANDs at a time, while x and the finished part of t are passed on."""
    table = np.zeros((4, 5, 25))
    for i, a, b in np.ndindex(4, 5, 5):
        table[i, (a * i + b) % 5, 5 * a + b] = 1
    code, tau = Code(table.reshape(20, 25)), 1.75
    problem = random_two_and(25, 40, rng=np.random.default_rng(1))
    code_out = constant_weight_code(40, 30, 6, rng=np.random.default_rng(2))
    reads = np.stack([code.matrix[:, a] + code.matrix[:, b] for a, b in problem.pairs]) / 4
    n, n_out = 20, 30
    keep = np.eye(n + n_out, n + n_out + k)
    layers, add = [], np.zeros((n_out, k))
    for left in range(0, 40, k):
        chosen = np.arange(left, min(left + k, 40))
        first = keep.copy() if layers else np.eye(n + n_out, n)  # at the start there is only x
        if layers:
            first[n:, n + n_out :] = add
        sums = np.zeros((k, first.shape[1]))
        sums[: len(chosen), :n] = -reads[chosen] / (2 - tau)
        quiet = np.zeros(n + n_out)
        bias = np.where(np.arange(k) < len(chosen), 1 + tau / (2 - tau), 1)
        layers.append(Layer((np.vstack([first, sums]),), np.concatenate([quiet, bias])))
        second = np.eye(n + n_out + k)
        second[n + n_out :] *= -1
        layers.append(Layer((second,), np.concatenate([quiet, np.ones(k)])))
        add = np.zeros((n_out, k))
        add[:, : len(chosen)] = code_out.matrix[:, chosen]
    last = np.hstack([np.zeros((n_out, n)), np.eye(n_out), add])
    net = Network((*layers, Layer((last,), np.zeros(n_out), relu=False)))
    assert net.neurons == n + n_out + k and len(net.layers) == 2 * math.ceil(40 / k) + 1
    Y = all_sparse(25, 2)
    t = net(code.compress(Y))
    assert np.allclose(t, code_out.matrix @ problem.truth(Y), rtol=0, atol=1e-9)
