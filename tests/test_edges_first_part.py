"""Each statement of chapters 01 to 06 at its edges: smallest sizes, v = 1 and v = m, empty parts.

Beside the tests in the middle of the range. The last test wants every statement of these chapters here.
"""

import itertools
import math
import re
from pathlib import Path

import numpy as np
import pytest
import reference
from some import some

from superpos_lib import (
    Code,
    Network,
    Permutation,
    SuperposedNetwork,
    TwoAnd,
    all_sparse,
    bernoulli_code,
    bits_with_errors,
    capacity,
    clique,
    constant_weight_code,
    naive_two_and,
    neurons_at_any_precision,
    neurons_needed,
    permutation_bits,
    permutation_network,
    random_two_and,
    two_and_bits,
    verify,
)
from superpos_lib.codes import (
    binomial_law,
    interference_bound,
    interference_law,
    misread,
    provable_size,
    worst_input,
)
from superpos_lib.compression import pack, weights_needed
from superpos_lib.counting import numbered_permutation, permutation_number, threshold_functions
from superpos_lib.network import Layer

ALL = np.eye(3)


def largest_overlap(code):
    shared = np.asarray(code.matrix).T @ np.asarray(code.matrix)
    return int((shared - np.diag(np.diag(shared))).max())


def reads_all(code, v, threshold):
    return not misread(code, all_sparse(code.features, v), threshold).any()


def test_overlaps_at_the_edges():
    """One feature; disjoint features with all of them active; v overlap = theta d exactly, and one more.

    Theorem: lem-superposition-overlap.
    """
    assert reads_all(Code([[1], [1]]), 1, 1e-9)
    assert reads_all(Code(ALL), 3, 1e-9)
    four = Code(np.repeat(np.eye(4), 2, axis=0)[:, :3])  # more neurons than it uses
    assert four.neurons == 8 and reads_all(four, 3, 0.5)
    six = Code([[r in pair for pair in itertools.combinations(range(4), 2)] for r in range(4)])
    assert largest_overlap(six) == 1 and reads_all(six, 1, 0.5) and not reads_all(six, 2, 0.5)
    assert not reads_all(six, 1, 0.5 - 1e-6)


@pytest.mark.parametrize(("m", "v"), [(2, 1), (2, 2), (3, 3), (3, 40), (40, 1)])
def test_random_codes_at_the_edges(m, v):
    """The theorem's n for two features, v = m and above; for such m it is far above m.

    Theorem: thm-superposition-random.
    """
    theta, delta = 0.75, 0.5
    d = math.ceil(v / theta * math.log(m * m / (2 * delta)))
    n = math.ceil(math.e**2 * v * d / theta)
    assert 1 <= d <= n and n > m
    codes = [constant_weight_code(m, n, d, rng=np.random.default_rng(seed)) for seed in range(20)]
    good = [v * largest_overlap(code) <= theta * d for code in codes]
    assert sum(good) >= 10
    assert all(reads_all(code, min(v, m), theta) for code, ok in zip(codes, good, strict=True) if ok)


def test_the_naive_network_at_the_edges():
    """Two inputs and one pair; every pair; inputs that are in none; v = 1 and v = m.

    Theorem: thm-compute-naive.
    """
    for problem in (TwoAnd(2, [(0, 1)]), clique(5), TwoAnd(9, [(7, 2)])):
        net = naive_two_and(problem)
        for v in (1, problem.inputs):
            assert verify(net, problem, v).ok
        assert net.neurons == problem.outputs


def unpacking(problem, code_in, code_out, v, overlap):
    """The network of the theorem, for the overlap that is put in."""
    d, A = code_in.weights[0], np.zeros((problem.outputs, problem.inputs))
    A[np.arange(problem.outputs)[:, None], problem.pairs] = 1
    tau, one = 1 + (2 * v - 1) * overlap / d, np.ones(problem.outputs)
    gain = 1 / (2 - tau)
    g = Layer((-gain * A, code_in.decompressor), (1 + gain * tau) * one)
    h = Layer((-np.eye(problem.outputs),), one)
    t = Layer((code_out.matrix,), np.zeros(code_out.neurons), relu=False)
    return SuperposedNetwork(code_in, Network((g, h, t)), code_out, v, threshold=0.5)


def test_unpacking_at_the_edges():
    """Disjoint codes (overlap 0) with v = m; the largest overlap that (2 v - 1) overlap < d lets in.

    Theorem: thm-compute-unpack.
    """
    problem = clique(4)
    net = unpacking(problem, Code(np.eye(4)), Code(np.eye(6)), 4, 0)
    assert verify(net, problem, 4).ok and net.neurons == 6
    # Weight 4, overlap 1, v = 2: 3 < 4. Weight 3 has 3 = 3, and tau = 2.
    lines = np.zeros((4, 5, 25))
    for i, a, b in np.ndindex(4, 5, 5):
        lines[i, (a * i + b) % 5, 5 * a + b] = 1
    all_pairs = clique(25)
    net = unpacking(all_pairs, Code(lines.reshape(20, 25)), Code(np.eye(300)), 2, 1)
    assert verify(net, all_pairs, 2).ok
    one = TwoAnd(2, [(0, 1)])
    assert verify(unpacking(one, Code(np.eye(2)), Code([[1], [1], [1]]), 2, 0), one, 2).ok


def test_counting_at_the_edges():
    """Families of one and two functions, and around a power of two; s = 0, and s beyond all bits.

    Theorem: counting-lemma.
    """
    for size in (1, 2, 3, 4, 5, 127, 128, 129):
        strings = [length for length in range(9) for _ in range(2**length)]  # the shortest first
        bits = math.log2(size)
        for s in (0, 0.5, bits, bits + 1):
            assert sum(length <= bits - s for length in strings[:size]) < 2 ** (1 - s) * size
        assert strings[size - 1] == math.floor(bits)
    assert neurons_needed(0) == 0


def test_permutations_at_the_edges():
    """m = 0, 1, 2.

    Theorem: permutation-count, reading-back.
    """
    assert permutation_bits([0, 1, 2]).tolist() == [0, 0, 1]
    for m in (1, 2, 3):
        assert permutation_bits(m) > m * math.log2(m) - 1.4427 * m
        for number in range(math.factorial(m)):
            p = Permutation(numbered_permutation(number, m))
            net = permutation_network(p, 60, v=1, rng=np.random.default_rng(1))
            order = net.predict(np.eye(m, dtype=bool)).argmax(axis=1)
            assert permutation_number(order) == number


def test_errors_at_the_edges():
    """Nothing wrong, everything wrong, one feature.

    Theorem: counting-errors.
    """
    for m in (0, 1, 2, 9):
        assert bits_with_errors(m, 0) == permutation_bits(m) and bits_with_errors(m, 1) == 0
    assert bits_with_errors(5, 0.199) == permutation_bits(5) > bits_with_errors(5, 0.2)


def test_coins_at_the_edges():
    """One function; a machine without strings but the empty one; success that is certain.

    Theorem: counting-coins.
    """
    for size, strings in ((1, 1), (2, 1), (6, 1), (6, 6)):
        success = strings / size  # the best that coins can do: each function equally often
        assert math.log2(strings) >= math.log2(size) - math.log2(1 / success) - 1e-12
    k = min(3, math.floor(2 * 1.0 * 3))
    assert k == 3 and permutation_bits(3 - k) - 1 <= 0


def test_lists_of_pairs_at_the_edges():
    """Two inputs; one output; every pair; exactly half of the pairs.

    Theorem: two-and-count.
    """
    assert two_and_bits(2, 1) == 0
    for m in (3, 4, 9):
        N = m * (m - 1) // 2
        assert two_and_bits(m, 1) == pytest.approx(math.log2(N))
        assert two_and_bits(m, N) == pytest.approx(permutation_bits(N))
        half = N // 2
        assert two_and_bits(m, half) >= half * math.log2(N / 2) - 1e-9
        for outputs in range(1, N + 1):
            assert two_and_bits(m, outputs) >= permutation_bits(outputs) - 1e-9


def test_neurons_at_the_edges():
    """No bits; a bit more than n neurons hold; m' = 3.

    Theorem: neurons-theorem.
    """
    assert [neurons_needed(b, 1) for b in (0, 1, 2, 3, 6, 7)] == [0, 1, 1, 2, 2, 3]
    for layers, width in ((1, 1), (7, 5)):
        floor = math.sqrt(3 * (math.log2(3) - 1.4427) / (layers * width)) - 0.5
        assert neurons_needed(permutation_bits(3), width, layers) > floor
        assert neurons_needed(two_and_bits(3, 3), width, layers) > floor


def test_capacity_at_the_edges():
    """The smallest network there is, b = 128 exactly, and n = 2.

    Theorem: capacity-theorem.
    """
    assert capacity(1, 1, 1) == 2  # two bits: 2! <= 4 < 3!
    for n, bits, layers in ((1, 64, 1), (1, 32, 2), (2, 32, 1), (2, 22, 1), (15, 1, 1)):
        b = layers * bits * n * (n + 1)
        most = capacity(n, bits, layers)
        assert b >= 128 and math.factorial(most) <= 2**b < math.factorial(most + 1)
        assert math.floor(b / math.log2(b)) <= most < 2 * b / math.log2(b)
        assert n == 1 or 2 * b / math.log2(b) <= b / math.log2(n)


def test_sides_at_the_edges():
    """One function; as many as parameters; constants. Of a threshold unit, no more functions than sides.

    Theorem: sign-patterns.
    """
    assert sum(math.comb(1, i) for i in range(2)) == 2 <= math.e
    for K in (1, 2, 3, 8):
        assert sum(math.comb(K, i) for i in range(K + 1)) == 2**K <= math.e**K
    for m, W in ((1, 2), (2, 2), (3, 3)):
        assert len(threshold_functions(m, W)) <= sum(math.comb(2**m, i) for i in range(m + 2))


def test_any_precision_at_the_edges_of_its_conditions():
    """n + 1 = m and L (n + 1) = m are inside, one more is not; and there is always n >= 1.

    Theorem: any-precision, any-precision-deep.
    """
    for m in range(1, 60):
        for layers in (1, 2, 3, m, m + 1):
            n = neurons_at_any_precision(m, layers)
            assert 1 <= n <= max(1, m // layers)
    assert neurons_at_any_precision(1) == neurons_at_any_precision(2) == 1


def test_bits_a_weight_at_the_edges():
    """One weight, one level; a matrix whose weights are all the same.

    Theorem: levels-floor.
    """
    one = pack([[3.0]], 1)
    assert (one.kept, one.mask_bits, one.value_bits) == (1, 0, 0) and one.weights.tolist() == [[3.0]]
    same = pack(np.full((2, 3), 7.0), 4)
    assert (same.weights == 7).all() and same.value_bits == 12
    assert permutation_bits(1) - same.side_bits <= 0  # nothing follows where side numbers hold it all


def test_the_share_kept_at_the_edges():
    """P = K = 1; nothing needed; all weights needed; K = 1 needs at most half of the places.

    Theorem: pruned-floor.
    """
    assert weights_needed(0, 1, 1) == 0
    assert weights_needed(0, 50, 256) == 0
    assert weights_needed(8, 1, 256) == 1
    with pytest.raises(ValueError, match=r"^bits: expected at most"):
        weights_needed(0.1, 1, 1)
    assert weights_needed(math.log2(math.comb(6, 3)) - 1e-9, 6, 1) == 3
    with pytest.raises(ValueError, match=r"^bits: expected at most"):
        weights_needed(math.log2(math.comb(6, 3)) + 1e-9, 6, 1)
    for K in (1, 2, 7):
        kappa = K / (K + 1)
        H = -kappa * math.log2(kappa) - (1 - kappa) * math.log2(1 - kappa)
        assert pytest.approx(math.log2(K + 1)) == H + kappa * math.log2(K)


def test_average_length_at_the_edges():
    """One function, whose file may be empty; two; and lengths that are as unequal as they can be.

    Theorem: average-floor.
    """
    for lengths in ([0], [1, 1], [1, 2, 2], [1, 2, 3, 3], [1, 2, 3, 4, 4]):
        assert sum(2.0**-length for length in lengths) == 1
        assert np.mean(lengths) >= math.log2(len(lengths))


def test_one_random_function_at_the_edges():
    """A machine with the empty file alone (b = 0), whatever it answers; no error, and nothing but errors.

    Theorem: random-floor.
    """
    for m in (1, 2, 3, 4):
        everything = list(itertools.permutations(range(m)))
        for wrong in some(range(m + 1)):
            served = max(
                sum(sum(a != b for a, b in zip(p, f, strict=True)) <= wrong for p in everything)
                for f in itertools.product(range(m), repeat=m)
            )
            assert served / len(everything) < 2 / math.factorial(m - wrong)


def test_readings_at_the_edges():
    """No active feature, all of them, one feature with every neuron.

    Theorem: lem-codes-reading.
    """
    code = Code([[1, 1, 0], [1, 0, 1], [1, 0, 0]])
    assert (code.decompress(code.compress([0, 0, 0])) == 0).all()
    for Y in all_sparse(3, 3).T:
        reads = code.decompress(code.compress(Y))
        C = code.matrix
        shared = [sum((C[:, j] * C[:, k]).sum() for k in np.flatnonzero(Y) if k != j) for j in range(3)]
        assert np.allclose(reads, Y + np.array(shared) / code.weights, rtol=0, atol=1e-15)
    assert code.decompress(code.compress([1, 1, 1])) == pytest.approx([5 / 3, 2, 2])


@pytest.mark.parametrize(
    ("n", "d", "v"), [(2, 1, 1), (2, 2, 1), (5, 5, 3), (5, 1, 4), (3, 2, 6), (1, 1, 1)]
)
def test_the_law_at_the_edges(n, d, v):
    """Weight 1, weight n (every overlap is n), more active features than neurons.

    Theorem: thm-codes-law.
    """
    law, hits = interference_law(n, d, v), np.arange(v * d + 1)
    assert law.sum() == pytest.approx(1)
    mean = (law * hits / d).sum()
    assert mean == pytest.approx(v * d / n)
    if n >= 2:  # as the theorem says: with one neuron the formula for the variance is 0 / 0
        variance = (law * (hits / d - mean) ** 2).sum()
        assert variance == pytest.approx(v / (n - 1) * (1 - d / n) ** 2, abs=1e-12)


@pytest.mark.parametrize(("n", "d", "v"), [(1, 1, 1), (4, 4, 1), (9, 1, 1), (9, 1, 9), (3, 2, 7)])
@pytest.mark.parametrize("threshold", [1e-6, 0.5, 1 - 1e-6])
def test_the_tail_at_the_edges(n, d, v, threshold):
    """Theorem: thm-codes-tail."""
    s = math.floor(threshold * d) + 1
    exact = interference_law(n, d, v)[s:].sum()
    bound = interference_bound(n, d, v, threshold)
    assert exact <= bound * (1 + 1e-12) and bound <= 1
    assert bound <= (math.e * v * d / (threshold * n)) ** s * (1 + 1e-12)


@pytest.mark.parametrize(("v", "cases"), [(1, 1), (5, 1), (1, 2)])
@pytest.mark.parametrize("failure", [1e-9, 0.999])
def test_sizes_at_the_edges(v, cases, failure):
    """One case; a failure that is nearly certain, or nearly excluded; n is never below d.

    Theorem: thm-codes-size.
    """
    for threshold in (0.01, 0.5, 0.99):
        n, d = provable_size(v, cases, threshold=threshold, failure=failure)
        assert 1 <= d <= n
        assert cases * interference_bound(n, d, v, threshold) <= failure * (1 + 1e-9)
        closed = math.ceil(math.log(cases / failure) / threshold)
        assert n <= math.ceil(math.e**2 * v * closed / threshold)


def test_the_worst_input_at_the_edges():
    """Two features; v = m - 1; and v = m is refused, since no feature would be inactive.

    Theorem: thm-codes-worst.
    """
    same = Code([[1, 1], [1, 1]])
    y, j = worst_input(same, 1)
    assert y.tolist() == [j == 1, j == 0] and same.decompress(same.compress(y))[j] == 1
    code = constant_weight_code(6, 5, 2, rng=np.random.default_rng(0))
    y, j = worst_input(code, 5)
    reads = [code.decompress(code.compress(np.arange(6) != k))[k] for k in range(6)]
    assert y.sum() == 5 and not y[j] and reads[j] == pytest.approx(max(reads))
    with pytest.raises(ValueError, match=r"^v: expected"):
        worst_input(code, 6)


def test_bernoulli_codes_at_the_edges():
    """One neuron; p near 0 and near 1, and rho = 1 exactly.

    Theorem: thm-codes-bernoulli.
    """
    for n, p, v in ((1, 0.5, 1), (1, 0.01, 3), (3, 0.99, 1), (4, 0.25, 2)):
        for theta in (0.3, 0.75):
            weights, wrong = binomial_law(n, p), 0.0
            for w in range(1, n + 1):
                s = math.floor(theta * w) + 1
                wrong += weights[w] * binomial_law(v * w, p)[s:].sum()
            assert wrong >= n * p * (1 - p) ** (n - 1) * (1 - (1 - p) ** v) - 1e-12
            rho = math.e * v * p / theta
            if rho <= 1:
                assert weights[0] + wrong <= (1 - p * (1 - rho**theta)) ** n + 1e-12
    theta, n = 0.75, 6
    p = theta / math.e  # rho = 1: the bound is 1, and says nothing
    assert (1 - p * (1 - 1.0**theta)) ** n == 1
    assert bernoulli_code(3, 1, 1.0, rng=np.random.default_rng(0)).matrix.tolist() == [[1, 1, 1]]


def test_the_mean_of_all_neurons_at_the_edges():
    """Weight n, weight 1, no active feature: over every set that c_j can be.

    Theorem: thm-codes-mean.
    """
    for n, d in ((1, 1), (4, 4), (4, 1), (5, 2)):
        for x in (np.zeros(n), np.arange(n) ** 2.0):
            reads = [x[list(chosen)].mean() for chosen in itertools.combinations(range(n), d)]
            assert np.mean(reads) == pytest.approx(x.mean())


def test_linear_read_outs_at_the_edges():
    """n = 1 and n = m - 1; weight 1 and n - 1, over all pairs of sets.

    Theorem: thm-codes-linear.
    """
    rng = np.random.default_rng(0)
    for n, m in ((1, 2), (1, 7), (6, 7)):
        C, R = rng.normal(size=(n, m)), rng.normal(size=(m, n))
        M = (R / np.einsum("jn,nj->j", R, C)[:, None]) @ C
        off = (M**2).sum() - m
        assert off / (m * (m - 1)) >= (m - n) / (n * (m - 1)) - 1e-9
    flat = np.ones((4, 1)) @ np.ones((1, 4))  # n = 1, all codes equal: as quiet as it gets
    assert ((flat**2).sum() - 4) / 12 == (4 - 1) / (1 * 3)
    for n, d in ((2, 1), (5, 1), (5, 4)):
        sets = [set(chosen) for chosen in itertools.combinations(range(n), d)]
        squares = [((len(a & b) / d - d / n) / (1 - d / n)) ** 2 for a in sets for b in sets]
        assert np.mean(squares) == pytest.approx(1 / (n - 1))


def test_idle_inputs_change_nothing():
    """More inputs than any pair uses, and outputs beyond the neurons' number: counted as they are.

    Theorem: two-and-count.
    """
    wide = random_two_and(50, 3, rng=np.random.default_rng(0))
    assert verify(naive_two_and(wide), wide, 2).ok
    assert two_and_bits(50, 3) == pytest.approx(math.log2(math.perm(1225, 3)))


def test_every_statement_of_these_chapters_is_here():
    pages = sorted((Path(__file__).parents[1] / "book").glob("0[1-6]_*.ipynb"))
    named = re.findall(r"Theorem: ([^.]*)\.", Path(__file__).read_text(encoding="utf-8"))
    here = set(re.findall(r"[\w-]+", " ".join(named)))
    stated = reference.statements(pages)
    assert len(stated) > 25
    assert not stated.keys() - here
