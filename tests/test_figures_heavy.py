"""Pictures of heavy inputs: what is drawn is what was given."""

import numpy as np
import pytest
from matplotlib.colors import to_hex

from superpos_lib.figures.heavy import intersections
from superpos_lib.figures.style import NOISE, WRONG


def filled(axes):
    """Colour to heights of the stairs drawn in it."""
    return {to_hex(step.get_facecolor()): step.get_data().values for step in axes.patches}


def test_short_intersections_and_loud_noises_have_their_own_colour():
    sizes, noise = np.array([0, 2, 2, 3, 5]), np.array([-0.4, 0.0, 0.1, 0.74, 0.76, 1.2])
    figure = intersections(sizes, [0.1, 0.1, 0.3, 0.3, 0.1, 0.1], 2.5, noise, 0.75, "five outputs")
    left, right = figure.axes
    steps = filled(left)
    assert steps[to_hex(WRONG)].tolist() == [1, 0, 2, 0, 0, 0]
    assert steps[to_hex(NOISE)].tolist() == [0, 0, 0, 1, 0, 1]
    steps = filled(right)
    assert steps[to_hex(WRONG)].sum() == 2 and steps[to_hex(NOISE)].sum() == 4
    edges = right.patches[0].get_data().edges
    assert np.isclose(edges, 0.75).any()


@pytest.mark.parametrize(("sizes", "noise"), [([], [0.0]), ([1], [])])
def test_nothing_to_draw(sizes, noise):
    with pytest.raises(ValueError, match="one number or more"):
        intersections(sizes, [1.0], 1, noise, 0.75, "nothing")
