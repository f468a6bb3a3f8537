"""The bounds against counts made one by one, and against whole numbers of any size."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from some import some

from superpos_lib import (
    Permutation,
    bits_with_errors,
    capacity,
    neurons_at_any_precision,
    neurons_needed,
    permutation_bits,
    permutation_network,
    two_and_bits,
    verify,
)
from superpos_lib.bounds import _MULTIPLIED_OUT, MOST_FEATURES, _factorial_exceeds

# Up to the largest size that the book speaks of.
LARGE = [10**k + d for k in range(3, 13) for d in (-1, 0, 1, 7)]


def test_permutations_counted_one_by_one():
    """Theorem: permutation-count."""
    for m in range(8):
        count = sum(1 for _ in itertools.permutations(range(m)))
        assert permutation_bits(m) == pytest.approx(math.log2(count), rel=1e-14, abs=0)


def test_a_known_value():
    assert permutation_bits(10) == pytest.approx(21.791061114716954, rel=1e-15)


def test_permutations_against_the_multiplied_out_factorial():
    m = np.arange(2, 4000)
    right = [math.log2(math.factorial(k)) for k in m]
    np.testing.assert_allclose(permutation_bits(m), right, rtol=4e-15)


def test_large_factorials_against_lgamma():
    right = [math.lgamma(m + 1) / math.log(2) for m in LARGE]
    np.testing.assert_allclose(permutation_bits(LARGE), right, rtol=1e-14)


def test_large_factorials_by_their_steps():
    """log2 (m + 7)! - log2 (m + 1)! is the sum of six logarithms, whatever m."""
    for m in some(LARGE):
        step = permutation_bits(m + 7) - permutation_bits(m + 1)
        assert step == pytest.approx(sum(math.log2(m + j) for j in range(2, 8)), abs=0.05)


def test_comparison_with_whole_bits_is_exact():
    """log2(m!) <= b exactly where m! <= 2^b, for the b next to it."""
    for m in some((*range(1200), *range(2990, 3001))):
        near = round(permutation_bits(m))
        for b in some({near - 1, near, near + 1} - {-1}):
            assert (permutation_bits(m) <= b) == (math.factorial(m) <= 2**b), (m, b)


def test_the_comparison_by_series_agrees_with_whole_numbers():
    for m in (_MULTIPLIED_OUT + 1, 5000, 20_000):
        below = math.factorial(m).bit_length() - 1
        assert _factorial_exceeds(m, below)
        assert not _factorial_exceeds(m, below + 1)


def test_comparison_with_whole_bits_is_exact_where_floats_are_not():
    rng = np.random.default_rng(0)
    for m in some(rng.integers(5 * 10**11, 10**12, 1500).tolist()):
        bits = permutation_bits(m)
        b = round(bits)
        assert (bits > b) == _factorial_exceeds(m, b), m


@pytest.mark.parametrize("m", [2, 3, 4, 5])
def test_two_and_counted_one_by_one(m):
    """Theorem: two-and-count."""
    pairs = list(itertools.combinations(range(m), 2))
    for outputs in some(range(1, min(len(pairs), 6) + 1)):
        lists = sum(1 for _ in itertools.permutations(pairs, outputs))
        sets = sum(1 for _ in itertools.combinations(pairs, outputs))
        assert two_and_bits(m, outputs) == pytest.approx(math.log2(lists), rel=1e-13, abs=1e-13)
        unordered = two_and_bits(m, outputs, ordered=False)
        assert unordered == pytest.approx(math.log2(sets), rel=1e-13, abs=1e-13)


def test_two_and_against_whole_numbers():
    for m in (12, 40, 100, 2000):
        n = m * (m - 1) // 2
        for outputs in some({1, 2, 31, 33, 64, n // 2, n - 33, n - 31, n - 1, n} & set(range(1, 3000))):
            assert two_and_bits(m, outputs) == pytest.approx(math.log2(math.perm(n, outputs)), rel=1e-13), (
                m,
                outputs,
            )
            assert two_and_bits(m, outputs, ordered=False) == pytest.approx(
                math.log2(math.comb(n, outputs)), rel=1e-12, abs=0
            ), (m, outputs)


def test_unordered_bits_vanish_where_every_pair_is_wanted():
    for m in (2, 3, 100, 10_000):
        every = m * (m - 1) // 2
        assert two_and_bits(m, every, ordered=False) == 0
        assert two_and_bits(m, every) == pytest.approx(permutation_bits(every), rel=1e-14)


def test_unordered_bits_where_few_pairs_are_left_out():
    for m in (3, 100, 10_000, 10**6):
        every = m * (m - 1) // 2
        assert two_and_bits(m, every - 1, ordered=False) == pytest.approx(math.log2(every), rel=1e-14)


def test_ordered_bits_are_unordered_ones_and_a_permutation():
    m, outputs = np.array([100, 10**5, 10**6, 10**9, 10**12]), np.array([4000, 10**6, 10**6, 10**9, 10**12])
    whole = two_and_bits(m, outputs, ordered=False) + permutation_bits(outputs)
    np.testing.assert_allclose(two_and_bits(m, outputs), whole, rtol=1e-13)
    assert (two_and_bits(m, outputs) >= permutation_bits(outputs)).all()


def test_two_and_of_a_trillion_outputs():
    """Between m' log2(N - m') and m' log2 N, which differ by one part in 10^12 here."""
    m = outputs = 10**12
    pairs = m * (m - 1) // 2
    low, high = outputs * math.log2(pairs - outputs), outputs * math.log2(pairs)
    assert low * (1 - 1e-14) <= two_and_bits(m, outputs) <= high * (1 + 1e-14)


def test_with_errors_counted_one_by_one():
    """No function is within k errors of more permutations than C(m, k) k!, and (m - k)! strings remain.

    Theorem: counting-errors.
    """
    for m, k in ((3, 1), (4, 1), (4, 2), (5, 2), (5, 3)):
        everything = list(itertools.permutations(range(m)))
        most = max(
            sum(sum(a != b for a, b in zip(p, f, strict=True)) <= k for p in everything)
            for f in itertools.product(range(m), repeat=m)
        )
        assert most <= math.comb(m, k) * math.factorial(k)
        floor = math.log2(len(everything) / (math.comb(m, k) * math.factorial(k)))
        assert bits_with_errors(m, Fraction(k, m)) == pytest.approx(floor, rel=1e-13, abs=1e-13)


def test_errors_are_counted_in_decimals():
    assert 0.29 * 100 < 29
    assert bits_with_errors(100, 0.29) == permutation_bits(71)
    assert bits_with_errors(np.array([10, 10, 10]), [0, 0.1, 1.0]).tolist() == [
        permutation_bits(10), permutation_bits(9), 0.0,
    ]  # fmt: skip
    assert bits_with_errors(10**12, 1e-3) == permutation_bits(10**12 - 10**9)


def test_neurons_by_trying_every_width():
    """Theorem: neurons-theorem."""
    for layers, width in ((1, 1), (1, 32), (2, 3), (3, 8)):
        for bits in [*range(200), 0.5, 7.99, 8.01]:
            n = next(n for n in itertools.count() if layers * width * n * (n + 1) >= bits)
            assert neurons_needed(bits, width, layers) == n, (bits, width, layers)


def test_capacity_by_trying_every_number_of_features():
    """Theorem: capacity-theorem."""
    for layers, width in ((1, 1), (1, 8), (2, 3)):
        for n in range(1, 12):
            held = 2 ** (layers * width * n * (n + 1))
            most = next(m for m in itertools.count(1) if math.factorial(m + 1) > held)
            assert capacity(n, width, layers) == most, (n, width, layers)


@pytest.mark.parametrize(("width", "layers"), [(1, 1), (32, 1), (8, 3), (16, 2)])
def test_capacity_inverts_neurons_needed_to_the_last_feature(width, layers):
    largest = {1: 5_000_000, 32: 900_000, 8: 1_000_000, 16: 900_000}[width]
    n = np.unique(np.geomspace(1, largest, 1500).astype(np.int64))
    features = capacity(n, width, layers)
    assert (np.diff(features) >= 0).all()
    assert (neurons_needed(permutation_bits(features), width, layers) <= n).all()
    assert (neurons_needed(permutation_bits(features + 1), width, layers) > n).all()
    assert features.max() > 5 * 10**11


def test_neurons_needed_inverts_capacity():
    m = np.array([2, 3, 100, 10**6, 10**9, 10**12])
    n = neurons_needed(permutation_bits(m))
    assert (capacity(n) >= m).all()
    assert (capacity(n[2:] - 1) < m[2:]).all()


def test_numbers_for_numbers_and_arrays_for_arrays():
    assert isinstance(permutation_bits(5), float)
    assert isinstance(capacity(5), int)
    assert isinstance(neurons_needed(5.5), int)
    table = neurons_needed(permutation_bits([[10], [1000]]), [1, 8, 32], 1)
    assert table.shape == (2, 3)
    assert permutation_bits(np.zeros((0, 3), dtype=int)).shape == (0, 3)


BAD = [
    ("m", lambda: permutation_bits(-1)),
    ("m", lambda: permutation_bits(2.0)),
    ("m", lambda: permutation_bits(True)),
    ("m", lambda: permutation_bits([1, float("nan")])),
    ("m", lambda: permutation_bits(MOST_FEATURES + 1)),
    ("m", lambda: permutation_bits([[1], [1, 2]])),
    ("m", lambda: permutation_bits(None)),
    ("m", lambda: two_and_bits(1, 1)),
    ("outputs", lambda: two_and_bits(3, 0)),
    ("outputs", lambda: two_and_bits(3, 4)),
    ("outputs", lambda: two_and_bits([10, 3], [4, 4])),
    ("ordered", lambda: two_and_bits(3, 2, ordered=1)),
    ("m", lambda: bits_with_errors(-1, 0.5)),
    ("error_fraction", lambda: bits_with_errors(4, 1.01)),
    ("error_fraction", lambda: bits_with_errors(4, -0.1)),
    ("error_fraction", lambda: bits_with_errors(4, float("nan"))),
    ("error_fraction", lambda: bits_with_errors(4, "half")),
    ("bits", lambda: neurons_needed(-1)),
    ("bits", lambda: neurons_needed(float("nan"))),
    ("bits", lambda: neurons_needed(float("inf"))),
    ("bits", lambda: neurons_needed("many")),
    ("bits_per_parameter", lambda: neurons_needed(5, 0)),
    ("bits_per_parameter", lambda: neurons_needed(5, 1.5)),
    ("layers", lambda: neurons_needed(5, 1, 0)),
    ("neurons", lambda: capacity(0)),
    ("neurons", lambda: capacity(2.5)),
    ("neurons", lambda: capacity(2**31)),
    ("layers", lambda: capacity(5, 1, -1)),
    ("m", lambda: neurons_at_any_precision(0)),
    ("m", lambda: neurons_at_any_precision(2.5)),
    ("m", lambda: neurons_at_any_precision(MOST_FEATURES + 1)),
    ("layers", lambda: neurons_at_any_precision(10, 0)),
    ("layers", lambda: neurons_at_any_precision(10, 1.5)),
]


@pytest.mark.parametrize(("name", "call"), BAD, ids=[f"{i}-{name}" for i, (name, _) in enumerate(BAD)])
def test_bad_arguments(name, call):
    with pytest.raises(ValueError, match=f"^{name}: expected .*; got "):
        call()


def test_capacity_lies_between_the_explicit_bounds():
    """floor(b / log2 b) <= M < 2 b / log2 b <= L B n (n + 1) / log2 n, for b >= 128 and n >= 2.

    Theorem: capacity-theorem.
    """
    for width, layers in ((1, 1), (8, 1), (32, 1), (16, 12)):
        n = np.unique(np.geomspace(2, 300_000, 400).astype(np.int64))
        held = (width * layers * n * (n + 1)).astype(float)
        n, held = n[held >= 128], held[held >= 128]
        most = capacity(n, width, layers)
        assert (np.floor(held / np.log2(held)) <= most).all()
        assert (most < 2 * held / np.log2(held)).all()
        assert (2 * held / np.log2(held) <= held / np.log2(n)).all()


def test_neurons_are_above_the_explicit_bound():
    """Theorem: neurons-theorem."""
    m = np.unique(np.geomspace(3, 10**12, 300).astype(np.int64))
    for bits, size in ((permutation_bits(m), 32), (two_and_bits(m, m), 8)):
        assert (neurons_needed(bits, size) > np.sqrt(m * (np.log2(m) - 1.4427) / size) - 0.5).all()


def test_shortest_strings_of_many_functions():
    """Their mean length is at least log2 N - 2, and fewer than 2^(1 - s) N have at most log2 N - s bits.

    Theorem: counting-lemma.
    """
    for count in (1, 2, 3, 6, 24, 1000, 4096, 5040):
        lengths = np.array([i.bit_length() - 1 for i in range(1, count + 1)])  # the shortest strings first
        assert lengths.mean() >= math.log2(count) - 2
        for s in (0, 0.5, 1, 3.3):
            assert np.count_nonzero(lengths <= math.log2(count) - s) < 2 ** (1 - s) * count


def test_coins_cannot_beat_counting():
    """A machine of 4 strings, whatever its coins select: expected successes are at most 4 of 6.

    Theorem: counting-coins.
    """
    family = list(itertools.permutations(range(3)))
    rng = np.random.default_rng(0)
    reached = np.array([rng.choice(6, size=4, replace=False) for _ in range(500)])
    success = np.array([(reached == i).any(axis=1).mean() for i in range(6)])
    assert math.log2(len(family)) - math.log2(1 / success.min()) <= 2


@pytest.mark.parametrize(("places", "kept", "width"), [(6, 2, 1), (12, 5, 2), (100, 10, 8), (100, 100, 3)])
def test_settings_of_a_pruned_network(places, kept, width):
    """Theorem: pruned-floor."""
    settings = sum(math.comb(places, k) * (2**width - 1) ** k for k in range(kept + 1))
    assert math.log2(settings) <= kept * (width + math.log2(math.e * places / kept))


# --- weights of any precision


def sides(functions, points):
    """How many different sets of positive values: functions of shape (K, P + 1), constant term first."""
    values = functions[:, 1:] @ points + functions[:, :1]
    return len(np.unique(values > 0, axis=1).T)


def in_order(functions):
    """Points between, on and beyond all zeros of functions of one variable."""
    slopes = functions[functions[:, 1] != 0]
    zeros = np.unique(-slopes[:, 0] / slopes[:, 1])
    if len(zeros) == 0:
        return np.zeros((1, 1))
    between = (zeros[1:] + zeros[:-1]) / 2
    return np.concatenate([[zeros[0] - 1], zeros, between, [zeros[-1] + 1]])[None]


def most_sides(K, P):
    return sum(math.comb(K, i) for i in range(P + 1))


@pytest.mark.parametrize("K", range(1, 9))
def test_sides_of_hyperplanes(K):
    """All of them on a line; on many points of the plane; constants, zeros and equal ones among them.

    Theorem: sign-patterns.
    """
    rng = np.random.default_rng(K)
    grid = np.stack(np.meshgrid(*2 * [np.linspace(-30, 30, 241)])).reshape(2, -1)
    attained = 0
    for spread in (1, 2, 50):
        line = rng.integers(-spread, spread + 1, size=(K, 2)).astype(float)
        assert sides(line, in_order(line)) <= most_sides(K, 1)
        plane = rng.integers(-spread, spread + 1, size=(K, 3)).astype(float)
        attained = max(attained, sides(plane, grid))
        assert attained <= most_sides(K, 2)
    general = np.array([[-k - 1, 1] for k in range(K)], dtype=float)
    assert sides(general, in_order(general)) == most_sides(K, 1) == K + 1
    for P in range(1, K + 1):
        assert most_sides(K, P) <= (math.e * K / P) ** P
    assert attained > 1


def test_three_lines_of_the_plane_attain_the_count():
    """Theorem: sign-patterns."""
    lines = np.array([[0, 1, 0], [0, 0, 1], [-1, 1, 1]], dtype=float)
    points = np.stack(np.meshgrid(*2 * [np.linspace(-3, 3, 61)])).reshape(2, -1)
    assert sides(lines, points) == most_sides(3, 2) == 7


def regions(m, n, layers):
    """The bound of the theorems, multiplied out: a pair of whole numbers, and how often e comes in."""
    Q, four = n * (n + 1), 1 if layers == 1 else 4
    firing, reading = layers * (layers + 1) // 2 * Q, layers * Q
    above = (four * m) ** firing * (four * m * m) ** reading
    below = (n + 1) ** firing * Q**reading
    return above, below, firing + reading


# e lies between these.
LOW, HIGH = Fraction(271828182845904523, 10**17), Fraction(271828182845904524, 10**17)


@pytest.mark.parametrize("layers", [1, 2, 3, 5])
def test_any_precision_against_whole_numbers(layers):
    """Every width below is ruled out, and this one is not: with e as a fraction, and m! multiplied out.

    Theorem: any-precision, any-precision-deep.
    """
    for m in (1, 2, 3, 4, 5, 6, 7, 10, 20, 30, 47, 100, 150, 300):
        n = neurons_at_any_precision(m, layers)
        assert n >= 1
        for width in {n - 1, n} - {0}:
            above, below, e = regions(m, width, layers)
            ruled_out = layers * (width + 1) <= m and math.factorial(m) * below > above * HIGH**e
            left = layers * (width + 1) > m or math.factorial(m) * below < above * LOW**e
            assert (ruled_out, left) == ((True, False) if width < n else (False, True)), (m, width)


def test_any_precision_at_the_edges():
    """Theorem: any-precision, any-precision-deep."""
    assert neurons_at_any_precision([1, 2, 3]).tolist() == [1, 1, 1]
    assert neurons_at_any_precision([1, 7, 10**14], [1, 8, 10**14]).tolist() == [1, 1, 1]
    assert neurons_at_any_precision(1, MOST_FEATURES) == 1
    assert isinstance(neurons_at_any_precision(5), int)
    assert neurons_at_any_precision([[10], [1000]], [1, 2, 3]).shape == (2, 3)


def test_any_precision_is_monotonic():
    m = np.unique(np.geomspace(1, 10**14, 60).astype(np.int64))
    widths = neurons_at_any_precision(m[:, None], [1, 2, 3, 4, 8, 100])
    assert (np.diff(widths, axis=0) >= 0).all() and (np.diff(widths, axis=1) <= 0).all()


def test_any_precision_where_floats_can_tell():
    """Up to 10^12, by an independent sum of logarithms.

    Theorem: any-precision, any-precision-deep.
    """
    for m in (10**3, 10**6, 10**9, 10**12):
        for layers in (1, 2, 4):
            n = neurons_at_any_precision(m, layers)
            for width, left in ((n - 2, False), (n + 2, True)):
                Q, spare = width * (width + 1), 0 if layers == 1 else math.log(4)
                nats = layers * (layers + 1) / 2 * Q * (1 + spare + math.log(m / (width + 1)))
                nats += layers * Q * (1 + spare + math.log(m) + math.log(m / Q))
                assert (math.lgamma(m + 1) <= nats) == left
            assert n == pytest.approx(math.sqrt(4 * m / (layers * (layers + 5))), rel=0.4)


def test_any_precision_beside_32_bits():
    """The numbers of the text; both are floors, and a permutation network is above both."""
    sizes = [10**3, 10**6, 10**9, 10**12]
    assert neurons_at_any_precision(sizes).tolist() == [21, 736, 24122, 776157]
    assert neurons_needed(permutation_bits(sizes)).tolist() == [16, 760, 29820, 1095737]
    assert neurons_at_any_precision(359_978) == 438 > neurons_needed(permutation_bits(359_978))


def answers_of_a_layer(inputs, reading, threshold, weights):
    """How many different tables of answers one layer of n ReLUs gives, over a grid of real weights."""
    n = reading.shape[1]
    one = np.array(list(itertools.product(weights, repeat=len(inputs) + 1)))
    fires = np.maximum(0, one[:, :-1] @ inputs + one[:, -1:])  # what one neuron gives to every input
    tables = set()
    for chosen in itertools.product(range(len(one)), repeat=n):
        tables.add((reading @ fires[list(chosen)] > threshold).tobytes())
    return len(tables)


@pytest.mark.parametrize(("m", "n"), [(3, 1), (4, 1), (4, 2), (5, 2)])
def test_answers_of_tiny_layers_one_by_one(m, n):
    """Never more tables than the proof of the theorem allows, whatever the inputs and the reading.

    Theorem: any-precision.
    """
    rng = np.random.default_rng(m + 10 * n)
    weights = np.linspace(-2, 2, 9) if n == 1 else np.array([-1.5, -0.5, 0.4, 1.0])
    above, below, e = regions(m, n, 1)
    found = []
    for _ in range(3):
        inputs, reading = rng.normal(size=(n, m)), rng.normal(size=(m, n))
        found.append(answers_of_a_layer(inputs, reading, 0.3, weights))
        assert found[-1] * below <= above * LOW**e
    assert max(found) > m


@pytest.mark.parametrize(("m", "neurons"), [(400, 400), (1000, 600)])
def test_networks_that_exist_are_not_ruled_out(m, neurons):
    """Theorem: any-precision-deep."""
    p = Permutation(np.random.default_rng(0).permutation(m))
    net = permutation_network(p, neurons, v=1, rng=np.random.default_rng(0))
    assert verify(net, p, 1).ok
    assert net.neurons >= neurons_at_any_precision(m, len(net.network.layers))
    assert net.code_in.neurons <= net.neurons
