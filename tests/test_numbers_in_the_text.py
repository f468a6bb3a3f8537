"""Numbers that stand in the prose of chapters 01 to 06 and 18: computed here, and looked for in the text.

A sentence is put together from what the library gives, and must stand in the chapter. So a number that is
changed on one side only is found, as is a sentence that was rewritten without its number.
"""

import itertools
import json
import math
from collections import Counter
from functools import cache
from math import comb
from pathlib import Path

import numpy as np
import pytest

from superpos_lib import (
    Permutation,
    TwoAnd,
    all_sparse,
    bits_with_errors,
    capacity,
    constant_weight_code,
    double_light,
    neurons_at_any_precision,
    neurons_needed,
    permutation_bits,
    permutation_network,
    random_sparse,
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
from superpos_lib.compression import weights_needed
from superpos_lib.counting import threshold_functions, two_unit_functions
from superpos_lib.two_and.assembly import clip_for

BOOK = Path(__file__).parents[1] / "book"
MILLION = 10**6


@cache
def prose(chapter):
    """The markdown of a chapter, each run of white space as one blank."""
    (path,) = BOOK.glob(f"{chapter}*.ipynb")
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return " ".join(" ".join("".join(c["source"]).split()) for c in cells if c["cell_type"] == "markdown")


def says(chapter, *sentences):
    assert sentences
    missing = [one for one in sentences if " ".join(one.split()) not in prose(chapter)]
    assert not missing, f"chapter {chapter} does not say: {missing}"


def percent(share, digits=1):
    return f"{round(100 * share, digits):g} %"


def closed_form(cases, v, threshold, failure=0.01):
    """n of the theorems in closed form, for so many cases of v overlaps each."""
    d = math.ceil(math.log(cases / failure) / threshold)
    return math.ceil(math.e**2 * v * d / threshold)


def pairwise(m, v):
    return provable_size(1, comb(m, 2), threshold=0.75 / v)


def overlaps(code):
    shared = np.asarray(code.matrix).T @ np.asarray(code.matrix)
    return shared[np.triu_indices(len(shared), 1)]


# --- 01


def test_how_many_numbers_store_a_million_features():
    n, _ = pairwise(MILLION, 2)
    small, _ = pairwise(400, 2)
    # v / threshold in the weight and once more in the width: the closed form of chapter 01.
    formula = [closed_form(m * m / 2, 1, 0.75 / 2) for m in (MILLION, 400)]
    says(
        "01",
        f"a proof that {n:,} are enough",
        f"There is the answer to the question: {n:,} numbers for a million features.",
        f"for 400 features this search asks for {small} neurons",
        f"asks for {small} neurons when $v = 2$",
        f"gives {formula[0]:,} neurons for a million features, and {formula[1]} for 400",
        f"Even {math.ceil(math.log2(1 + MILLION + comb(MILLION, 2)))} bits can list all inputs",
    )
    says(
        "02", f"stores a million features in {n:,} numbers", f"stored in {pairwise(MILLION, 1)[0]} numbers"
    )
    says("04", f"{n:,} numbers come in, {pairwise(MILLION, 1)[0]} go out", f"a million in {n:,} numbers")
    says("06", f"Chapter {{doc}}`01_superposition` proved that {n:,} are")


def test_twice_as_many_and_half_of_them_dropped():
    """In whole numbers, over every weight that could do it."""
    least = None
    for d in range(1, 200):
        s = 3 * d // 8 + 1
        n = d
        while comb(d, s) * d**s * (2 * MILLION - 1) > n**s:
            n += 1
            if least and n >= least[0]:
                break
        else:
            least = (n, d, s)
    says("01", f"the smallest $n$ is {least[0]}, with $d = {least[1]}$ and $s = {least[2]}$")
    says("01", f"needs only {least[0]} for the million")
    says("06", f"draws two million and drops half of them: {least[0]}.")


def test_when_sharing_pays():
    widths = [pairwise(MILLION, v)[0] for v in (1, 2, 4, 8)]
    factors = [f"{b / a:.1f}" for a, b in itertools.pairwise(widths)]
    for v, about in ((1, 60), (2, 500), (4, 3000), (8, 15_000)):
        assert (
            pairwise(about * 4 // 3, v)[0] < about * 4 // 3
            and pairwise(about * 3 // 4, v)[0] > about * 3 // 4
        )
    says(
        "01",
        "at about 60 features for $v = 1$, 500 for $v = 2$, 3,000 for $v = 4$ and 15,000 for $v = 8$",
        f"the neurons are {widths[0]}, {widths[1]:,}, {widths[2]:,} and {widths[3]:,}",
        f"a factor of {factors[0]}, {factors[1]}, {factors[2]}",
        f"about {math.e**2 * 4 / 0.75**2 * 2 * math.log(10):.0f} for $v = 2$",
    )


def test_the_wall_of_400_features():
    shares = {}
    for n, seed in ((64, 1), (128, 1)):
        code = constant_weight_code(400, n, 8, rng=np.random.default_rng(seed))
        for v in range(1, 6):
            Y = random_sparse(400, v, 1000, rng=np.random.default_rng(v))
            shares[n, v] = misread(code, Y, 0.75).any(axis=0).mean()
    assert shares[64, 1] == 0
    says(
        "01",
        f"With two active, {percent(shares[64, 2])} of the inputs fail, most of them by a single feature; "
        f"with three, {percent(shares[64, 3])}.",
        f"{percent(shares[128, 2])} at $v = 2$, {percent(shares[128, 3])} at 3, {percent(shares[128, 4])} "
        f"at 4, {percent(shares[128, 5])} at 5",
        f"three active: {percent(shares[64, 3])} of the inputs fail",
    )
    code = constant_weight_code(400, 128, 8, rng=np.random.default_rng(1))
    shared = overlaps(code)
    says(
        "01",
        f"its largest overlap is {int(shared.max())}",
        f"{np.count_nonzero(shared > 3)} of the code's {len(shared):,} pairs share more than 3 neurons",
    )


# --- 02


def test_the_gap():
    def crossing(v, bits, layers):
        """Where the floor passes what is enough to store, by halving on a logarithmic scale."""
        low, high = 2.0, 12.0
        while high - low > 1e-3:
            middle = (low + high) / 2
            m = round(10**middle)
            floor = neurons_needed(permutation_bits(m), bits, layers)
            low, high = (low, middle) if floor > pairwise(m, v)[0] else (middle, high)
        return 10**high

    told = [((2, 4, 1), 255_000), ((2, 8, 1), 540_000), ((2, 32, 1), 2.4e6)]
    told += [((2, 4, 4), 1.1e6), ((2, 8, 4), 2.4e6), ((2, 32, 4), 10.4e6), ((4, 32, 4), 250e6)]
    for setting, about in told:
        assert crossing(*setting) == pytest.approx(about, rel=0.04), setting
    m = 10**12
    says(
        "02",
        "from about 255,000 features on with 4 bits a parameter, 540,000 with 8, and 2.4 million with 32",
        "make it 1.1, 2.4 and 10.4 million",
        "to 250 million at most",
        f"it is {pairwise(m, 2)[0]:,} to store",
        f"at least {neurons_needed(permutation_bits(m)):,} to compute",
        f"The floor is {neurons_needed(permutation_bits(MILLION))}, and {pairwise(MILLION, 2)[0]:,}",
        f"to {neurons_needed(permutation_bits(MILLION), 8):,} at a million",
        f"At a million features it is {neurons_at_any_precision(MILLION)}.",
        f"a single layer of {pairwise(MILLION, 1)[0]} neurons with weights 0 and 1",
    )


def test_an_input_that_is_wider_than_the_layer_needs_no_floor():
    """C = I, weights 0 and 1, and fewer neurons than L B n (n + 1) >= log2(m!) would want."""
    m = 2000
    n, d = provable_size(1, comb(m, 2), threshold=0.75)
    code = constant_weight_code(m, n, d, rng=np.random.default_rng(0))
    order = np.random.default_rng(1).permutation(m)
    W = np.empty((n, m))
    W[:, order] = np.asarray(code.matrix)  # output i reads input order[i]
    read = code.decompress(W @ np.eye(m)) > 0.75
    assert (read == Permutation(order).truth(np.eye(m, dtype=bool))).all()
    floor = neurons_needed(permutation_bits(m), 1, 1)
    assert n < floor and n * (m + 1) >= permutation_bits(m)
    says(
        "04",
        f"One layer of {pairwise(MILLION, 1)[0]} neurons with weights 0 and 1",
        f"ask for {neurons_needed(permutation_bits(MILLION), 1, 1):,} neurons at one bit a weight",
        f"it has {pairwise(MILLION, 1)[0]} million weights",
    )


def test_with_one_active_feature_all_problems_are_the_same():
    for problem in (TwoAnd(4, [(0, 1), (2, 3)]), TwoAnd(4, [(0, 2), (1, 3)])):
        assert not problem.truth(all_sparse(4, 1)).any()
    one = TwoAnd(4, [(1, 0)]).truth(all_sparse(4, 2))
    assert (one == TwoAnd(4, [(0, 1)]).truth(all_sparse(4, 2))).all()
    says("02", "(With $v = 1$ every AND is 0, and all 2-AND problems are the same.)")


# --- 03


def test_bits_of_a_thousand_features():
    bits = permutation_bits(1000)
    says(
        "03",
        f"As $\\log_2(1000!) = {bits:,.1f}$, there is room for {int(bits // 8):,} bytes".replace(
            ",", "{,}", 1
        ),
        f"at most one permutation in $2^{{{int(bits - 8000)}}}$ has a file",
        f"The text, or the permutation, is {math.ceil(bits / 8):,} bytes of information",
        f"33 neurons hold $8 \\cdot 33 \\cdot 34 = {8 * 33 * 34:,}$ bits".replace(",", "{,}", 1),
        f"32 neurons hold {8 * 32 * 33:,} and are too few",
        f"16 neurons hold {32 * 16 * 17:,}",
        f"needs at least {neurons_at_any_precision(1000)}, whatever the precision",
    )
    assert 8 * 32 * 33 < bits <= 8 * 33 * 34 and neurons_needed(bits) == 16


def test_fixed_and_variable_length_differ_by_at_most_one_bit():
    for size in range(1, 300):
        fixed = next(b for b in range(20) if 2**b >= size)
        longest = next(b for b in range(20) if 2 ** (b + 1) - 1 >= size)
        assert fixed - longest == (size & (size - 1) != 0)
    says("03", "differ by at most one bit: by none if $|\\mathcal F|$ is a power of two")
    says("05", "The two conventions differ by at most one bit")


def test_functions_of_tiny_machines():
    counts = [len(threshold_functions(m, W)) for m, W in ((2, 2), (3, 3), (4, 5))]
    small = [len(threshold_functions(m, 1)) for m in (2, 3, 4)]
    two = [len(two_unit_functions(threshold_functions(m, W))) for m, W in ((3, 3), (4, 5))]
    cover = [2 * sum(comb(2**m - 1, i) for i in range(m + 1)) for m in (2, 3, 4)]
    says(
        "03",
        f"One unit: {counts[0]} of 16, then {counts[1]} of 256, then {counts[2]:,} of 65,536.",
        f"it is {small[0]}, {small[1]} and {small[2]}: short parameters cost functions",
        f"{two[0]} of the 256 functions of three, and {two[1]:,} of the 65,536",
        f"from {counts[0] / 16:.0%} to {counts[2] / 65536:.1%}".replace("%", " %"),
        f"\\log_2 161{{,}}051 = {math.log2(11**5):.1f}",
        f"the function has only {math.log2(counts[2]):.1f}",
    )
    says("04", f"a little better still: {cover[0]}, {cover[1]} and {cover[2]:,}.")
    assert (np.array(counts) <= cover).all()


def test_bits_with_errors_of_a_million_features():
    left = [bits_with_errors(MILLION, e) / permutation_bits(MILLION) for e in (0.01, 0.1, 0.5)]
    hundred = bits_with_errors(100, 0.5) / permutation_bits(100)
    says(
        "03",
        f"still need {percent(left[0])} of the bits; with 10 % wrong, {percent(left[1])}; "
        f"with half of them wrong, {percent(left[2])}.",
        f"of 100, half of them wrong, {percent(hundred)} of the bits",
        f"and `permutation_bits(52)` is {permutation_bits(52):.2f}",
    )


# --- 04


def test_the_lower_bound_in_numbers():
    hidden = math.ceil((two_and_bits(MILLION, MILLION) / 32 - 206) / (1139 + 1 + 206))
    half = math.ceil((two_and_bits(MILLION, MILLION) / 16 - 206) / (1139 + 1 + 206))
    needed = neurons_needed(two_and_bits([10**4, 10**8], [10**4, 10**8]))
    n = np.array([64, 256, 1024, 4096, 16384])
    M = capacity(n)
    growth = M[1:] / M[:-1]
    says(
        "04",
        f"Somewhere between {hidden} and a million",
        f"so twice the hidden neurons: {half:,}",
        f"10,000 times the outputs need about {needed[1] / needed[0]:.0f} times the neurons",
        f"with 32 bits, {M[0] / 64:.0f} features a neuron at $n = 64$, and {M[-1] / 16384:,.0f}",
        f"takes ${two_and_bits(MILLION, MILLION) / 1e6:.2f}$ million bits",
        f"$n = {neurons_needed(two_and_bits(10**8, 10**8), 8):,}$ at $LB = 8$".replace(",", "{,}", 1),
    )
    assert growth.min() >= 11 and growth.max() < 14.5
    assert 11.5e6 < capacity(4096, 16, 1) < 12.5e6
    set_bits = two_and_bits(24, 138, ordered=False)
    says(
        "04",
        f"The set takes at most {set_bits:.0f} bits, at 138 pairs",
        f"up to {permutation_bits(276):,.0f}.",
    )


def test_any_precision_in_numbers():
    new, old = (
        neurons_at_any_precision([1000, MILLION, 10**12]),
        neurons_needed(permutation_bits([1000, MILLION, 10**12])),
    )
    m = np.arange(1000, 3_000_000, 997)
    ahead = neurons_at_any_precision(m[::40]) >= neurons_needed(permutation_bits(m[::40]))
    last = m[::40][ahead].max()
    assert ahead[m[::40] <= last].mean() > 0.97 and 340_000 < last < 380_000
    says(
        "04",
        f"{new[0]} neurons at *any* precision, where 32 bits give {old[0]}",
        f"the bits are ahead, {old[1]} against {new[1]}",
        f"{old[2]:,} against {new[2]:,} at a trillion",
        "Up to about 360,000 features",
    )


# --- 05


def test_floors_of_compression():
    P, bits = 360_000, permutation_bits(1000)
    lists = permutation_bits(2000) - 1000
    asked = lists - 1000 * math.log2(comb(2000, 2) / 1000)
    assert weights_needed(bits, P, 256) == 447 and weights_needed(bits, P, 1) == 838
    says(
        "05",
        f"$\\log_2(2000!) - 1000 = {lists:,.0f}$ bits".replace(",", "{,}", 1),
        f"We ask for 2,000 of these {comb(2000, 2):,} inputs",
        f"*The floor* is at {bits / P:.3f} and {asked / P:.3f} bits a weight",
        f"is {math.ceil(bits):,} bits of information",
        f"that is {math.ceil(bits / 8):,} weights and biases",
        f"draw {math.ceil(bits):,} codes",
        f"{math.ceil(math.log2(math.ceil(bits)))} bits in the file say which: "
        f"{math.ceil(bits) + math.ceil(math.log2(math.ceil(bits))):,} bits",
    )


def test_seven_units_in_equal_steps():
    """Which levels tell 0 from 1 among -1, ..., 6, and which hit every whole number."""
    apart, exact = set(), set()
    for K in range(2, 257):
        table = np.linspace(-1, 6, K)
        place = [int(np.abs(table - value).argmin()) for value in range(-1, 7)]
        if place[1] != place[2]:
            apart.add(K)
        if max(min(abs(table - value)) for value in range(-1, 7)) < 1e-9:
            exact.add(K)
    assert {4, 7, 8} <= apart and not {2, 5, 6} & apart
    assert 8 in exact and 256 not in exact
    says("05", "(256 levels do not: 255 equal steps over seven units miss the whole numbers")


def against(code):
    """A permutation that sends features that overlap c_0 to outputs that overlap c_1."""
    C = np.asarray(code.matrix)
    near = [[j for j in np.argsort(-C.T @ C[:, one], kind="stable") if j != one] for one in (0, 1)]
    order = np.empty(C.shape[1], dtype=int)
    order[near[1]] = near[0]
    order[1], order[near[1][-1]] = order[near[1][-1]], 0
    return Permutation(order)


def test_a_permutation_made_against_the_code():
    def network(p):
        return permutation_network(p, 600, v=1, rng=np.random.default_rng(7))

    first = Permutation(np.random.default_rng(0).permutation(1000))
    assert verify(network(first), first, 1).ok
    made = against(network(first).code_in)
    assert (network(made).code_in.matrix == network(first).code_in.matrix).all()
    assert verify(network(made), made, 1).failures >= 1
    for seed in range(1000, 1010):
        other = Permutation(np.random.default_rng(seed).permutation(1000))
        assert verify(network(other), other, 1).ok
    says("05", "is wrong on an input. It takes bad intent: of 200 random permutations", "none was wrong")


# --- 06


def test_sizes_of_codes():
    cases = (MILLION - 2) * comb(MILLION, 2)
    n, d = provable_size(2, cases, threshold=0.75)
    small, _ = provable_size(2, 398 * comb(400, 2), threshold=0.75)
    code = constant_weight_code(400, 220, 12, rng=np.random.default_rng(0))
    y, j = worst_input(code, 2)
    assert code.decompress(code.compress(y))[j] == pytest.approx(0.75)
    says(
        "06",
        f"a proof that {n} do",
        f"the search finds {n} neurons and weight {d}",
        f"it gives {closed_form(cases, 2, 0.75):,} neurons",
        f"`provable_size` asks for {small} neurons here",
        f"`provable_size` asks for {small} neurons. The code with seed 0 has 220",
        f"$17^5 = {17**5:,}$ features in $11 \\cdot 17 = {11 * 17}$ neurons".replace(",", "{,}", 2),
        f"so $n \\ge {math.ceil(math.log2(comb(MILLION, 2)) / math.log2(3))}$",
    )


def test_the_law_in_numbers():
    ones = {d: 1 / interference_law(128, d, 2)[3 * d // 4 + 1 :].sum() for d in (4, 8, 16, 32)}
    says(
        "06",
        f"is 1 in {round(ones[4], -2):,.0f} for $d = 4$, 1 in {round(ones[8], -3):,.0f} for $d = 8$, "
        f"1 in {round(ones[16], -2):,.0f} for $d = 16$ and 1 in {ones[32]:.0f} for $d = 32$",
    )
    for n, v, best in ((128, 2, 8), (128, 4, 4), (256, 4, 8)):
        tails = {d: interference_law(n, d, v)[3 * d // 4 + 1 :].sum() for d in (4, 8, 16, 32)}
        assert min(tails, key=tails.get) == best
    says("06", "The best of the four weights is 8 for $n = 128, v = 2$ and again for $n = 256, v = 4$")
    ratio = interference_bound(192, 12, 4, 0.75) / interference_law(192, 12, 4)[10:].sum()
    says("06", f"The bound gives away a factor of {ratio:.0f} at $n = 192$")


def test_where_reading_begins_to_work():
    def first(v, hits):
        n = 12
        while 1000 * interference_law(n, 12, v)[hits:].sum() > 0.01:
            n += 1
        return n

    told = {(1, 10): 37, (2, 10): 123, (4, 10): 295, (8, 10): 641}
    told |= {(1, 7): 117, (2, 7): 319, (4, 7): 722, (8, 7): 1530}
    for (v, hits), n in told.items():
        assert first(v, hits) == pytest.approx(n, rel=0.03), (v, hits)
    says("06", "at about $n$ = 37, 123, 295 and 641", "it takes 117, 319, 722 and 1,530 neurons")


def test_light_columns_in_numbers():
    law = {w: binomial_law(3 * w, 12 / 128)[3 * w // 4 + 1 :].sum() for w in (3, 4, 5, 20)}
    light = [law[w] for w in (3, 4, 5)]
    assert min(light) >= 0.02 and max(light) <= 0.055
    assert 1 / law[20] == pytest.approx(10_000, rel=0.15)
    factor = 0.75 / (1 - math.exp(-0.75))
    says("06", f"For $\\theta = \\frac34$ that is {factor:.2f} times as many neurons.", "on 1 in 10,000")


# --- 18


def test_graded_strengths_in_numbers():
    for v, digits in ((2, 2), (3, 3)):
        clip = clip_for(v, quiet=False)
        slope = round(clip.on - clip.off, 2)
        edge = clip.off + clip.read_out * slope
        says("18", f"${clip.off} + {clip.read_out} \\cdot {slope} = {edge:.{digits}f}$")


def test_inputs_that_a_code_writes_alike():
    """No network is right on all of them: the least number of wrong inputs, for the codes of question 4."""
    Y, problem = all_sparse(20, 2), random_two_and(20, 20, rng=np.random.default_rng(0))
    T = problem.truth(Y)
    least = {}
    for n in (12, 20):
        for seed in range(3):
            X = constant_weight_code(20, n, 4, rng=np.random.default_rng(seed)).compress(Y)
            pairs = Counter((x.tobytes(), t.tobytes()) for x, t in zip(X.T, T.T, strict=True))
            best = {}
            for (x, _), count in pairs.items():
                best[x] = max(best.get(x, 0), count)
            least[n, seed] = Y.shape[1] - sum(best.values())
    built = [double_light(problem, 12, v=2, rng=np.random.default_rng(seed)) for seed in range(3)]
    wrong = {verify(net, problem, 2).failures for net in built}
    says(
        "18",
        f"With cross-entropy it is wrong on {least[12, 0]}, {least[12, 1]} and {least[12, 2]}",
        f"{least[20, 0]}, {least[20, 1]} and {least[20, 2]} with cross-entropy",
        f"is wrong on {wrong.pop()}, nine of ten",
    )
    assert not wrong


def test_the_heuristic_of_question_1():
    constant = math.sqrt(2 * 6) / 0.75 * math.sqrt(2 / 3 * math.log(2))
    says("18", f"\\approx {constant:.1f} \\sqrt{{m' \\log_2 m'}}")
    says("18", f"grows by a factor of only {math.sqrt(math.log(800) / math.log(100)):.1f}")


def test_features_that_two_real_layers_can_compute():
    twelve, one = capacity(768, 16, 12), capacity(12_288, 16, 1)
    for n, layers, features in ((768, 12, twelve), (12_288, 1, one)):
        bits = layers * 16 * n * (n + 1)
        assert math.lgamma(features + 1) <= bits * math.log(2) < math.lgamma(features + 2)
    says("04", f"some {round(twelve / (12 * 768), -1):.0f} features for each neuron of the twelve layers")
    says("04", f"some {round(one / 12_288, -2):,.0f} for each of the one")


def test_every_chapter_says_what_follows_for_whoever_trains_or_reads_networks():
    chapters = sorted(BOOK.glob("[01]*.ipynb"))[:-1]  # the last one has open questions
    assert len(chapters) > 15
    for path in chapters:
        assert "## So what?" in prose(path.stem), path.stem
