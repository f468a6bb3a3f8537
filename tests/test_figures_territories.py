"""The picture of how full territories are."""

import io

import matplotlib
import numpy as np
import pytest

from superpos_lib.explore import COMMON, LAYOUTS
from superpos_lib.figures.territories import fullness


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_row_and_every_kind_is_drawn(layout):
    with matplotlib.rc_context({**COMMON, **LAYOUTS[layout]}):
        figure = fullness([1, 5, 3], [True, False, True], {"a": 0.25, "b": 1.0}, "three rows")
        figure.savefig(io.BytesIO(), format="svg")
    rows, kinds = figure.axes
    drawn = {line.get_label(): line.get_xydata().tolist() for line in rows.get_lines()}
    assert drawn["rows of other hubs"] == [[0, 5]]
    assert drawn["rows of hub 0"] == [[1, 3], [2, 1]]
    assert [bar.get_width() for bar in kinds.patches] == [25, 100]
    assert [text.get_text() for text in kinds.texts] == ["a: 25.0%", "b: 100.0%"]


@pytest.mark.parametrize(
    ("carried", "owned", "wrong", "named"),
    [
        ([], [], {"a": 0}, "carried, owned"),
        ([1, 2], [True], {"a": 0}, "carried, owned"),
        (np.ones((2, 2)), np.ones((2, 2)), {"a": 0}, "carried, owned"),
        ([1], [True], {}, "wrong"),
    ],
)
def test_what_cannot_be_drawn_is_refused(carried, owned, wrong, named):
    with pytest.raises(ValueError, match=named):
        fullness(carried, owned, wrong, "")
