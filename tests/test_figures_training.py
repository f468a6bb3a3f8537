"""Pictures of trained networks: every cell and every point is what was given."""

import io

import matplotlib
import numpy as np
import pytest

from superpos_lib import matching
from superpos_lib.explore import COMMON, LAYOUTS
from superpos_lib.figures.style import SHOWN
from superpos_lib.figures.training import in_rows, learning, lifts, listening, with_partners

LEVELS = np.array([[0, 1, 2, 2], [2, 2, 0, 0], [1, 0, 0, 0]])


@pytest.fixture(params=LAYOUTS)
def drawn(request):
    with matplotlib.rc_context({**COMMON, **LAYOUTS[request.param]}):
        yield lambda figure: figure.savefig(io.BytesIO(), format="svg") or figure


def cells(axes):
    (mesh,) = axes.collections
    return np.asarray(mesh.get_array())


def test_levels_say_who_listens_and_who_shares():
    rng = np.random.default_rng(0)
    problem = matching(10)
    heard = rng.random((7, 10)) < 0.5
    levels = with_partners(heard, problem.pairs)
    seen = set()
    for row in range(7):
        for j in range(10):
            wanted = (1 + heard[row, j ^ 1]) if heard[row, j] else 0  # the partner of j is j xor 1
            assert levels[row, j] == wanted
            seen.add(wanted)
    assert seen == {0, 1, 2}


def test_rows_are_sorted_and_none_is_lost():
    ordered = in_rows(LEVELS)
    assert sorted(map(tuple, ordered)) == sorted(map(tuple, LEVELS))
    assert ordered.tolist() == [[1, 0, 0, 0], [2, 2, 0, 0], [0, 1, 2, 2]]


def test_networks_stand_beside_each_other(drawn):
    figure = drawn(listening({"built": LEVELS, "trained": LEVELS[::-1]}, "two"))
    assert [axes.get_title("left") for axes in figure.axes] == ["built", "trained"]
    for axes in figure.axes:
        assert cells(axes).reshape(3, 4).tolist() == in_rows(LEVELS).tolist()
        assert axes.yaxis_inverted()


def test_learning_marks_the_step_that_is_drawn(drawn):
    figure = drawn(learning(LEVELS, [0, 10], [11, 3], "some", (20, 11)))
    rows, curve = figure.axes
    assert rows.get_title("left") == "after 10 steps"
    line = next(one for one in curve.get_lines() if one.get_color() == SHOWN)
    assert line.get_xydata().tolist() == [[0, 11], [10, 3]]
    assert curve.get_xlim()[1] > 20 and curve.get_ylim()[1] > 11
    assert curve.get_lines()[-1].get_xydata().tolist() == [[10, 3]]


def test_lifts_have_a_point_each(drawn):
    found, others = {1: [2.0, 2.2, 2.4], 8: [1.0]}, {1: [0.9], 8: [1.1]}
    figure = drawn(lifts(found, others, ([1, 8], [3, 1]), 1, LEVELS, "falls", (11, 3)))
    points, _ = figure.axes
    lines = {line.get_label(): line.get_xydata() for line in points.get_lines()}
    assert lines["partners"][:, 1].tolist() == [2.0, 2.2, 2.4, 1.0]
    assert np.allclose(lines["partners"][:, 0], [1, 1, 1, 8], rtol=0.1)
    assert len(set(lines["partners"][:3, 0])) == 3
    assert lines["inputs that are no pair"][:, 1].tolist() == [0.9, 1.1]
    assert points.get_lines()[-1].get_xydata().tolist() == [[1, pytest.approx(2.2)]]


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: with_partners([], [[0, 1]]), "heard"),
        (lambda: with_partners([[True, True]], [[0, 2]]), "pairs"),
        (lambda: with_partners([[True, True]], [0, 1]), "pairs"),
        (lambda: listening({}, ""), "networks"),
        (lambda: learning(LEVELS, [0, 1], [0], "", (9, 9)), "steps, wrong"),
        (lambda: learning(LEVELS, [], [], "", (9, 9)), "steps, wrong"),
        (lambda: lifts({1: [1.0]}, {}, None, 2, LEVELS, "", (8, 2)), "found"),
    ],
)
def test_what_cannot_be_drawn_is_refused(call, named):
    with pytest.raises(ValueError, match=f"^{named}: expected"):
        call()
