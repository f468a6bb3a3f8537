"""One meaning a colour, in the whole book."""

import ast
import colorsys
import itertools
import json
import pathlib
import re

import matplotlib
import numpy as np
import pytest
from matplotlib.colors import to_rgb
from some import some

import superpos_lib
from superpos_lib import Permutation, double_light, matching, permutation_network
from superpos_lib.figures import style
from superpos_lib.figures.machine_room import Cells, in_order, permutation_stages, two_and_stages

FIGURES = pathlib.Path(superpos_lib.__file__).parent / "figures"
BOOK = pathlib.Path(__file__).parent.parent / "book"
# Ink and paper need no name.
PLAIN = {"black", "white", "none"}
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}")
# What a drawing function of matplotlib takes a colour by.
TAKES = {
    "color",
    "c",
    "fc",
    "ec",
    "facecolor",
    "edgecolor",
    "mfc",
    "mec",
    "markerfacecolor",
    "markeredgecolor",
}


def colours(source):
    """Texts in Python source that are colours: hexadecimal ones, and those given as one."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and COLOUR.fullmatch(node.value):
            yield node.value
        given = []
        if isinstance(node, ast.keyword) and node.arg in TAKES:
            given = [node.value]
        if isinstance(node, ast.Dict):
            given = [
                v for k, v in zip(node.keys, node.values, strict=True) if getattr(k, "value", 0) in TAKES
            ]
        for value in given:
            keys = {
                part
                for one in ast.walk(value)
                if isinstance(one, ast.Subscript)
                for part in ast.walk(one.slice)
            }
            yield from (
                one.value
                for one in ast.walk(value)
                if isinstance(one, ast.Constant)
                and isinstance(one.value, str)
                and one.value not in PLAIN
                and one not in keys
            )


def sources():
    for path in sorted(FIGURES.glob("*.py")):
        if path.name != "style.py":
            yield path.name, path.read_text()
    for path in sorted(BOOK.glob("*.ipynb")):
        for cell in json.loads(path.read_text())["cells"]:
            if cell["cell_type"] == "code":
                yield path.name, re.sub(r"(?m)^(\s*)[%!].*$", r"\1pass", "".join(cell["source"]))


def test_the_search_finds_colours_in_every_way_of_giving_them():
    found = {
        *colours('plot(x, color="red"); a = "#123456"; b = {"mfc": "0.5", "mec": "black"}; bar("blue")')
    }
    assert found == {"red", "#123456", "0.5"}


def test_figures_and_chapters_take_their_colours_by_name_from_one_place():
    found = [(name, colour) for name, source in sources() for colour in colours(source)]
    assert found == []
    assert len({name for name, _ in sources()}) > 25


def test_what_is_wrong_has_a_colour_of_its_own():
    others = [
        *style.ACTIVE, *style.CASE_COLOURS.values(), *style.LEVELS, style.SHOWN, style.NOISE, style.QUIET,
        style.THRESHOLD, style.EDGE, style.INK, style.FAINT, style.FILLED,
    ]  # fmt: skip
    for colour in others:
        red, green, blue = to_rgb(colour)
        assert not (red > 0.8 and 0.3 < green < 0.7 and blue < 0.3), (
            f"{colour} is as orange as what is wrong"
        )
    assert style.WRONG not in others


def test_cases_and_active_inputs_share_no_colour():
    assert len({*style.ACTIVE, *style.CASE_COLOURS.values()}) == len(style.ACTIVE) + len(style.CASE_COLOURS)


def luminance(colour):
    parts = np.array(to_rgb(colour))
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return linear @ (0.2126, 0.7152, 0.0722)


# What eyes without one kind of cones make of linear red, green and blue (Vienot, Brettel and Mollon 1999).
BLIND = {
    "protan": ((0.11238, 0.88762, 0), (0.11238, 0.88762, 0), (0.00401, -0.00401, 1)),
    "deutan": ((0.29275, 0.70725, 0), (0.29275, 0.70725, 0), (-0.02234, 0.02234, 1)),
}


@pytest.mark.parametrize("eyes", BLIND)
def test_colours_that_meet_in_a_figure_differ_for_colour_blind_eyes(eyes):
    def seen(colour):
        parts = np.array(to_rgb(colour))
        linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
        return np.clip(np.array(BLIND[eyes]) @ linear, 0, 1) ** (1 / 2.4)

    for family in (style.ACTIVE, [*style.CASE_COLOURS.values()], [style.WRONG, style.SHOWN, style.NOISE]):
        for one, other in some(itertools.combinations(family, 2)):
            assert np.linalg.norm(seen(one) - seen(other)) > 0.1, (one, other)


def carried(stages):
    """For each active input its place among the parts of the first stage, which is its colour."""
    (first,) = [stage for stage in stages if isinstance(stage, Cells) and stage.names][:1]
    return {int(np.argmax(part)): k for k, part in enumerate(first.parts) if part.any()}


def test_an_input_keeps_its_colour_whatever_else_is_active():
    rng = np.random.default_rng(0)
    shuffle, problem = Permutation(rng.permutation(30)), matching(30)
    moves = permutation_network(shuffle, 90, v=3, rng=rng)
    pairs = double_light(problem, 60, v=3, rng=rng)
    order = [7, 21, 4, 5]
    for active in ([7], [7, 21], [7, 21, 4], [4], [5, 4], [21, 5, 4]):
        y = np.isin(np.arange(30), active)
        through = permutation_stages(moves.trace(y), moves.code_in, shuffle, moves.threshold, order)
        met = two_and_stages(pairs, problem, y, order)
        for stages in (through, met):
            assert carried(stages) == {j: order.index(j) for j in active}
        owners = {k for k in through[-1].owner if k >= 0}
        assert owners == {order.index(j) for j in active}
        for k, j in enumerate(order):
            on = bool(y[j])
            assert through[3].parts[k].any() == met[2].parts[k].any() == on


def test_an_order_has_every_active_input_once():
    y = np.arange(5) == 2
    assert in_order(y, [4, 2]).tolist() == [4, 2]
    for bad in ([4], [2, 2]):
        with pytest.raises(ValueError, match="order: expected each input once, 2 among them"):
            in_order(y, bad)


def test_a_longer_headline_moves_no_panel():
    places = []
    for words in (1, 5, 14):
        with matplotlib.rc_context({"figure.figsize": (3.55, 3.6), "font.size": 10.5}):
            figure = style.page(3.0, "headline " * words)
            axes = figure.add_subplot()
            figure.get_layout_engine().execute(figure)
        places.append(axes.get_position().bounds)
    assert places[0] == places[1] and places[2][3] < places[0][3]


# --- in the dark theme


def in_the_dark(colour):
    """What the page's filter makes of a colour: inverted, and its hue turned half around."""
    sheet = (BOOK / "_static" / "book.css").read_text()
    (share,) = re.findall(r"filter: invert\(([\d.]+)\) hue-rotate\(180deg\)", sheet)
    inverted = np.array(to_rgb(colour)) * (1 - 2 * float(share)) + float(share)
    # The matrix of the CSS function hue-rotate, for half a turn.
    turn = [[-0.574, 1.43, 0.144], [0.426, 0.43, 0.144], [0.426, 1.43, -0.856]]
    return np.clip(turn @ inverted, 0, 1)


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("text", ["black", style.INK, style.EDGE, style.QUIET, style.SHOWN])
def test_texts_can_be_read_in_both_themes(text):
    assert contrast(text, "white") >= 4.5
    assert contrast(in_the_dark(text), in_the_dark("white")) >= 4.5


@pytest.mark.parametrize("colour", [style.WRONG, style.SHOWN, *style.CASE_COLOURS.values()])
def test_a_colour_stays_the_same_colour_in_the_dark_theme(colour):
    hue, dark = (colorsys.rgb_to_hls(*to_rgb(one))[0] for one in (colour, in_the_dark(colour)))
    assert abs(hue - dark) < 10 / 360
    assert contrast(in_the_dark(colour), in_the_dark("white")) >= 3
