import io

import matplotlib
import numpy as np
import pytest

from superpos_lib.explore import COMMON, LAYOUTS
from superpos_lib.figures.blocks import failures, half_truths


def saved(layout, function, *data, **more):
    with matplotlib.rc_context({**COMMON, **LAYOUTS[layout]}):
        figure = function(*data, **more)
        figure.savefig(file := io.BytesIO(), format="svg")
    assert b"nan" not in file.getvalue().lower()
    return figure


def counts(axes):
    """Heights of each histogram, by the name in the legend."""
    steps = [patch.get_data().values for patch in axes.patches if hasattr(patch, "get_data")]
    return dict(zip((text.get_text() for text in axes.get_legend().get_texts()), steps, strict=True))


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("networks", [1, 2])
def test_half_truths_counts_every_output_and_neuron(layout, networks):
    shares, truth = np.array([0.0, 0.3, 0.3, 1.0]), np.array([False, False, False, True])
    hears, own = np.array([-0.4, 0.2, 3.0]), np.array([False, False, True])
    figure = saved(layout, half_truths, [("cut", shares, truth, hears, own)] * networks, 0.5, "two hubs")
    assert len(figure.axes) == 2 * networks and figure.get_suptitle() == "two hubs"
    for axes in figure.axes:
        heights = counts(axes)
        assert {name: heights[name].sum() for name in heights} in (
            {"3 others": 3, "1 true": 1},
            {"2 others": 2, "1 of a true output": 1},
        )
    with pytest.raises(ValueError, match="columns"):
        half_truths([], 0.5, "")


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("level", [None, ("apart", 0.25)])
def test_failures_draws_percent(layout, level):
    lines = {"without": [0.0, 1.0, 0.5], "with": [0.1, 0.0, 0.0]}
    figure = saved(layout, failures, [0.1, 0.2, 0.4], lines, "density", "two lines", level=level)
    drawn = {line.get_label(): list(line.get_ydata()) for line in figure.axes[0].get_lines()}
    assert drawn["without"] == [0, 100, 50] and drawn["with"] == [10, 0, 0]
    assert ("apart" in drawn) == (level is not None)
    with pytest.raises(ValueError, match="lines"):
        failures([1], {"a": [1, 2]}, "density", "")
