"""The ledger and the pictures of counting: on both layouts, to scale, for ordinary and extreme values."""

import itertools

import matplotlib
import numpy as np
import pytest

from superpos_lib.counting import threshold_functions
from superpos_lib.figures.counting import Panel, bound_lines, function_map, pigeonholes
from superpos_lib.figures.ledger import amount, ledger
from superpos_lib.figures.style import WRONG


def blocks(axes):
    return [(p.get_x(), p.get_x() + p.get_width()) for p in axes.patches]


@pytest.mark.parametrize("bits", [0, 1, 5.5, 40, 1e15])
def test_ledger(layout, drawn, bits):
    figure = drawn(ledger([("weights", 30), ("biases", 5)], [("a", bits / 2), ("b", bits / 2)], "x"))
    assert figure.get_suptitle() == "x"
    held, needed = figure.axes
    assert blocks(held) == [(0, 30), (30, 35)]
    assert blocks(needed)[:2] == [(0, bits / 2), (bits / 2, bits)]
    over = blocks(needed)[2:]
    assert over == ([(35, bits)] if bits > 35 else [])
    assert held.get_xlim() == needed.get_xlim() and held.get_xlim()[1] >= max(35, bits)
    assert amount(35) in held.get_title(loc="left") and amount(bits) in needed.get_title(loc="left")
    labels = [text.get_text() for text in needed.get_legend().get_texts()]
    assert any("does not fit" in label for label in labels) == (bits > 35)


@pytest.mark.parametrize("side", [[], [("x", -1)], [("x", float("nan"))], [("x", 1)] * 5])
def test_ledger_refuses(side):
    with pytest.raises(ValueError, match=r"^held: expected .*; got "):
        ledger(side, [("x", 1)], "h")
    with pytest.raises(ValueError, match=r"^needed: expected .*; got "):
        ledger([("x", 1)], side, "h")


@pytest.mark.parametrize(("m", "bits"), [(1, 0), (3, 2), (3, 9), (4, 4), (5, 6)])
def test_pigeonholes(layout, drawn, m, bits):
    names = ["".join(map(str, p)) for p in itertools.permutations(range(m))]
    figure = drawn(pigeonholes(names, bits, "six"))
    assert figure.get_suptitle() == "six"
    (axes,) = figure.axes
    lost = [p for p in axes.patches if matplotlib.colors.same_color(p.get_edgecolor(), WRONG)]
    assert len(axes.patches) == len(names)
    assert len(lost) == max(0, len(names) - 2**bits)
    assert all(p.get_hatch() for p in lost)
    strings = {t.get_text() for t in axes.texts} - set(names) - {"none"}
    assert len(strings) == (min(len(names), 2**bits) if len(names) <= 24 else 0)


@pytest.mark.parametrize("inputs", [1, 2, 3, 4])
def test_function_map(layout, drawn, inputs):
    functions = threshold_functions(inputs, 2)
    figure = drawn(function_map(inputs, functions, 5 ** (inputs + 1), "map"))
    assert figure.get_suptitle() == "map"
    (picture,) = figure.axes[0].images
    cells = np.asarray(picture.get_array())
    side = cells.shape[0]
    rows, columns = np.nonzero(cells)
    assert sorted(rows * side + columns) == functions.tolist()
    assert [p.get_width() for p in figure.axes[1].patches] == [5 ** (inputs + 1), len(functions), side**2]


@pytest.mark.parametrize("panels", [1, 2])
def test_bound_lines(layout, drawn, panels):
    x = np.array([2.0, 1e3, 1e12])
    lines = [(x, x, "naive", "naive"), (x, np.sqrt(x), "at least", "chosen"), (x, x / 2, "half", "other")]
    figure = drawn(
        bound_lines([Panel("m'", "n", lines, (1e3, 31.6), log) for log in (True, False)[:panels]], "lines")
    )
    assert figure.get_suptitle() == "lines" and len(figure.axes) == panels
    axes = figure.axes[0]
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    assert [line.get_label() for line in axes.lines[:3]] == ["naive", "at least", "half"]
    assert axes.lines[3].get_xydata().tolist() == [[1e3, 31.6]]


def test_amounts():
    assert [amount(x) for x in (0, 2.58, 99.96, 999_999, 1e6, 5e14, 2e15)] == [
        "0", "2.6", "100.0", "999,999", "1 million", "500 trillion", "2e+15",
    ]  # fmt: skip
