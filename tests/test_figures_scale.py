"""Pictures of growth and of amounts on a line: what is drawn, where, and what is refused."""

import io

import matplotlib
import numpy as np
import pytest

from superpos_lib.figures.scale import LOOKS, Curve, growth, line_up


def texts(figure):
    """All that is written, after one drawing: text and the window it takes."""
    figure.savefig(io.BytesIO(), dpi=figure.dpi)
    found = figure.findobj(matplotlib.text.Text)
    return {t.get_text(): t.get_window_extent() for t in found if t.get_text() and t.get_visible()}


def test_curves_are_where_they_belong_and_can_be_told_apart_without_colour(layout):
    curves = [Curve(look, f"line {look}", (10, 100), (3, 30 + k)) for k, look in enumerate(LOOKS)]
    figure = growth(curves, "outputs", "neurons", "headline", rings=[(100, 30)])
    axes = figure.axes[0]
    assert axes.get_xscale() == axes.get_yscale() == "log"
    drawn = {line.get_label(): line for line in axes.lines if not line.get_label().startswith("_")}
    assert list(drawn) == [f"line {look}" for look in LOOKS]
    for k, line in enumerate(drawn.values()):
        assert list(line.get_ydata()) == [3, 30 + k]
    looks = {(line.get_linestyle(), line.get_marker(), line.get_linewidth()) for line in drawn.values()}
    assert len(looks) == len(LOOKS)
    ring = axes.lines[-1]
    assert (list(ring.get_xdata()), list(ring.get_ydata())) == ([100], [30])


@pytest.mark.parametrize(
    ("ends", "wanted"),
    [((3, 30), ["5", "10", "20"]), ((300, 4000), ["500", "1,000", "2,000"]), ((2, 3000), None)],
)
def test_a_short_axis_has_more_numbers_than_powers_of_ten(layout, ends, wanted):
    figure = growth([Curve("measured", "a", ends, (2, 3000))], "rows", "neurons", "headline")
    figure.savefig(io.BytesIO(), dpi=figure.dpi)
    axes = figure.axes[0]
    for axis, numbers in ((axes.xaxis, wanted), (axes.yaxis, None)):
        (low, high), seen = sorted(axis.get_view_interval()), []
        for label, place in zip(axis.get_ticklabels(), axis.get_ticklocs(), strict=True):
            if low <= place <= high:
                seen.append(label.get_text())
        powers = [f"$\\mathdefault{{10^{{{k}}}}}$" for k in (1, 2, 3)]
        assert set(numbers or powers) <= set(seen) and (numbers is not None or seen == powers)


def test_amounts_stand_beside_their_dots_and_inside_the_page(layout):
    rows = [("a long name of a row", 200, "(L = 6)", False), ("short", 1000, "", True)]
    rows.append(("no amount", None, "none at all", False))
    figure = line_up(rows, "neurons", "headline", (900, "as many as outputs"))
    axes, written = figure.axes[0], texts(figure)
    dots = [line for line in axes.lines if line.get_marker() == "o"]
    assert [(float(d.get_xdata()[0]), float(d.get_ydata()[0])) for d in dots] == [(200, 0), (1000, -1)]
    assert dots[1].get_markersize() > dots[0].get_markersize()
    width = figure.get_size_inches()[0] * figure.dpi
    for text in ("200  (L = 6)", "1,000", "none at all", "a long name of a row", "as many as outputs"):
        assert written[text].x0 >= 0 and written[text].x1 <= width, text
    smallest = 0.85 * matplotlib.rcParams["font.size"]
    assert min(t.get_size() for t in figure.findobj(matplotlib.text.Text) if t.get_text()) >= smallest


@pytest.mark.parametrize("amount", [0.00123, 45.678, 100, 123_456])
def test_numbers_are_written_as_people_write_them(amount):
    wanted = {0.00123: "0.00123", 45.678: "45.7", 100: "100", 123_456: "123,456"}[amount]
    assert wanted in texts(line_up([("a", amount, "", False)], "x", "headline"))


def test_bad_arguments_are_refused():
    with pytest.raises(ValueError, match="curves: expected at least one"):
        growth([], "x", "y", "headline")
    with pytest.raises(ValueError, match="look: expected one of naive"):
        Curve("sinuous", "a", (1,), (1,))
    with pytest.raises(ValueError, match="y: expected 2 numbers"):
        Curve("naive", "a", (1, 2), (1,))
    with pytest.raises(ValueError, match="rows: expected at least one amount"):
        line_up([("a", None, "", False)], "x", "headline")
    assert np.isfinite(
        growth([Curve("lower", "a", (1, 10), (1, 2))], "x", "y", "h").axes[0].get_xlim()
    ).all()
