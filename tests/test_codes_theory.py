"""The theorems of the chapter on codes, against counts and enumerations that share no code with them."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from some import some

from superpos_lib import Code, all_sparse, bernoulli_code, constant_weight_code, random_sparse
from superpos_lib.codes import (
    binomial_law,
    interference_bound,
    interference_law,
    misread,
    provable_size,
    worst_input,
)
from superpos_lib.network import centred_product


def counted_law(n, d, v):
    """The law of the hits on {0, ..., d - 1}, by going through all C(n, d)^v choices of v codes."""
    sets = list(itertools.combinations(range(n), d))
    counts = [0] * (v * d + 1)
    for chosen in itertools.product(sets, repeat=v):
        counts[sum(r < d for code in chosen for r in code)] += 1
    return [Fraction(count, len(sets) ** v) for count in counts]


SMALL = [(4, 2, 1), (5, 2, 2), (5, 3, 2), (6, 2, 3), (6, 4, 2), (3, 3, 2), (7, 1, 3), (1, 1, 1)]


@pytest.mark.parametrize(("n", "d", "v"), SMALL)
def test_interference_law_is_the_counted_one(n, d, v):
    """Theorem: thm-codes-law."""
    counted = counted_law(n, d, v)
    assert np.allclose(interference_law(n, d, v), [float(c) for c in counted], rtol=0, atol=1e-14)
    mean = sum(h * c for h, c in enumerate(counted))
    assert mean == Fraction(v * d * d, n)  # so the interference h / d has mean v d / n


@pytest.mark.parametrize(("n", "d", "v"), SMALL)
@pytest.mark.parametrize("threshold", [0.25, 0.5, 0.75, 0.9])
def test_bound_is_above_the_counted_tail_and_the_poisson_form_is_too(n, d, v, threshold):
    """Theorem: thm-codes-tail."""
    counted = counted_law(n, d, v)
    tail = sum(c for h, c in enumerate(counted) if Fraction(h, d) > Fraction(threshold))
    bound = interference_bound(n, d, v, threshold)
    assert tail <= bound * (1 + 1e-12)
    s = math.floor(Fraction(threshold) * d) + 1
    exact = math.comb(v * d, s) * Fraction(d, n) ** s
    assert math.isclose(bound, min(1, exact), rel_tol=1e-12)
    mean = v * d * d / n
    if s > mean:
        assert tail <= math.exp(s - mean) * (mean / s) ** s * (1 + 1e-12)


def test_every_factorial_moment_is_below_the_binomial_one():
    """Theorem: thm-codes-tail."""
    for n, d, v in some(SMALL):
        counted = counted_law(n, d, v)
        for s in some(range(v * d + 1)):
            moment = sum(math.comb(h, s) * c for h, c in enumerate(counted))
            assert moment <= math.comb(v * d, s) * Fraction(d, n) ** s


@pytest.mark.parametrize(
    ("m", "v", "threshold"), [(50, 1, 0.5), (400, 2, 0.75), (1000, 4, 0.5), (30, 3, 0.9)]
)
@pytest.mark.parametrize("failure", [0.01, 0.5])
@pytest.mark.parametrize("one", [True, False])
def test_provable_size_is_the_best_pair_that_the_bound_allows(m, v, threshold, failure, one):
    """Theorem: thm-codes-size."""
    cases = m if one else (m - v) * math.comb(m, v)
    n, d = provable_size(v, cases, threshold=threshold, failure=failure)
    assert cases * interference_bound(n, d, v, threshold) <= failure * (1 + 1e-9)
    for other in range(1, 6 * d):  # no other weight does with fewer neurons
        if other < n:
            assert cases * interference_bound(n - 1, other, v, threshold) > failure * (1 - 1e-9)
    closed_d = math.ceil(math.log(cases / failure) / threshold)
    closed_n = math.ceil(math.e**2 * v * closed_d / threshold)
    assert n <= closed_n
    assert cases * interference_bound(closed_n, closed_d, v, threshold) <= failure


@pytest.mark.parametrize("threshold", [0.3, 0.5, 0.75])
def test_misread_is_what_sets_say(threshold):
    code = bernoulli_code(40, 30, 0.2, rng=np.random.default_rng(0))
    Y = random_sparse(40, 3, 50, rng=np.random.default_rng(1))
    sets = [set(np.flatnonzero(column)) for column in code.matrix.T]
    wrong = misread(code, Y, threshold)
    for i in range(50):
        active = np.flatnonzero(Y[:, i])
        for j in range(40):
            reading = Fraction(sum(len(sets[j] & sets[k]) for k in active), len(sets[j]))
            assert wrong[j, i] == ((reading > Fraction(threshold)) != (j in active))
        assert (misread(code, Y[:, i], threshold) == wrong[:, i]).all()
    assert wrong.any() and not wrong[Y].any()


@pytest.mark.parametrize(("share", "weight"), [(0.75, 12), (0.7, 10), (0.58, 50), (0.29, 100), (0.6, 5)])
def test_a_reading_at_the_threshold_is_not_above_it(share, weight):
    hit = round(share * weight)
    one, other = np.zeros(2 * weight), np.zeros(2 * weight)
    one[:weight], other[weight - hit : 2 * weight - hit] = 1, 1
    code = Code(np.stack([one, other], axis=1))
    assert not misread(code, [True, False], share).any()
    one_more = np.roll(other, -1)
    assert misread(Code(np.stack([one, one_more], axis=1)), [True, False], share).tolist() == [False, True]


def test_a_threshold_next_to_one_still_reads_what_is_active():
    code = constant_weight_code(20, 15, 3, rng=np.random.default_rng(0))
    assert not misread(code, np.eye(20, dtype=bool), 1 - 1e-12)[np.eye(20, dtype=bool)].any()


@pytest.mark.parametrize("v", [1, 2, 3])
@pytest.mark.parametrize("seed", range(4))
def test_worst_input_is_the_worst_of_all(v, seed):
    """Theorem: thm-codes-worst."""
    rng = np.random.default_rng(seed)
    code = bernoulli_code(12, 15, 0.25, rng=rng) if seed % 2 else constant_weight_code(12, 15, 4, rng=rng)
    y, j = worst_input(code, v)
    assert y.sum() == v and not y[j]
    Y = all_sparse(12, v)
    readings = code.decompress(code.compress(Y))
    highest = readings[~Y].max()
    assert abs(code.decompress(code.compress(y))[j] - highest) < 1e-12
    for threshold in (0.3, 0.5, 0.75, 0.9):
        assert misread(code, Y, threshold).any() == misread(code, y, threshold).any()


def test_worst_input_is_the_same_block_by_block(monkeypatch):
    code = constant_weight_code(60, 30, 4, rng=np.random.default_rng(3))
    y, j = worst_input(code, 2)
    monkeypatch.setattr("superpos_lib.codes._OVERLAPS_HELD", 60 * 7)
    assert (worst_input(code, 2)[0] == y).all() and worst_input(code, 2)[1] == j


def test_worst_input_of_a_sparse_matrix_is_that_of_the_dense_one():
    from scipy.sparse import csr_array

    code = constant_weight_code(60, 30, 4, rng=np.random.default_rng(3))
    y, j = worst_input(Code(csr_array(code.matrix)), 2)
    assert (y == worst_input(code, 2)[0]).all() and j == worst_input(code, 2)[1]


@pytest.mark.parametrize("m", [20, 50])
def test_provable_size_keeps_its_word_for_every_input(m):
    """Theorem: thm-codes-size."""
    n, d = provable_size(2, (m - 2) * math.comb(m, 2), threshold=0.75, failure=0.5)
    misses = 0
    for seed in range(40):
        code = constant_weight_code(m, n, d, rng=np.random.default_rng(seed))
        misses += misread(code, worst_input(code, 2)[0], 0.75).any()
    assert misses <= 20


def test_what_is_inactive_reads_the_mean_of_x_on_average():
    """Theorem: thm-codes-mean."""
    rng = np.random.default_rng(7)
    y = np.zeros(20_001, dtype=bool)
    y[:3] = True
    for code in (
        constant_weight_code(20_001, 60, 6, rng=rng),
        bernoulli_code(20_001, 60, 0.1, rng=rng),
    ):
        x = code.compress(y)
        readings = code.decompress(x)[3:]
        assert abs(readings.mean() - x.mean()) < 0.005
    assert abs(constant_weight_code(9, 60, 6, rng=rng).compress(np.ones(9)).mean() - 9 * 6 / 60) < 1e-12


@pytest.mark.parametrize("d", [2, 5, 9])
def test_mean_square_of_the_centred_overlap_is_exactly_one_in_n_less_one(d):
    """Theorem: thm-codes-linear."""
    n = 12
    overlap = [Fraction(math.comb(d, i) * math.comb(n - d, d - i), math.comb(n, d)) for i in range(d + 1)]
    centred = [(Fraction(i, d) - Fraction(d, n)) / (1 - Fraction(d, n)) for i in range(d + 1)]
    assert sum(p * c**2 for p, c in zip(overlap, centred, strict=True)) == Fraction(1, n - 1)


def test_no_linear_read_out_is_quieter_than_the_rank_allows():
    """Theorem: thm-codes-linear."""
    m, n, d = 200, 40, 5
    code = constant_weight_code(m, n, d, rng=np.random.default_rng(11))
    floor = (m - n) / (n * (m - 1))
    left, right = centred_product(np.eye(m), code)
    pinv = np.linalg.pinv(code.matrix)
    for read in (left @ right, pinv, pinv + 0.01 * np.random.default_rng(0).normal(size=(m, n))):
        product = read @ code.matrix
        product /= np.diag(product)[:, None]
        off = product[~np.eye(m, dtype=bool)]
        assert (off**2).mean() >= floor
    product = (left @ right) @ code.matrix / (1 - d / n)
    assert abs((product[~np.eye(m, dtype=bool)] ** 2).mean() * (n - 1) - 1) < 0.1


@pytest.mark.parametrize(("trials", "p"), [(1, 0.3), (7, 0.5), (12, 0.01), (40, 0.9), (5, 1.0)])
def test_binomial_law_is_the_counted_one(trials, p):
    q = Fraction(p)
    exact = [math.comb(trials, k) * q**k * (1 - q) ** (trials - k) for k in range(trials + 1)]
    assert np.allclose(binomial_law(trials, p), [float(e) for e in exact], rtol=1e-10, atol=0)
    assert math.isclose(binomial_law(3000, 0.2).sum(), 1, rel_tol=1e-9)


def bernoulli_misread(n, p, v, threshold):
    """P[an inactive feature is misread], an empty column counted as misread: exactly, in fractions."""
    p, threshold = Fraction(p), Fraction(threshold)

    def pmf(trials, k):
        return math.comb(trials, k) * p**k * (1 - p) ** (trials - k)

    total = pmf(n, 0)
    for w in range(1, n + 1):
        total += pmf(n, w) * sum(pmf(v * w, h) for h in range(v * w + 1) if h > threshold * w)
    return total


@pytest.mark.parametrize(("n", "d", "v"), [(20, 2, 1), (30, 3, 1), (40, 2, 2)])
@pytest.mark.parametrize("threshold", [0.5, 0.75])
def test_bernoulli_lies_between_its_two_bounds(n, d, v, threshold):
    """Theorem: thm-codes-bernoulli."""
    p = d / n
    exact = bernoulli_misread(n, p, v, threshold)
    ratio = math.e * v * p / threshold
    if ratio <= 1:
        assert exact <= (1 - p * (1 - ratio**threshold)) ** n
    one_neuron = n * p * (1 - p) ** (n - 1) * (1 - (1 - p) ** v)
    assert exact - Fraction(1 - p) ** n >= one_neuron * (1 - 1e-12)


def test_light_columns_of_a_bernoulli_code_follow_the_law_of_their_weight():
    """Theorem: thm-codes-bernoulli."""
    n, p, v, threshold = 128, 12 / 128, 3, 0.75
    code = bernoulli_code(6000, n, p, rng=np.random.default_rng(2))
    Y = random_sparse(6000, v, 1000, rng=np.random.default_rng(3))
    wrong = misread(code, Y, threshold)
    for w in (4, 6, 8):
        columns = code.weights == w
        measured = wrong[columns].sum() / (~Y[columns]).sum()
        law = binomial_law(v * w, p)[math.floor(threshold * w) + 1 :].sum()
        assert abs(measured - law) < 0.1 * law


@pytest.mark.parametrize(("q", "d", "degree"), [(19, 3, 1), (7, 7, 1), (5, 5, 2), (7, 6, 2)])
def test_two_polynomials_share_no_more_neurons_than_their_degree(q, d, degree):
    """The exercise's better code: feature f takes neuron f(i) mod q of group i."""
    features = list(itertools.product(range(q), repeat=degree + 1))
    C = np.zeros((d * q, len(features)))
    for j, coefficients in enumerate(features):
        for i in range(d):
            C[i * q + sum(a * i**power for power, a in enumerate(coefficients)) % q, j] = 1
    overlaps = C.T @ C
    assert (np.diag(overlaps) == d).all() and overlaps[~np.eye(len(features), dtype=bool)].max() == degree
    code = Code(C)
    y, j = worst_input(code, 2)
    assert code.decompress(code.compress(y))[j] == pytest.approx(2 * degree / d)
    assert misread(code, y, 0.75).any() == (2 * degree / d > 0.75)


def test_the_exercise_begins_unsolved():
    q, d = 19, 3
    C = np.zeros((d * q, q * q))
    for a, b, i in np.ndindex(q, q, d):
        C[i * q + (a + b + i) % q, a * q + b] = 1
    y, _ = worst_input(Code(C), 2)
    assert misread(Code(C), y, 0.75).any()


def test_the_answer_to_the_chapters_question_holds_in_exact_numbers():
    m, v = 10**6, 2
    for cases, n, d in ((m - v, 300, 16), ((m - v) * math.comb(m, v), 858, 52)):
        assert (n, d) == provable_size(v, cases, threshold=0.75, failure=0.01)
        s = 3 * d // 4 + 1
        assert cases * math.comb(v * d, s) * Fraction(d, n) ** s <= Fraction(1, 100)
    assert math.comb(m, 2) > 3**24 and math.comb(m, 2) < 3**25  # the counting exercise: 25 neurons at least


CODE = Code([[1, 1, 0], [1, 0, 1], [0, 1, 1]])


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda: misread(CODE, [1, 0, 0], 0), "threshold"),
        (lambda: misread(CODE, [1, 0, 0], 1), "threshold"),
        (lambda: misread(CODE, [1, 0, 0], float("nan")), "threshold"),
        (lambda: misread(CODE, [1, 0, 0], "half"), "threshold"),
        (lambda: misread(CODE, [1, 0], 0.5), "Y"),
        (lambda: misread(CODE, [1, 0, 2], 0.5), "Y"),
        (lambda: misread(CODE.matrix, [1, 0, 0], 0.5), "code"),
        (lambda: worst_input(CODE, 0), "v"),
        (lambda: worst_input(CODE, 3), "v"),
        (lambda: worst_input(CODE.matrix, 1), "code"),
        (lambda: interference_law(0, 1, 1), "n"),
        (lambda: interference_law(4, 5, 1), "d"),
        (lambda: interference_law(4, 0, 1), "d"),
        (lambda: interference_law(4, 2, 0), "v"),
        (lambda: interference_bound(4, 5, 1, 0.5), "d"),
        (lambda: interference_bound(4, 2, 1, 1.5), "threshold"),
        (lambda: interference_bound(4, 2, 1.5, 0.5), "v"),
        (lambda: provable_size(0, 10, threshold=0.5), "v"),
        (lambda: provable_size(2, 0, threshold=0.5), "cases"),
        (lambda: provable_size(2, 10, threshold=0.5, failure=0), "failure"),
        (lambda: provable_size(2, 10, threshold=1.0), "threshold"),
        (lambda: binomial_law(0, 0.5), "trials"),
        (lambda: binomial_law(5, 0), "p"),
        (lambda: binomial_law(5, 1.5), "p"),
    ],
)
def test_bad_arguments_are_named(call, argument):
    with pytest.raises(ValueError, match=rf"^{argument}: expected .*; got "):
        call()
