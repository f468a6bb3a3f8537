import io

import matplotlib
import numpy as np
import pytest

from superpos_lib.explore import COMMON, LAYOUTS
from superpos_lib.figures.permutation import fixed_points, noise_tail, repetition


def saved(layout, function, *data):
    with matplotlib.rc_context({**COMMON, **LAYOUTS[layout]}):
        figure = function(*data)
        figure.savefig(file := io.BytesIO(), format="svg")
    assert b"nan" not in file.getvalue().lower()
    return figure


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("size", [0.0, 1.0, -3.0, 1e9])
def test_repetition_from_nothing_to_an_explosion(layout, size):
    lit = np.arange(20) < 3
    values = [size * np.ones(20), lit.astype(float), np.zeros(20)]
    figure = saved(layout, repetition, values, [lit] * 3, [0, 0, 4000], "after 2: 4000")
    assert figure.get_suptitle() == "after 2: 4000"
    lines = {line.get_label(): line.get_ydata() for line in figure.axes[0].get_lines()}
    bars = [bar.get_height() for bar in figure.axes[0].patches]
    # Then all rows are right, and at last the 3 that should be lit are dark.
    first = np.count_nonzero(np.abs(size - lit) > 0.5)
    assert list(lines["neurons off by > ½"]) == [first, 0, 3]
    assert bars == [0, 0, 4000]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_fixed_points_marks_the_chosen_one(layout):
    own = [np.array([0.0, 0.2]), np.array([0.9, 1.1])]
    figure = saved(layout, fixed_points, (0, 10), own, [0.0, 1.0], 1, 0.4, 0.7, "10 stay")
    marks = [
        line.get_xydata().tolist()
        for axes in figure.axes
        for line in axes.get_lines()
        if len(line.get_xydata()) == 1
    ]
    assert marks == [[[10.0, 1.0]], [[10.0, 100.0]]]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("measured", [[0.0, 0.0], [0.5, 0.0], [1.0, 0.9]])
def test_noise_tail_also_where_nothing_was_measured(layout, measured):
    figure = saved(layout, noise_tail, np.array([0.1, 0.9]), measured, [1, 0.5], [0.4, 1e-9], 0.4, "none")
    dots = figure.axes[0].get_lines()[-1].get_ydata()
    assert list(dots) == [share for share in measured if share > 0]
