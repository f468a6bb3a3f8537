"""Packed matrices against a definition written out by hand; the floors of counting against exhaustion."""

import heapq
import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from some import some

from superpos_lib import (
    Code,
    Permutation,
    SuperposedNetwork,
    double_light,
    matching,
    permutation_bits,
    permutation_network,
    verify,
)
from superpos_lib.compression import multiplied_out, pack, weights_needed, with_weights
from superpos_lib.figures.compression import cliff, what_is_left
from superpos_lib.permutation import permutation_product, threshold_network


def random_matrix(seed, shape=(7, 9)):
    return np.random.default_rng(seed).normal(size=shape)


# --- the file format


@pytest.mark.parametrize("levels", [1, 2, 3, 16])
@pytest.mark.parametrize("kept", [0.001, 0.3, 1.0])
@pytest.mark.parametrize("seed", range(3))
def test_pack_is_what_the_book_defines(levels, kept, seed):
    W = random_matrix(seed)
    packed, count = pack(W, levels, kept), max(1, round(kept * W.size))
    medians = [sorted(row)[len(row) // 2] for row in W.tolist()]
    rest = [[w - a for w in row] for row, a in zip(W.tolist(), medians, strict=True)]
    flat = sorted((abs(x), r, s) for r, row in enumerate(rest) for s, x in enumerate(row))[-count:]
    chosen = {(r, s) for _, r, s in flat}
    values = [rest[r][s] for r, s in chosen]
    if levels == 1:
        table = [sum(values) / count]
    else:
        step = (max(values) - min(values)) / (levels - 1)
        table = [min(values) + k * step for k in range(levels)]
    assert packed.kept == count and {tuple(at) for at in np.argwhere(packed.places)} == chosen
    assert np.allclose(packed.levels, table, atol=1e-5)
    for r, row in enumerate(rest):
        goes = [
            min(table, key=lambda a, x=x: abs(a - x)) if (r, s) in chosen else 0 for s, x in enumerate(row)
        ]
        moved = np.mean(W[r]) - np.mean(goes)
        assert np.allclose(packed.weights[r], np.array(goes) + moved, atol=1e-5)


@pytest.mark.parametrize("levels", [1, 3, 4, 256])
@pytest.mark.parametrize("kept", [0.1, 0.5, 1.0])
def test_bits(levels, kept):
    W = random_matrix(5, (6, 10))
    packed, k = pack(W, levels, kept), round(60 * kept)
    states = math.comb(60, k)
    assert packed.mask_bits == (states - 1).bit_length()
    assert packed.value_bits == (levels**k - 1).bit_length()
    assert packed.side_bits == 32 * (6 + min(levels, 2))
    assert packed.bits == packed.mask_bits + packed.value_bits + packed.side_bits
    ways = math.factorial(60)
    for entry in range(levels + 1):
        ways //= math.factorial(np.count_nonzero(packed.places == entry))
    assert packed.entropy_bits == (ways - 1).bit_length() + 6 * (levels + 1) + packed.side_bits


def test_few_different_weights_are_stored_exactly():
    W = random_matrix(0, (5, 1)) + np.random.default_rng(1).integers(0, 4, (5, 40)) / 7
    units = 7 * (W - np.median(W, axis=1)[:, None])
    assert np.allclose(pack(W, 1 + round(np.ptp(units))).weights, W, atol=1e-6)
    assert np.allclose(pack(np.full((3, 4), 2.5), 1, 0.5).weights, 2.5)


def test_equal_weights_are_removed_all_over_the_matrix():
    W = np.tile([0.0, 0, 0, 1], (50, 1))
    by_row = (pack(W, 1, 1 / 8).places > 0).sum(axis=1)
    assert by_row.sum() == 25 and 5 < by_row[:25].sum() < 20


def test_with_weights_changes_one_layer_and_nothing_else():
    problem = matching(40)
    net = double_light(problem, 60, v=2, rng=np.random.default_rng(0))
    W = multiplied_out(net)
    left, right = net.network.layers[0].factors
    assert np.allclose(W, left @ right) and W.shape == (60, 60)
    same = with_weights(net, W)
    assert verify(same, problem, 2).ok and same.network.layers[1] is net.network.layers[1]
    assert not verify(with_weights(net, np.zeros_like(W)), problem, 2).ok
    assert multiplied_out(with_weights(net, 2 * np.eye(60), layer=1), 1)[0, 0] == 2


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("weights", lambda: pack([[float("nan")]], 2)),
        ("weights", lambda: pack("abc", 2)),
        ("weights", lambda: pack(np.zeros((0, 3)), 2)),
        ("levels", lambda: pack(np.eye(2), 0)),
        ("levels", lambda: pack(np.eye(2), 2.0)),
        ("levels", lambda: pack(np.eye(2), 2**16 + 1)),
        ("kept", lambda: pack(np.eye(2), 2, 0)),
        ("kept", lambda: pack(np.eye(2), 2, 1.1)),
        ("network", lambda: multiplied_out(np.eye(2))),
        ("layer", lambda: multiplied_out(own(Permutation([1, 0])), 2)),
        ("layer", lambda: with_weights(own(Permutation([1, 0])), np.eye(2), -1)),
        ("weights", lambda: with_weights(own(Permutation([1, 0])), np.eye(2)[:, :1])),
        ("bits", lambda: weights_needed(float("nan"), 10)),
        ("bits", lambda: weights_needed(-1, 10)),
        ("bits", lambda: weights_needed(1000, 10)),
        ("places", lambda: weights_needed(1, 0)),
        ("levels", lambda: weights_needed(1, 10, 0)),
    ],
)
def test_bad_arguments(name, call):
    with pytest.raises(ValueError, match=rf"^{name}: expected .*; got "):
        call()


# --- the theorems


@pytest.mark.parametrize("places", [1, 2, 7, 20])
@pytest.mark.parametrize("levels", [1, 2, 5])
def test_weights_needed_by_trying_all(places, levels):
    states = [math.comb(places, k) * levels**k for k in range(places + 1)]
    for family in some(range(1, 3 * max(states), max(1, max(states) // 200))):
        enough = [k for k, count in enumerate(states) if count >= family]
        bits = math.log2(family) - 1e-9  # a family that fits exactly must not be lost to rounding
        if enough:
            assert weights_needed(max(bits, 0), places, levels) == enough[0]
        else:
            with pytest.raises(ValueError, match=r"^bits: "):
                weights_needed(bits, places, levels)


def entropy(share):
    return -sum(x * math.log2(x) for x in (share, 1 - share) if x)


def test_share_that_is_kept():
    """Theorem: pruned-floor."""
    for P in (1, 2, 9, 40):
        for k in range(P + 1):
            assert math.log2(math.comb(P, k)) <= P * entropy(k / P) + 1e-9
    for K in (1, 2, 7, 256):
        top = K / (K + 1)
        g = [entropy(x) + x * math.log2(K) for x in np.linspace(0, top, 400)]
        assert g[0] == 0 and math.isclose(g[-1], math.log2(K + 1)) and (np.diff(g) > 0).all()
        after = [entropy(x) + x * math.log2(K) for x in np.linspace(top, 1, 400)]
        assert max(after) <= g[-1] + 1e-12


@pytest.mark.parametrize("size", [1, 2, 3, 5, 24, 100, 120])
def test_no_prefix_code_is_shorter_on_average(size):
    """Theorem: average-floor."""
    lengths = [(1, [i]) for i in range(size)]  # Huffman's code, the shortest there is
    word = [0] * size
    heapq.heapify(lengths)
    while len(lengths) > 1:
        (a, x), (b, y) = heapq.heappop(lengths), heapq.heappop(lengths)
        for i in x + y:
            word[i] += 1
        heapq.heappush(lengths, (a + b, x + y))
    assert sum(Fraction(1, 2**length) for length in word) <= 1
    assert math.log2(size) <= sum(word) / size + 1e-12 < math.log2(size) + 0.1


@pytest.mark.parametrize("seed", range(20))
def test_few_files_serve_few_permutations_even_with_errors(seed):
    """A machine with random answers: no more permutations are served than the theorem allows.

    Theorem: random-floor.
    """
    rng, m = np.random.default_rng(seed), 5
    family = np.array(list(itertools.permutations(range(m))))
    tables = (
        rng.integers(0, m, (2 ** int(rng.integers(1, 4)), m))
        if seed % 2
        else family[rng.permutation(120)[:8]]
    )
    wrong = (family[:, None] != tables).sum(axis=2).min(axis=1)
    for j in some(range(m + 1)):
        assert (wrong <= j).sum() <= len(tables) * math.factorial(m) // math.factorial(m - j)


def test_one_file_serves_two_permutations_of_four_at_most():
    """The solution of an exercise: with one of four answers wrong, twelve files are needed."""
    family = np.array(list(itertools.permutations(range(4))))
    served = [(np.array(t) == family).sum(axis=1) >= 3 for t in itertools.product(range(4), repeat=4)]
    assert max(s.sum() for s in served) == 2
    left, files = np.ones(24, dtype=bool), 0
    for s in served:  # greedy: disjoint pairs of permutations
        if (s & left).sum() == 2:
            left, files = left & ~s, files + 1
    assert files == 12 and not left.any()


def own(p):
    """The permutation network with a neuron for each feature: 0/1 weights but for a factor."""
    code = Code(np.eye(p.inputs))
    network = threshold_network(permutation_product(p, code, centred=False, echo=True))
    return SuperposedNetwork(code, network, code, 1, 0.7)


def packed_files(build, m, levels, kept):
    """For every permutation of m features: its file's content, and how many one-hot inputs fail."""
    files, wrong, sizes = [], [], set()
    for order in itertools.permutations(range(m)):
        net = build(Permutation(list(order)))
        packed = pack(multiplied_out(net), levels, kept)
        files.append(packed.weights.tobytes())
        wrong.append(verify(with_weights(net, packed.weights), Permutation(list(order)), 1).failures)
        sizes.add(packed.bits)
    assert len(sizes) == 1  # files of one length
    return files, np.array(wrong), sizes.pop()


@pytest.mark.parametrize(
    ("levels", "kept", "right"),
    [(2, 1.0, 6), (1, 6 / 36, 6), (1, 5 / 36, 5), (1, 2 / 36, 2), (1, 1 / 36, 1)],
)
def test_never_below_the_floor_all_permutations_of_six(levels, kept, right):
    """Theorem: levels-floor."""
    files, wrong, bits = packed_files(own, 6, levels, kept)
    assert (wrong == 6 - right).all()
    different = len(set(files))
    assert (wrong == 0).sum() <= different
    assert different >= math.factorial(right)
    assert bits >= math.log2(math.factorial(right))
    if right < 2:  # 36 places for one weight, 720 permutations: some file must be wrong for all but one
        assert different <= 36 and files.count(files[0]) > 1


def superposed(p):
    """Five features in 60 neurons, in a code that all permutations share."""
    return permutation_network(p, 60, v=1, rng=np.random.default_rng(1))


@pytest.mark.parametrize(("levels", "kept"), [(256, 1.0), (16, 0.5), (2, 0.05), (1, 1 / 3600)])
def test_never_below_the_floor_in_superposition(levels, kept):
    """Theorem: levels-floor."""
    files, wrong, bits = packed_files(superposed, 5, levels, kept)
    assert (wrong == 0).sum() <= len(set(files))
    if (levels, kept) == (256, 1.0):
        assert (wrong == 0).sum() == 120 == len(set(files)) and bits >= permutation_bits(5)
    if kept == 1 / 3600:
        assert (wrong > 0).any()


@pytest.mark.parametrize("seed", range(6))
def test_random_problems_stay_above_the_floor(seed):
    rng = np.random.default_rng(seed)
    p = Permutation(rng.permutation(300))
    net = permutation_network(p, 500, v=1, rng=rng)
    W, surviving = multiplied_out(net), []
    for levels, kept in itertools.product((1, 2, 8, 256), (0.01, 0.05, 0.1, 0.3, 1.0)):
        packed = pack(W, levels, kept)
        if verify(with_weights(net, packed.weights), p, 1).ok:
            surviving.append(min(packed.bits, packed.entropy_bits))
    assert len(surviving) > 3 and min(surviving) >= permutation_bits(300)


# --- the pictures


@pytest.mark.parametrize("chosen", [(1.05, 0.0), (8.05, 1.0)])
def test_cliff(layout, drawn, chosen):
    curves = [("levels", (1.05, 8.05), (0, 1)), ("weights", (0.2, 3), (0, 1))]
    figure = drawn(cliff(curves, (np.array([0, 0.02]), np.array([0, 1])), chosen, "cliff"))
    assert figure.get_suptitle() == "cliff"
    (axes,) = figure.axes
    assert [line.get_label() for line in axes.lines[:3]] == ["floor, by counting", "levels", "weights"]
    assert axes.lines[1].get_xydata().tolist() == [[1.05, 0], [8.05, 1]]
    assert axes.lines[3].get_xydata().tolist() == [list(chosen)]
    assert f"{chosen[0] / 0.02:.0f} times" in [text.get_text() for text in axes.texts]


@pytest.mark.parametrize("kept", [0.01, 0.5, 1.0])
def test_what_is_left(layout, drawn, kept):
    W = random_matrix(0, (40, 50))
    packed = pack(W, 4, kept)
    before, after = W - np.median(W, axis=1)[:, None], packed.weights - packed.constants[:, None]
    blocks = [("mask", 0.88), ("values", 8 * kept), ("side", 0.05)]
    figure = drawn(what_is_left(before, after, packed.places > 0, blocks, 0.02, "left"))
    assert figure.get_suptitle() == "left"
    above, below, bar = figure.axes
    assert [patch.get_data().values.sum() for patch in above.patches] == [2000, packed.kept]
    assert [patch.get_data().values.sum() for patch in below.patches] == [packed.kept]
    assert [round(patch.get_width(), 9) for patch in bar.patches] == [0.88, 8 * kept, 0.05]
    assert bar.get_xlim()[1] >= 0.93 + 8 * kept
