"""Problems against counting by hand, and the split of outputs into cases against its definition."""

import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from superpos_lib import (
    Permutation,
    TwoAnd,
    clique,
    hubs,
    matching,
    power_law,
    random_two_and,
    regular,
    split_by_influence,
)


def rng(seed=0):
    return np.random.default_rng(seed)


def test_truth_of_every_input_of_a_small_problem():
    problem = TwoAnd(4, [(0, 1), (3, 1), (2, 0)])
    for y in itertools.product([0, 1], repeat=4):
        expected = [y[0] == 1 and y[1] == 1, y[3] == 1 and y[1] == 1, y[2] == 1 and y[0] == 1]
        assert problem.truth(np.array(y)).tolist() == expected


def test_truth_of_a_batch_is_the_truth_of_its_columns():
    problem = clique(5)
    Y = rng().random((5, 7)) < 0.5
    T = problem.truth(Y)
    assert T.dtype == bool and T.shape == (10, 7)
    assert all((T[:, k] == problem.truth(Y[:, k])).all() for k in range(7))
    assert problem.truth(Y[:, :0]).shape == (10, 0)


@given(st.permutations(list(range(7))), st.permutations(list(range(7))))
def test_permutations_compose(a, b):
    a, b = Permutation(a), Permutation(b)
    y = np.arange(7) % 3 == 0
    assert (a.then(b).truth(y) == b.truth(a.truth(y))).all()
    inverse = Permutation(np.argsort(a.order))
    assert (a.then(inverse).order == np.arange(7)).all()


@given(st.integers(2, 12), st.data())
def test_random_two_and_is_any_list_of_different_pairs(m, data):
    outputs = data.draw(st.integers(1, m * (m - 1) // 2))
    problem = random_two_and(m, outputs, rng=rng(data.draw(st.integers(0, 99))))
    assert problem.outputs == outputs and problem.influence.sum() == 2 * outputs
    assert len({frozenset(pair) for pair in problem.pairs.tolist()}) == outputs


def test_random_pairs_are_uniform():
    counts = np.zeros((6, 6))
    for seed in range(3000):
        (a, b) = random_two_and(6, 1, rng=rng(seed)).pairs[0]
        counts[min(a, b), max(a, b)] += 1
    seen = counts[np.triu_indices(6, 1)]
    # Chi-squared with 14 degrees of freedom: 36.1 is its 99.9 % point.
    assert ((seen - 200) ** 2 / 200).sum() < 36.1


def test_pairs_of_a_million_inputs_are_in_range():
    problem = random_two_and(1_000_000, 100_000, rng=rng())
    assert problem.pairs.min() >= 0 and problem.pairs.max() < 1_000_000
    assert problem.pairs.max() > 999_900


@pytest.mark.parametrize("m", [2, 3, 10, 65])
def test_clique_is_all_pairs(m):
    problem = clique(m)
    assert sorted(map(tuple, problem.pairs.tolist())) == sorted(itertools.combinations(range(m), 2))


def test_matching_and_hubs():
    assert (matching(10).influence == 1).all()
    star = hubs(1, 9)
    assert star.inputs == 10 and star.influence.tolist() == [9] + [1] * 9
    many = hubs(4, 5)
    assert many.influence.tolist() == [5] * 4 + [1] * 20
    assert all(many.influence[hub] == 5 for hub in many.pairs[:, 0])


def test_regular_problems_have_one_influence_at_every_size():
    for m in range(2, 9):
        for f in range(1, m):
            if m * f % 2:
                with pytest.raises(ValueError, match=r"^influence: expected an even number"):
                    regular(m, f, rng=rng())
                continue
            problem = regular(m, f, rng=rng(m))
            assert problem.influence.tolist() == [f] * m and 2 * problem.outputs == m * f
    large = regular(500, 4, rng=rng(1))
    assert (large.influence == 4).all()


def test_regular_problems_are_drawn():
    """Of the three matchings of four inputs each comes about equally often, and few neighbours stay."""
    seen = [frozenset(map(frozenset, regular(4, 1, rng=rng(k)).pairs.tolist())) for k in range(300)]
    assert sorted(seen.count(one) > 70 for one in set(seen)) == [True] * 3
    a, b = regular(400, 2, rng=rng()).pairs.T
    assert np.mean(np.minimum((a - b) % 400, (b - a) % 400) == 1) < 0.05


@pytest.mark.parametrize(
    ("m", "outputs", "exponent"),
    [(50, 1225, 1.0), (50, 20, 3.0), (5000, 4000, 1.0), (5000, 100, 0.8)],
)
def test_power_law_gives_different_pairs_and_decreasing_influence(m, outputs, exponent):
    problem = power_law(m, outputs, exponent=exponent, rng=rng(1))
    assert problem.outputs == outputs
    first, last = problem.influence[: m // 10].mean(), problem.influence[-m // 2 :].mean()
    assert first >= last if outputs == m * (m - 1) // 2 else first > last


def test_power_law_by_both_ways_of_drawing_has_the_same_influence(monkeypatch):
    import superpos_lib.problems as problems

    def mean_influence():
        return np.mean([power_law(40, 60, rng=rng(seed)).influence for seed in range(200)], axis=0)

    listed = mean_influence()
    monkeypatch.setattr(problems, "_LISTED_PAIRS", 0)
    drawn = mean_influence()
    assert np.abs(listed - drawn).max() < 0.7 and abs(listed[0] - drawn[0]) < 0.7


def by_definition(problem):
    """The case of every output, with m'^(1/4) and m'^(3/4) compared as fractions of fourth powers."""
    m = problem.outputs
    influence = [sum(j in pair for pair in problem.pairs.tolist()) for j in range(problem.inputs)]
    light = [Fraction(k) ** 4 <= m for k in influence]
    over = [Fraction(k) ** 4 > m**3 for k in influence]
    cases = []
    for a, b in problem.pairs.tolist():
        if over[a] or over[b]:
            cases.append("super_heavy")
        elif light[a] and light[b]:
            cases.append("double_light")
        elif light[a] or light[b]:
            cases.append("mixed")
        else:
            cases.append("double_heavy")
    return cases


@pytest.mark.parametrize(
    "problem",
    [
        TwoAnd(2, [(0, 1)]),
        matching(64),
        clique(17),
        hubs(1, 16),
        hubs(1, 300),
        hubs(3, 50),
        hubs(16, 16),  # 256 outputs: influence 16 = 256^(1/2), and m'^(1/4) = 4 exactly
        random_two_and(30, 81, rng=rng(2)),
        power_law(60, 500, rng=rng(3)),
        power_law(400, 1000, exponent=1.5, rng=rng(4)),
    ],
    ids=lambda problem: f"{problem.inputs}-{problem.outputs}",
)
def test_every_output_gets_exactly_its_case(problem):
    split = split_by_influence(problem)
    found = np.empty(problem.outputs, dtype=object)
    for name, outputs in split.cases.items():
        assert all(case is None for case in found[outputs])
        found[outputs] = name
    assert found.tolist() == by_definition(problem)
    inputs = np.concatenate([split.light, split.heavy, split.super_heavy_inputs])
    assert sorted(inputs.tolist()) == list(range(problem.inputs))


def test_the_cut_offs_are_exact_at_fourth_powers():
    # m' = 81: light up to influence 3 exactly, super-heavy above 27 exactly.
    pairs = [(0, 10 + k) for k in range(27)] + [(1, 10 + k) for k in range(28)]
    pairs += [(2, 10 + k) for k in range(3)] + [(3, 100 + k) for k in range(23)]
    split = split_by_influence(TwoAnd(200, pairs))
    assert len(pairs) == 81
    assert split.super_heavy_inputs.tolist() == [1]
    assert 0 in split.heavy and 2 in split.light


def test_few_inputs_are_heavy():
    # At most 2 m'^(1 - t) inputs have influence above m'^t, since influence adds up to 2 m'.
    for seed in range(20):
        problem = power_law(300, 2000, exponent=1 + seed / 20, rng=rng(seed))
        for t in (0.25, 0.5, 0.75):
            above = np.count_nonzero(problem.influence > problem.outputs**t)
            assert above < 2 * problem.outputs ** (1 - t)


@pytest.mark.parametrize("larger", [2, 3, 1000, 94_906_267, 400_000_000, 1_500_000_001])
def test_a_pair_has_the_right_number_even_where_square_roots_are_rounded(larger):
    from superpos_lib.problems import _pairs_at

    first = larger * (larger - 1) // 2
    index = np.array([first - 1, first, first + 1, first + larger - 1])
    found = [(larger - 2, larger - 1), (0, larger), (1, larger), (larger - 1, larger)]
    assert [tuple(pair) for pair in _pairs_at(index, larger + 2).tolist()] == found
