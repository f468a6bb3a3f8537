import io

import matplotlib
import numpy as np
import pytest

from superpos_lib.explore import COMMON, LAYOUTS
from superpos_lib.figures.proof import strangers, who_notices


def saved(layout, function, *data):
    with matplotlib.rc_context({**COMMON, **LAYOUTS[layout]}):
        figure = function(*data)
        figure.savefig(file := io.BytesIO(), format="svg")
    assert b"nan" not in file.getvalue().lower() and len(file.getvalue()) < 60_000
    return figure


def words(axes):
    return [text.get_text() for text in axes.texts]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_count_and_every_verdict_is_written(layout):
    found = {"random": [3, 0, 0], "all": [17, 2, 0]}
    axes = saved(layout, who_notices, [60, 80, 90], found, ["wrong", "open", "proved"], "three").axes[0]
    written = [word for word in words(axes) if word not in ("random", "all", "certificate")]
    assert written == ["3", "0", "0", "17", "2", "0", "wrong", "open", "proof"]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["60", "80", "90"]
    with pytest.raises(ValueError, match="one a width"):
        who_notices([60], found, ["wrong"], "")
    with pytest.raises(ValueError, match="verdicts"):
        who_notices([60], {}, ["perhaps"], "")


@pytest.mark.parametrize("layout", LAYOUTS)
def test_strangers_are_counted_and_what_is_read_as_true_is_ringed(layout):
    tolls = np.array([0.0, 0.0, 0.01, 0.3, 0.72])
    reads = {"sample": [0.4], "worst": [0.85], "bound": [0.72, 0.3]}
    figure = saved(layout, strangers, tolls, reads, 0.81, "n = 600")
    above, below = figure.axes
    (counts,) = [patch.get_data().values for patch in above.patches if hasattr(patch, "get_data")]
    assert counts.sum() == 5 and figure.get_suptitle() == "n = 600"
    assert [word for word in words(below) if word[0].isdigit()] == ["0.40", "0.85", "1.02"]
    rings = [line.get_xdata()[0] for line in below.get_lines() if line.get_marker() == "o"]
    assert rings == pytest.approx([0.85, 1.02])
    ends = [bar.get_x() + bar.get_width() for bar in below.patches]
    assert ends == pytest.approx([0.4, 0.85, 0.72, 1.02])
    with pytest.raises(ValueError, match="tolls"):
        strangers([], reads, 0.81, "")
    with pytest.raises(ValueError, match="reads"):
        strangers(tolls, {}, 0.81, "")
