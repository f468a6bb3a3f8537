import io

import matplotlib
import numpy as np
import pytest

from superpos_lib.explore import COMMON, LAYOUTS
from superpos_lib.figures.circuits import carriers_by_level, error_by_layer, gate_response, tree_or_direct


def saved(layout, function, *data):
    with matplotlib.rc_context({**COMMON, **LAYOUTS[layout]}):
        figure = function(*data)
        figure.savefig(file := io.BytesIO(), format="svg")
    assert b"nan" not in file.getvalue().lower()
    return figure


@pytest.mark.parametrize("layout", LAYOUTS)
def test_errors_are_drawn_as_they_are_and_none_on_the_axis(layout):
    figure = saved(layout, error_by_layer, [0.0, 0.001], [0.1, 1.0], "two layers")
    lines = [line.get_ydata().tolist() for line in figure.axes[0].get_lines()]
    assert lines == [[0.1, 1.0], [1e-6, 0.001]]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(("least", "most", "true"), [(2, 0, {2, 3, 4}), (1, 1, {1}), (1, 0, {1, 2, 3, 4})])
def test_dots_are_filled_where_the_gate_is_true(layout, least, most, true):
    figure = saved(layout, gate_response, least, most, 0.15, "a gate", "head")
    curve, filled, empty = figure.axes[0].get_lines()[:3]
    assert set(filled.get_xdata()) == true and set(empty.get_xdata()) == set(range(-1, 5)) - true
    heights = np.interp(range(-1, 5), curve.get_xdata(), curve.get_ydata())
    assert np.allclose(heights, [count in true for count in range(-1, 5)])


@pytest.mark.parametrize("layout", LAYOUTS)
def test_two_lines_a_panel(layout):
    figure = saved(
        layout, tree_or_direct, (2, 4), 1, {"a": [1, 1], "b": [1, 2]}, {"a": [1, 1], "b": [1, 3]}, "h"
    )
    assert [line.get_ydata().tolist() for line in figure.axes[1].get_lines()[:2]] == [[1, 1], [1, 3]]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_marked_neurons_have_a_mark_each(layout):
    states = [np.array([1.0, 0, 0, 1]), np.array([0.0, 1])]
    figure = saved(layout, carriers_by_level, states, [np.array([0, 3]), []], ["in", "out"], "head")
    marks = [axes.get_lines()[0].get_xdata().tolist() for axes in figure.axes]
    assert marks == [[0, 3], []]
