"""The inequalities of the chapter on influence, each by a count or a simulation of its own."""

import itertools
import math

import numpy as np
import pytest
from some import some

from superpos_lib import TwoAnd, clique, hubs, power_law, random_two_and, split_by_influence, verify
from superpos_lib.two_and.assembly import assemble
from superpos_lib.two_and.channels import channel_matrix
from superpos_lib.two_and.width import light_inputs


def influences(problem):
    """Counted pair by pair."""
    f = [0] * problem.inputs
    for a, b in problem.pairs.tolist():
        f[a] += 1
        f[b] += 1
    return f


def circle(m, degree):
    """Every input in `degree` pairs: neighbours on a circle, and the opposite one if it is odd."""
    pairs = [(j, (j + s) % m) for j in range(m) for s in range(1, degree // 2 + 1)]
    if degree % 2:
        pairs += [(j, j + m // 2) for j in range(m // 2)]
    return TwoAnd(m, pairs)


def every_problem(m):
    pairs = list(itertools.combinations(range(m), 2))
    for size in range(1, len(pairs) + 1):
        for chosen in itertools.combinations(pairs, size):
            yield TwoAnd(m, chosen)


LARGE = [
    clique(30),
    hubs(7, 90),
    power_law(300, 2000, rng=np.random.default_rng(0)),
    random_two_and(400, 900, rng=np.random.default_rng(0)),
    circle(100, 7),
]


@pytest.mark.parametrize("problem", [*every_problem(4), *LARGE])
def test_how_many_inputs_can_be_influential(problem):
    """Theorem: thm-influence-count, thm-influence-half."""
    f, outputs = influences(problem), problem.outputs
    assert f == problem.influence.tolist() and sum(f) == 2 * outputs
    for t in np.arange(0.25, outputs + 1, 0.25):
        above = sum(k > t for k in f)
        assert above <= 2 * outputs / (math.floor(t) + 1) < 2 * outputs / t
        if t * t > outputs:
            assert above < outputs / t / (1 - outputs / t**2)
    for tau in (0, 0.25, 0.5, 0.75, 1):
        assert sum(k > outputs**tau for k in f) < 2 * outputs ** (1 - tau)


@pytest.mark.parametrize(("m", "degree"), [(7, 2), (7, 4), (8, 3), (9, 6), (8, 7), (50, 49)])
def test_equal_influences_attain_the_count(m, degree):
    """Theorem: thm-influence-count."""
    problem = circle(m, degree)
    assert set(influences(problem)) == {degree}
    t = degree - 1
    assert sum(k > t for k in influences(problem)) == 2 * problem.outputs / (t + 1)


def test_the_second_count_is_about_sharp_for_hubs():
    """Theorem: thm-influence-half."""
    for spokes in (20, 100, 400):
        problem = hubs(5, spokes)
        t = spokes - 1
        bound = problem.outputs / t / (1 - problem.outputs / t**2)
        assert bound > 5 and (spokes < 400 or bound < 5.2)


def test_cases_as_the_definition_has_them():
    for problem in some([*every_problem(4), *LARGE]):
        low, high = problem.outputs**0.25, problem.outputs**0.75
        kind = ["light" if k <= low else "super" if k > high else "heavy" for k in influences(problem)]
        names = {
            ("light", "light"): "double_light",
            ("heavy", "heavy"): "double_heavy",
            ("heavy", "light"): "mixed",
        }
        cases = split_by_influence(problem).cases
        for i, (a, b) in enumerate(some(problem.pairs.tolist())):
            right = names.get(tuple(sorted((kind[a], kind[b]))), "super_heavy")
            assert [name for name, those in cases.items() if i in those] == [right]


def test_what_three_constructions_bear_on_average():
    """Theorem: thm-influence-bear."""
    rng = np.random.default_rng(0)
    outputs, L, A = 10_000, 6, 28 / 6
    n = round(A * outputs**0.5 * L)
    bears = 2 / A * outputs**0.5
    # 1. output channels of random pairs of many inputs: hardly an input is met twice in a row
    channels = rng.random((outputs, n)).argsort(axis=1)[:, :L]
    pairs = random_two_and(100_000, outputs, rng=rng).pairs
    keys = np.unique(channels.ravel() * 100_000 + np.repeat(pairs, L, axis=0).T.reshape(2, -1))
    load = np.bincount(keys // 100_000, minlength=n)
    assert load.mean() <= bears * (1 + 1e-12) and load.mean() > 0.98 * bears
    # 2. input channels, of the largest influence that is not heavy yet
    M = 20
    q = math.sqrt(M / n)
    t = math.sqrt(A * M / L) * outputs**0.25
    heavy = int(2 * outputs / t)
    sets = rng.random((heavy, n)).argsort(axis=1) < round(q * n)
    assert sets.sum(axis=0).mean() <= bears * 1.01
    meets = [(sets[a] & sets[b]).sum() for a, b in rng.integers(heavy, size=(2000, 2)) if a != b]
    assert abs(np.mean(meets) - M) < 0.5
    # 3. channels inside a channel of the usual size, at the largest influence it bears
    f = int(2 * math.sqrt(M / (A * L)) * outputs**0.75)
    inside = round(q * n)
    load = np.bincount(rng.random((f, inside)).argsort(axis=1)[:, :L].ravel(), minlength=inside)
    assert load.mean() == pytest.approx(bears, rel=0.02)
    assert load.mean() == f * L / inside


def test_from_some_size_on_there_is_always_a_cut_off():
    def both(outputs):
        return (28 / 6) ** 0.5 * (20 / 6) ** 0.5 * outputs**0.25 <= 28 / 6 / 16 * outputs**0.5

    assert not both(33_400) and both(33_500)


def test_the_librarys_light_inputs_cover_a_sixteenth_of_the_rows():
    problem = power_law(3000, 3000, rng=np.random.default_rng(0))
    light = light_inputs(problem, 1534, 2)
    assert set(np.flatnonzero(light)) == {
        j for j, k in enumerate(influences(problem)) if k <= 3000**0.25 or 6 * k <= 1534 / 16
    }


def test_six_outputs_in_five_rows_and_why_the_first_attempt_fails():
    problem = hubs(2, 3)

    def fails(channels, rows):
        net = assemble(problem, channel_matrix(channels, rows), 8, v=2, rng=np.random.default_rng(0))
        return verify(net, problem, 2).failures

    assert fails([[0, 1], [2, 3], [4, 5], [1, 2], [3, 4], [0, 5]], 6) == 7
    assert fails([[0, 1], [2, 3], [4, 0], [1, 2], [3, 4], [0, 2]], 5) == 7
    assert fails([[0, 1], [0, 2], [1, 2], [2, 3], [2, 4], [3, 4]], 5) == 0
