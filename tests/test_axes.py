"""Frames of one explorer can be compared: `Explorer.frames` refuses those between which an axis moves.

It is tried on pictures that move in each way there is, and on those that don't.
"""

import matplotlib
import pytest
from matplotlib.figure import Figure

from superpos_lib import choice, explore
from superpos_lib.explore import LAYOUTS
from superpos_lib.figures.scales import own_scale, scales


def still(n, axes):
    """Nothing moves but the line."""


def another_limit(n, axes):
    axes.set_ylim(0, 10 * n)


def another_kind(n, axes):
    if n == 2:
        axes.set(yscale="log", ylim=(1, 10))


def other_texts(n, axes):
    axes.set_yticks([0, 5], ["one", "two"] if n == 1 else ["two", "one"])


def one_panel_more(n, axes):
    if n == 2:
        axes.figure.add_axes((0.5, 0.5, 0.2, 0.2))


def another_place(n, axes):
    axes.set_position((0.2, 0.1 * n, 0.6, 0.5))


def another_size(n, axes):
    axes.figure.set_size_inches(3, 2 + n)


def its_own_scale(n, axes):
    axes.set_ylabel("bits")
    axes.set_ylim(0, 10 * n)
    own_scale(axes.yaxis, "scale of this problem")


def no_numbers(n, axes):
    axes.set(ylim=(0, 10 * n), yticks=[])


def explorer(change):
    @explore(n=choice(1, 2), alt="A line.")
    def picture(n):
        figure = Figure(figsize=(3, 2))
        axes = figure.add_subplot()
        axes.plot([0, 1], [0, n])
        axes.set(xlim=(0, 1), ylim=(0, 10))
        change(n, axes)
        return figure

    return picture


@pytest.mark.parametrize(
    "change", [another_limit, another_kind, other_texts, one_panel_more, another_place, another_size]
)
def test_what_moves_is_refused(change):
    with pytest.raises(ValueError, match="picture: expected the same axes in every frame"):
        explorer(change).frames()


@pytest.mark.parametrize("change", [still, its_own_scale, no_numbers])
def test_what_stays_or_says_why_not_is_drawn(change):
    drawn = explorer(change).frames()
    assert [set(frames) for frames in drawn] == [set(LAYOUTS)] * 2
    assert all(b"<svg" in frame.svg for frames in drawn for frame in frames.values())


def test_the_reason_stands_on_the_picture():
    axes = Figure().add_subplot()
    with pytest.raises(ValueError, match="axis: expected an axis with a name"):
        own_scale(axes.yaxis, "why")
    axes.set_ylabel("bits")
    with pytest.raises(ValueError, match="reason"):
        own_scale(axes.yaxis, "")
    own_scale(axes.yaxis, "scale of this problem")
    assert axes.get_ylabel() == "bits (scale of this problem)"
    assert scales(axes.figure)[1][2] == "scale of this problem"


def test_the_layouts_are_compared_each_with_itself():
    @explore(n=choice(1, 2), alt="A line.")
    def picture(n):
        figure = Figure(figsize=matplotlib.rcParams["figure.figsize"])
        wide = matplotlib.rcParams["figure.figsize"][0] > 5
        figure.add_subplot().set(xlim=(0, 1), ylim=(0, 10 if wide else 10 * n))
        return figure

    with pytest.raises(ValueError, match="got narrow, n = 2, panel 1: up linear"):
        picture.frames()
