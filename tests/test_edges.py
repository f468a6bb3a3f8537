"""Statements of chapters 07 to 15 and of the tail bounds where they begin and end.

That is the smallest sizes, v = 1 and v = m, one owner, empty parts, no hits at all. Networks come from the
library, what they should do from counting. A line "Edges: ..." names the statements that a test tries.
"""

import itertools
import json
import math
import pathlib
import re
from fractions import Fraction

import numpy as np
import pytest
from some import some

from superpos_lib import (
    Code,
    Permutation,
    SuperposedNetwork,
    TwoAnd,
    clique,
    double_heavy,
    hubs,
    matching,
    mixed,
    permutation_network,
    provable_network,
    provable_width,
    split_by_influence,
    super_heavy,
    two_and_network,
    verify,
)
from superpos_lib.codes import interference_law
from superpos_lib.inputs import all_sparse, random_sparse
from superpos_lib.network import Layer, Network
from superpos_lib.permutation import permutation_product, row_noise_bound
from superpos_lib.two_and.assembly import assemble, exact_weights, recode
from superpos_lib.two_and.channels import channel_matrix, listeners
from superpos_lib.two_and.dedicated import dedicated
from superpos_lib.two_and.double_heavy import heavy_channels
from superpos_lib.two_and.double_light import light_channels
from superpos_lib.two_and.mixed import owned_channels, shared_channels, territories
from superpos_lib.verify import clopper_pearson_upper

BOOK = pathlib.Path(__file__).parents[1] / "book"
LABEL = re.compile(
    r"^:::\{prf:(?:theorem|lemma|proposition|corollary)\}[^\n]*\n:label: (\S+)", re.MULTILINE
)
# The fewest inputs and outputs: nobody idle, one idle, many; and every input in every pair it can be in.
SMALLEST = [TwoAnd(2, [(0, 1)]), TwoAnd(3, [(2, 0)]), TwoAnd(9, [(8, 0)]), matching(4), clique(3)]


def rng(seed=0):
    return np.random.default_rng(seed)


def every_input(features):
    return np.array(list(itertools.product([False, True], repeat=features))).T


def every_code(neurons, features, weight):
    """All codes of constant weight, equally likely."""
    words = [np.isin(np.arange(neurons), w) for w in itertools.combinations(range(neurons), weight)]
    return [Code(np.stack(c, axis=1).astype(int)) for c in itertools.product(words, repeat=features)]


def test_every_statement_has_its_edges_tried():
    pages = [*(BOOK.glob("0[789]_*.ipynb")), *(BOOK.glob("1[0-5]_*.ipynb"))]
    text = (BOOK / "tail_bounds.md").read_text("utf-8")
    for page in pages:
        text += "\n" + "\n".join("".join(c["source"]) for c in json.loads(page.read_text("utf-8"))["cells"])
    stated, here = set(LABEL.findall(text)), pathlib.Path(__file__).read_text("utf-8")
    tried = set(
        re.findall(r"[\w-]+", " ".join(re.findall(r'^    (?:""")?Edges: ([\w, -]+)\.', here, re.MULTILINE)))
    )
    assert len(pages) == 9 and len(stated) > 50
    assert stated - tried == set()


# Chapter 07


@pytest.mark.parametrize(("n", "d"), [(2, 1), (2, 2), (3, 1), (3, 3), (4, 2)])
def test_reading_at_the_smallest_codes(n, d):
    """Edges: centring."""
    words = every_code(n, 1, d)
    for k in range(3):
        for codes in some(itertools.product(words, repeat=k)):
            x = sum((c.compress([1]) for c in codes), np.zeros(n))
            assert x.mean() == pytest.approx(k * d / n)
            reads = [c.decompress(x)[0] for c in words]
            variance = (n - d) / (d * (n - 1)) * ((x - x.mean()) ** 2).mean()
            assert np.mean(reads) == pytest.approx(x.mean()) and np.var(reads) == pytest.approx(variance)
            assert variance <= (x**2).sum() / (d * n) + 1e-12


@pytest.mark.parametrize("order", [(0, 1), (1, 0), *itertools.permutations(range(3))])
def test_what_a_row_hears_in_the_smallest_networks(order):
    """Edges: hears."""
    m, p = len(order), Permutation(order)
    for n, d in ((2, 1), (3, 1), (3, 2)):
        for code in some(every_code(n, m, d)):
            C, T = code.matrix, Layer(permutation_product(p, code), np.zeros(n), relu=False)
            for y in some(every_input(m).T[1:]):
                for x in (C @ y, np.minimum(C @ y, 1)):
                    w, active = C.T @ x / d, y[list(order)]
                    for r in some(range(n)):
                        S = [i for i in range(m) if C[r, i]]
                        own = sum(
                            w[order[i]] - x.mean() - (order[i] == i) * x[r] / d for i in S if active[i]
                        )
                        rest = [i for i in S if not active[i]]
                        echo = sum(order[i] != i and order[i] in S for i in rest) * x[r] / d
                        noise = sum(w[order[i]] - C[r, order[i]] * x[r] / d - x.mean() for i in rest)
                        assert T(x)[r] == pytest.approx(own + echo + noise)
                        if own_is_signal := any(active[i] for i in S):
                            assert x.mean() > 1 - 1 / d or own >= 1 - x.mean() - 1 / d - 1e-12
                        assert own_is_signal or own == 0


@pytest.mark.parametrize("z", [(1.0,), (0.25, 4.0), (1e-9, 1.0, 3.0), (2.0, 2.0, 2.0)])
def test_random_sets_of_nothing_and_of_everything(z):
    """Edges: maclaurin."""
    for d in some(range(len(z) + 1)):
        mean = np.mean([math.prod(z[q] for q in R) for R in itertools.combinations(range(len(z)), d)])
        assert mean <= np.mean(z) ** d * (1 + 1e-12)


@pytest.mark.parametrize(("n", "d"), [(2, 1), (2, 2), (3, 2)])
def test_noise_and_echo_of_two_features(n, d):
    """All codes of two features and of three, one active: the exact laws beside the bounds.

    Edges: row-noise, echo.
    """
    swap = Permutation([1, 0, 2])
    codes, y = every_code(n, 3, d), np.array([True, False, False])
    heard, echoes = {}, []
    for code in codes:
        C = code.matrix
        x, S = C @ y, [i for i in range(3) if C[0, i]]
        rest = [swap.order[i] for i in S if swap.order[i] != 0]
        noise = sum((C[1:, j] @ x[1:]) / d - x.mean() for j in rest)
        heard.setdefault((tuple(x), tuple(S)), []).append(noise)
        echoes.append(sum(i in (0, 1) and swap.order[i] in S for i in S if swap.order[i] != 0))
    for (_, S), noises in heard.items():
        sizes = {"load": len(S), "neurons": n, "weight": d, "active": 1}
        mean = np.mean(noises)
        assert abs(mean) <= 2 * len(S) / (n - 1) + 1e-12
        for tau in (0.01, 0.3, 1.0):
            bound = row_noise_bound(tau + 2 * len(S) / (n - 1), **sizes)
            assert np.mean(np.array(noises) - mean >= tau) <= bound + 1e-12
    for g in (1, 2, 3):
        assert np.mean(np.array(echoes) > 3 * (g - 1)) <= math.comb(3, g) * (d / n) ** (2 * g) + 1e-12


@pytest.mark.parametrize("order", [(0, 1), (1, 0), (1, 2, 0, 3)])
@pytest.mark.parametrize("v", [1, 2])
def test_the_smallest_permutations_again_and_again(order, v):
    """Few features in very many neurons: exact, and exact again; nothing in, nothing out.

    Edges: permutation-theorem, repeat.
    """
    p = Permutation(order)
    net = permutation_network(p, 900, v=v, rng=rng())
    Y = all_sparse(len(order), v)
    x = np.minimum(net.code_in.compress(Y), 1)
    for _ in range(3):
        x, Y = net.network(x), p.truth(Y)
        assert np.array_equal(x, np.minimum(net.code_in.compress(Y), 1))


@pytest.mark.parametrize(("v", "h", "delta"), [(1, 1, 0.999), (1, 3, 0.999), (4, 1, 1e-9)])
def test_from_the_first_size_on_the_square_root_holds(v, h, delta):
    """Edges: square-root."""
    m = next(m for m in map(int, np.geomspace(43 * v, 1e9, 4000)) if sized(m, v, h, delta)[1] <= m)
    lam, n = sized(m, v, h, delta)
    d = math.ceil(10 * h * lam)
    assert n**2 >= 160 * m * v * h * d * lam and 25 * v * d <= n <= m and d >= 69


def sized(m, v, h, delta):
    lam = math.log(4 * m / delta)
    return lam, math.ceil(42 * h * math.sqrt(m * v) * lam)


# Chapter 08


@pytest.mark.parametrize("problem", [*SMALLEST, hubs(1, 1), hubs(1, 9), hubs(3, 1), clique(6)])
def test_influences_of_the_smallest_problems(problem):
    """Edges: thm-influence-count, thm-influence-half."""
    outputs, f = problem.outputs, problem.influence
    assert f.sum() == 2 * outputs
    for t in np.arange(0.25, outputs + 2, 0.25):
        above = np.count_nonzero(f > t)
        assert above <= Fraction(2 * outputs, math.floor(t) + 1) < 2 * outputs / t
        if t * t > outputs:
            assert above < outputs / t / (1 - outputs / t**2)
    assert sum(map(len, split_by_influence(problem).cases.values())) == outputs
    assert len(split_by_influence(problem).super_heavy_inputs) < 2 * outputs**0.25


@pytest.mark.parametrize("problem", SMALLEST)
@pytest.mark.parametrize("n", [1, 2, 7, 50])
def test_channels_of_the_smallest_problems(problem, n):
    """One row, as many as outputs, and far more.

    Edges: thm-influence-bear, thm-light-loads.
    """
    S = light_channels(problem, n, v=2, rng=rng())
    L, loads = S.sum(axis=0), listeners(problem, S).sum(axis=1)
    assert len(set(L.tolist())) == 1 and S.sum(axis=1).max() <= math.ceil(problem.outputs * L[0] / n)
    assert (loads <= 2 * S.sum(axis=1)).all() and loads.mean() <= 2 * problem.outputs * L[0] / n
    heard = listeners(problem, S).sum(axis=0)
    assert (heard <= problem.influence * L[0]).all() and (heard[problem.influence == 0] == 0).all()


# Chapters 09 and 13: a given network


@pytest.mark.parametrize("problem", SMALLEST)
@pytest.mark.parametrize("v", [2, 3])
def test_channels_of_one_row_each_are_right_on_every_input(problem, v):
    """A row for each output (n above m'): kappa = 0 for one row, and every size of v up to m.

    Edges: thm-light-gap, thm-whole-blocks, thm-heavy-right, thm-light-right.
    """
    v = min(v, problem.inputs)
    S = np.eye(problem.outputs)
    net = assemble(problem, S, problem.inputs, v=v, rng=rng())
    kappa = max(
        [S[:, i] @ (listeners(problem, S)[:, k] > 0) for i, pair in enumerate(problem.pairs.tolist())
         for k in range(problem.inputs) if k not in pair], default=0,
    )  # fmt: skip
    assert kappa == 0 and verify(net, problem, v).ok
    plain = provable_network(problem, 400, weight=4 * v + 1, channel=4 * (v - 1) + 1, v=v, rng=rng())
    assert verify(plain, problem, v).ok


# Chapter 10


@pytest.mark.parametrize(("n", "w"), [(1, 1), (2, 1), (5, 5), (40, 1), (40, 39), (40, 20)])
def test_where_channels_meet_from_one_row_to_all(n, w):
    """Edges: lem-heavy-meet, lem-heavy-cover, tail-places, tail-below, tail-above."""
    law, mean, q = interference_law(n, w, 1), w * w / n, w / n
    assert law @ np.arange(w + 1) == pytest.approx(mean)
    assert law[: math.floor(mean / 2) + 1].sum() <= (2 / math.e) ** (mean / 2) + 1e-12
    for x in range(1, w + 2):
        assert law[x:].sum() <= math.comb(w, x) * q**x + 1e-12
        if x >= mean:
            assert law[x:].sum() <= math.exp(-mean) * (math.e * mean / x) ** x + 1e-12


@pytest.mark.parametrize(
    "channels", [[[0], [1], [2]], [[0], [0], [1]], [[0, 1], [0, 2], [1, 2]], [[0], [0], [0]]]
)
def test_one_matrix_product_for_three_inputs(channels):
    """Channels of one row, shared ones, and all the same: the criterion and every input agree.

    Edges: cor-heavy-product.
    """
    problem, S = clique(3), channel_matrix(channels, 3)
    net = assemble(problem, S, 3, v=2, rng=rng())
    cover = S.T @ listeners(problem, S) / S.sum(axis=0)[:, None]
    cover[np.arange(3)[:, None], problem.pairs] = 0
    assert verify(net, problem, 2).ok == (cover <= net.threshold).all()


def test_a_row_that_listens_to_everybody_of_two():
    """n = 1 and n = 2, where one code word and two span everything.

    Edges: lem-heavy-wall.
    """
    for code in (Code([[1, 1]]), Code([[1, 0, 1], [0, 1, 0]])):
        listens = np.ones((1, code.features))
        left, right = exact_weights(listens, code)
        assert np.allclose(left @ right @ code.matrix, 1, atol=2e-3)
        assert np.allclose(left @ right, 1 / code.weights[0], atol=2e-3)


@pytest.mark.parametrize("n", [1, 4, 20])
def test_a_clique_of_three_in_hardly_any_rows(n):
    """Every set is all rows: all channels are equal, and a true output lights the two others entirely.

    Edges: lem-heavy-second.
    """
    S = heavy_channels(clique(3), n, v=2, rng=rng())
    assert S.all()
    G, others = 2 * n / n, [S[:, i].mean() for i in (1, 2)]
    assert (1 - math.exp(-n)) * G <= sum(others) <= G


def test_input_channels_at_the_least_numbers_that_the_corollary_allows():
    """No problem of three inputs meets the conditions; from the bound on n on they hold.

    Edges: thm-heavy-plain, cor-heavy-size.
    """
    for v, delta in itertools.product((2, 3, 9), (0.999, 1e-6)):
        reached = 0
        for m in (3, 118, 623, 10**4, 10**6, 10**8):
            outputs = math.comb(m, 2)
            Lam = math.log(4 * m * outputs / delta)
            t, d = math.ceil(Lam), v * math.ceil(Lam) + 1
            n = math.ceil(max(13 * v ** (5 / 3) * m ** (2 / 3) * Lam, 80 * v**2 * Lam**2, 360 * v**3 * Lam))
            if n > outputs:
                assert m < 10**6
                continue
            reached += 1
            w = math.ceil(math.sqrt(3.5 * v * Lam * n))
            b = 2 * m * w / n + 3 * Lam
            assert w * w / n >= 3.5 * v * Lam and w / n <= 0.1 / (v - 1) and w <= n and d <= n
            assert n * (t + 1) >= math.e**2 * b * d * d
        assert reached
    assert verify(double_heavy(clique(3), 60, v=2, rng=rng()), clique(3), 2).ok


# Chapters 11 and 12


@pytest.mark.parametrize("owned", [[1], [5], [30], [12, 12], [40, 12]])
def test_one_owner_and_equal_owners(owned):
    """Edges: thm-mixed-loads, lem-mixed-strangers, thm-super-few."""
    outputs, n, L = sum(owned), 90, 6
    owner = np.repeat(np.arange(len(owned)), owned)
    problem = TwoAnd(len(owned) + outputs, np.stack([owner, len(owned) + np.arange(outputs)], axis=1))
    heights = [n * f // outputs for f in owned]
    lands = territories(n, heights, rng=rng())
    S = owned_channels(owner, lands, n, v=2, rng=rng(1))
    least = min(heights)
    assert least >= L and (S.sum(axis=0) == L).all()
    assert S.sum(axis=1).max() <= math.ceil((1 + 1 / least) * outputs * L / n)
    assert (listeners(problem, S).sum(axis=1) <= 1 + S.sum(axis=1)).all()
    heard = S.T @ listeners(problem, S)
    for i, k in itertools.product(range(outputs), range(problem.inputs)):
        mine = owner[i]
        if k < len(owned):
            assert heard[i, k] == (L if k == mine else 0)
        elif owner[k - len(owned)] != mine:
            assert heard[i, k] == 0
    big = len(split_by_influence(problem).super_heavy_inputs)
    assert big < 2 * outputs**0.25 and math.comb(big, 2) < 2 * outputs**0.5


@pytest.mark.parametrize("problem", [hubs(1, 1), hubs(1, 7), hubs(2, 1), hubs(2, 5)])
@pytest.mark.parametrize("v", [2, 3])
def test_one_hub_and_hubs_of_one_partner(problem, v):
    """Also with v = m, and as super-heavy ones, with and without meetings.

    Edges: thm-mixed-right, thm-super-right, thm-super-shared, cor-super-size.
    """
    v = min(v, problem.inputs)
    assert verify(mixed(problem, 120, v=v, rng=rng()), problem, v).ok
    assert verify(super_heavy(problem, 120, v=v, rng=rng()), problem, v).ok
    if v == 2:  # with v = 3 and ten rows a channel these territories are too small for (X)
        assert verify(super_heavy(problem, 700, v=v, rng=rng(), density=0.05), problem, v).ok


def test_sizes_of_territories_from_the_first_that_fits():
    """Edges: cor-mixed-size, thm-super-size."""
    for v, delta in itertools.product((2, 3, 8), (0.999, 1e-9)):
        first = None
        for outputs in map(int, np.geomspace(100, 1e14, 400)):
            m = math.ceil((1 + math.sqrt(1 + 8 * outputs)) / 2)
            lam = math.ceil(math.log(4 * m * outputs / delta))
            n = math.ceil(5 * v * math.sqrt(v - 1) * lam * math.sqrt(outputs))
            if n > outputs or math.sqrt(outputs) < 5.7 * v * lam / math.sqrt(v - 1):
                continue
            first = first or outputs
            mu = outputs * ((v - 1) * (lam - 1) + 1) / n
            assert lam >= 12 and n >= math.e**2 * v**2 * lam * (1 + 2.28 * mu + 7 / 6 * lam)
        assert first
    for v in (2, 3, 8):  # the least Lambda: (S), (X) and the last line of the proof
        x, L = 7, 2 * (v - 1) * 7 + 1
        assert (v - 2) * x < L / 2 and (v - 1) * x <= L / 2
        q = 1 / (2 * math.e**2 * (v - 1))
        assert (math.e * q * L / (x + 1)) ** (x + 1) <= math.exp(-8)
        assert math.exp(-1.195 * 7) <= math.exp(-8)


@pytest.mark.parametrize("nu", [-0.25, 0.0, 0.5])
@pytest.mark.parametrize("hubs_active", [0, 1, 2, 3, 6])
def test_detectors_at_both_ends_of_what_they_bear(nu, hubs_active):
    """Edges: lem-super-silence."""
    relu = Layer(([[4.0]],), [-6.0])  # 4 (a - 3/2)
    pairs = math.comb(hubs_active, 2)
    fired = [relu([2 + nu])[0]] * pairs + [relu([min(hubs_active, 1) + nu])[0]]
    assert all(one >= 1 for one in fired[:-1]) and fired[-1] == 0
    row = Layer(([[-1.0] * len(fired)],), [1.0])  # 1 - u with u = 0, less all detectors
    assert row(fired)[0] == (0 if pairs else 1)


@pytest.mark.parametrize("q", [0.05, 0.5, 1.0])
def test_what_is_left_from_nothing_to_everything(q):
    """No other hub, one row, and territories that are all rows.

    Edges: thm-super-left, thm-super-half.
    """
    R, size = 20, round(20 * q)
    for L, k in ((1, 0), (1, 1), (1, 3), (size, 0), (size, 1)):
        law = [math.comb(size, s) * math.comb(R - size, L - s) / math.comb(R, L) for s in range(L + 1)]
        if k == 0:
            law = [1.0] + [0.0] * L
        if L == 1:
            law = [(1 - q) ** k, 1 - (1 - q) ** k]
        assert np.dot(law, range(L + 1)) == pytest.approx(L * (1 - (1 - q) ** k))
        for s in range(1, L + 1):
            assert sum(law[s:]) <= math.comb(L, s) * (k * q) ** s + 1e-12
    rows = np.ones((3, 2))  # two hubs everywhere: with both active every channel is lit, and q = 1
    net = assemble(TwoAnd(4, [(0, 2), (1, 3)]), rows, 4, v=2, rng=rng())
    assert np.allclose(net.trace([1, 1, 0, 0]).read_out, 1)


# Chapter 13


@pytest.mark.parametrize("problem", [*SMALLEST, hubs(1, 3)])
@pytest.mark.parametrize("v", [1, 2, 9])
def test_the_whole_network_of_the_smallest_problems(problem, v):
    """One output, one part, no light or no heavy input, v = 1 and v = m, n below and above m'.

    Edges: thm-whole-roots, thm-whole-any, prop-whole-own, cor-whole-every.
    """
    v = min(v, problem.inputs)
    for neurons in (problem.inputs, 40):
        assert verify(two_and_network(problem, v=v, neurons=neurons, rng=rng()), problem, v).ok
    net = dedicated(problem, v=v)
    assert verify(net, problem, v).ok
    assert max(net.neurons, net.code_in.neurons) <= 2 * problem.outputs + 1


@pytest.mark.parametrize("problem", [TwoAnd(2, [(0, 1)]), TwoAnd(3, [(2, 0)]), matching(4)])
def test_recoding_one_output_and_two(problem):
    """N = 0 and T = 1: nothing is half true, and s = z = 0 do.

    Edges: thm-whole-recode, thm-whole-recode-exact.
    """
    S = shared_channels(hubs(1, problem.outputs), 12, v=2, rng=rng()) if problem.outputs == 1 else np.eye(2)
    net = recode(assemble(problem, np.asarray(S), 60, v=2, rng=rng()), rng=rng(1))
    Y = all_sparse(problem.inputs, 2)
    code = np.minimum(net.code_out.compress(problem.truth(Y)), 1)
    assert verify(net, problem, 2).ok
    assert np.allclose(net.network(net.code_in.compress(Y)), code, atol=0.05)


# Chapters 14 and 15


@pytest.mark.parametrize(("m", "v"), [(2, 1), (2, 2), (3, 1), (5, 5), (6, 2)])
def test_random_inputs_of_one_and_of_all_features(m, v):
    """Edges: prop-proof-quiet."""
    inputs = [set(one) for one in itertools.combinations(range(m), v)]
    share = Fraction(sum({0, 1} <= one for one in inputs), len(inputs))
    assert share == Fraction(v * (v - 1), m * (m - 1))
    drawn = random_sparse(m, v, 20, rng=rng())
    assert (drawn.sum(axis=0) == v).all()
    assert 0 < share < 1 or (TwoAnd(m, [(0, 1)]).truth(drawn) == bool(share)).all()


@pytest.mark.parametrize("N", [1, 2, 7])
@pytest.mark.parametrize("alpha", [0.01, 0.5, 0.99])
def test_the_interval_of_a_sample_of_one(N, alpha):
    """Edges: thm-proof-interval."""
    upper = [clopper_pearson_upper(x, N, 1 - alpha) for x in range(N + 1)]
    assert upper[N] == 1 and upper[0] == pytest.approx(1 - alpha ** (1 / N))
    assert upper[0] < math.log(1 / alpha) / N
    for p in np.linspace(0, 1, 41):
        missed = [math.comb(N, x) * p**x * (1 - p) ** (N - x) for x in range(N + 1) if p > upper[x] + 1e-12]
        assert sum(missed) <= alpha + 1e-12


@pytest.mark.parametrize("problem", SMALLEST)
@pytest.mark.parametrize("v", [1, 2, 9])
def test_certificates_of_the_smallest_networks(problem, v):
    """Right ones, and one that says no to everything; v = 1, where an output is never true, and v = m.

    Edges: lem-proof-one, thm-proof-search, cor-proof-sound, prop-proof-three, lem-proof-pairs.
    """
    v = min(v, problem.inputs)
    S = np.eye(problem.outputs)
    right = assemble(problem, S, problem.inputs, v=v, rng=rng())
    silent = SuperposedNetwork(
        right.code_in,
        Network((right.network.layers[0], Layer((S * 0,), np.zeros(len(S))))),
        right.code_out,
        v,
        0.5,
    )
    for net in (right, silent):
        proof, every = verify(net, problem, v, "certified"), verify(net, problem, v)
        assert proof.ok == every.ok == (net is right or v == 1)
    twice = recode(assemble(problem, S, problem.inputs + 8, v=v, rng=rng()), rng=rng())
    if verify(twice, problem, v, "certified").ok:
        assert verify(twice, problem, v).ok


@pytest.mark.parametrize("lift", [0.0, 2.0**40, 2.0**499, 2.0**501])
def test_what_is_certified_of_a_single_neuron_is_so_in_fractions(lift):
    """At its threshold, one unit in the last place off, and well away; with numbers that cancel.

    Edges: thm-proof-certificate.
    """
    certified = 0
    for theta in (
        0.5,
        np.nextafter(0.5, 0),
        np.nextafter(0.5, 1),
        0.5 - 1e-6,
        0.75,
        1.5,
        np.nextafter(1.5, 0),
    ):
        layers = Layer(([[1.0, 1.0]],), [lift - 0.5], relu=False), Layer(([[1.0]],), [-lift])
        net = SuperposedNetwork(Code(np.eye(2)), Network(layers), Code([[1]]), 2, theta)
        proof = verify(net, matching(2), 2, "certified")
        read = [max(Fraction(0), Fraction(lift - 0.5) + active - Fraction(lift)) for active in range(3)]
        exact = [one > Fraction(theta) for one in read] == [False, False, True]
        certified += proof.ok
        assert not proof.ok or (exact and verify(net, matching(2), 2).ok)
    assert (certified > 0) == (lift < 2.0**499)


@pytest.mark.parametrize("width", [1, 2])
def test_rounding_of_a_single_neuron(width):
    """Edges: prop-proof-rounding."""
    for seed in range(50):
        F, x = rng(seed).normal(size=(width, width)), rng(seed + 99).normal(size=width)
        b = rng(seed + 7).normal(size=width)
        exact = [sum(Fraction(f) * Fraction(s) for f, s in zip(row, x, strict=True)) for row in F]
        off = [abs(Fraction(got) - e - Fraction(c)) for got, e, c in
               zip(Layer((F,), b, relu=False)(x), exact, b, strict=True)]  # fmt: skip
        norm = abs(F).sum(axis=1).max()
        assert max(off) <= 1.02 * (1 + width) * 2.0**-53 * (norm * abs(x).max() + abs(b).max())


@pytest.mark.parametrize("problem", [(4, 1), (4, 6), (1000, 1000), TwoAnd(2, [(0, 1)]), hubs(1, 50)])
@pytest.mark.parametrize("v", [2, 4])
def test_computed_widths_of_the_smallest_problems(problem, v):
    """One output; a star, whose hub covers every channel unless there are many rows.

    Edges: thm-tight-computed.
    """
    if isinstance(problem, TwoAnd) and v > problem.inputs:
        v = problem.inputs
    found = provable_width(problem, v)
    assert found.failure <= 0.01 and found.neurons > max(found.weight, found.channel)
    if isinstance(problem, TwoAnd) and problem.outputs == 1:
        net = provable_network(
            problem, found.neurons, weight=found.weight, channel=found.channel, v=v, rng=rng()
        )
        assert verify(net, problem, v).ok


def test_the_gap_at_its_first_size():
    """Edges: thm-tight-gap."""
    outputs = 10**6
    Lam = math.log2(outputs)
    for beta in (1, outputs / 100):
        root = math.sqrt(1.899 * outputs * Lam / beta)
        assert root - 0.5 >= 1.36 * math.sqrt(outputs * Lam / beta)
    n = math.ceil(14 * math.ceil(math.log(300 * outputs**2)) * math.sqrt(outputs))
    assert n <= 24.13 * math.sqrt(outputs) * Lam <= outputs
    assert provable_width((outputs, outputs), 2).neurons <= n


# The tail bounds


def test_bounds_of_one_place_and_of_none_hit():
    """Edges: tail-union, tail-above."""
    for p in (Fraction(1, 10**9), Fraction(1, 2), Fraction(10**9 - 1, 10**9)):
        assert p <= math.comb(1, 1) * p  # naming hits, N = s = 1
        assert p <= (p / 1) ** 1  # Chernoff at s = N, where 0^0 counts as 1
        assert float(p) <= math.exp(-p) * math.e * p  # Poisson
        assert float(p) <= math.exp(-((1 - p) ** 2) / (2 * (p + (1 - p) / 3)))
        assert p <= p / 1  # Markov, with equality for a coin
