"""One declaration, its frames, and the two places that show it."""

import io
import json
import re

import matplotlib
import nbformat
import numpy as np
import pytest
from bs4 import BeautifulSoup
from matplotlib.figure import Figure
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from superpos_lib import choice, explore
from superpos_lib._page import FEW, field, room
from superpos_lib.explore import COMMON, LAYOUTS, _widget

SOURCE = """
from matplotlib.figure import Figure
from superpos_lib import choice, explore

@explore(n=choice(1, 2, 3, label="neurons n"), code=choice("one", "t<o"), alt="A picture of {code}.")
def picture(n, code):
    if n == {bad}:
        raise ArithmeticError("no such picture")
    figure = Figure()
    figure.suptitle(f"{n} drawn")
    axes = figure.subplots()
    axes.plot([0, n])
    axes.set(xlim=(0, 1), ylim=(0, 3))
    return figure
"""


def declared():
    @explore(n=choice(1, 2), code=choice("one", "two"), alt="A picture of {code}.")
    def picture(n, code):
        figure = Figure(figsize=(2, 1))
        figure.suptitle(f"{n}  drawn\nhere")
        figure.subplots().plot([0, n])
        return figure

    return picture


def test_an_explorer_is_still_the_function():
    figure = declared()(2, code="one")
    assert isinstance(figure, Figure) and figure.get_suptitle().startswith("2")


def test_combinations_are_all_values_the_first_being_the_books():
    assert declared().combinations() == [
        {"n": 1, "code": "one"}, {"n": 1, "code": "two"}, {"n": 2, "code": "one"}, {"n": 2, "code": "two"}
    ]  # fmt: skip


def test_a_frame_is_svg_with_an_alt_text_of_its_own():
    explorer = declared()
    frames = [explorer.frame(values) for values in explorer.combinations()]
    assert all(frame.svg.startswith(b"<?xml") and b"</svg>" in frame.svg for frame in frames)
    assert frames[2].alt == "A picture of one. n = 2. 2 drawn here"
    assert len({frame.alt for frame in frames}) == 4
    assert (frames[0].width, frames[0].height) == (192, 96)


def test_large_numbers_are_readable():
    explorer = explore(m=choice(9999, 10_000, 1_000_000), alt="About {m} features, {m:e}.")(
        lambda m: Figure()
    )
    control = explorer.controls["m"]
    assert explorer.frame({"m": 9999}).alt == "About 9999 features, 9.999000e+03."
    assert explorer.frame({"m": 1_000_000}).alt == "About 1,000,000 features, 1.000000e+06."
    assert [text for text, _ in _widget(explorer).children[0].options] == ["9999", "10,000", "1,000,000"]
    assert control.parse("1000000") == 1_000_000
    shown = field("features", "m", choice(10_000, 20_000, 30_000, 40_000))
    assert 'aria-valuetext="10,000"' in shown and ">10,000</output>" in shown


def test_the_same_values_give_the_same_bytes():
    explorer = declared()
    assert explorer.frame({"n": 1, "code": "one"}) == explorer.frame({"n": 1, "code": "one"})


def panels(engine):
    """What a layout has to make room for: a long headline, names of axes, a bar of colours, a key."""
    figure = Figure(figsize=(5, 3), layout=engine, facecolor="black")
    figure.suptitle("A headline that takes more than one line of its figure " * 2, wrap=True)
    left, right = figure.subplots(1, 2)
    figure.colorbar(left.imshow(np.arange(6).reshape(2, 3)), ax=left)
    right.plot([1e-3, 1e5], label="so many")
    right.set(yscale="log", xlabel="outputs $m'$", title="a title")
    right.legend()
    return figure


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("engine", ["constrained", "compressed", "tight", "none"])
def test_a_frame_is_what_matplotlib_saves(engine, layout):
    picture = explore(n=choice(1), alt="Panels.")(lambda n: panels(engine))
    ours = picture.frame({"n": 1}, layout).svg.decode()
    saved = io.StringIO()
    with matplotlib.rc_context({**COMMON, **LAYOUTS[layout]}):
        panels(engine).savefig(saved, format="svg", metadata={"Date": None}, facecolor="white")
    # Some ids are hashes of numbers whose last digits differ from one drawing to the next.
    texts = [re.sub("[pm][0-9a-f]{10}", "", svg) for svg in (ours, saved.getvalue())]
    number = r"-?\d+(?:\.\d+)?(?:e-?\d+)?"
    assert re.sub(number, "", texts[0]) == re.sub(number, "", texts[1])
    numbers = [np.array(re.findall(number, text), dtype=float) for text in texts]
    assert np.allclose(*numbers, rtol=0, atol=1e-4) and "#ffffff" in ours


def test_layouts_reach_the_figure():
    @explore(n=choice(1), alt="Nothing.")
    def as_wide_as_the_page(n):
        return Figure()

    wide, narrow = (as_wide_as_the_page.frame({"n": 1}, layout) for layout in ("wide", "narrow"))
    assert wide.width > 600 and narrow.width < 345


def test_what_the_function_raises_passes_with_a_note_of_the_values():
    @explore(n=choice(0, 1), alt="Nothing.")
    def inverse(n):
        return 1 // n

    with pytest.raises(ZeroDivisionError) as caught:
        inverse.frame({"n": 0})
    assert caught.value.__notes__ == ["in explorer inverse with n = 0"]
    with pytest.raises(ValueError, match="inverse: expected a function that returns a matplotlib Figure"):
        inverse.frame({"n": 1})


def run(monkeypatch, place, folder, bad=0):
    """Run the declaration in a real kernel, as Jupyter, nbval and the book's build do."""
    monkeypatch.setenv("SUPERPOS_EXPLORE", place)
    monkeypatch.setenv("SUPERPOS_EXPLORE_DIR", str(folder))
    source = SOURCE.replace("{bad}", str(bad))
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    NotebookClient(notebook, kernel_name="python3").execute()
    return notebook.cells[0].outputs


def test_on_the_page_every_frame_is_written_and_the_first_is_plain_html(monkeypatch, tmp_path):
    (output,) = run(monkeypatch, "page", tmp_path / "frames")
    text = output["data"]["text/html"]
    data = json.loads(re.search(r'class="explore-frames">(.*?)</script>', text, re.S)[1])
    assert data["controls"] == {"n": ["1", "2", "3"], "code": ["one", "t<o"]}
    assert len(data["frames"]) == 6
    for frame in data["frames"]:
        for layout in ("wide", "narrow"):
            name, width, height = frame[layout]
            assert (tmp_path / "frames" / name).read_bytes().startswith(b"<?xml")
            assert width > 0 and height > 0
    assert f'src="../_explore/{data["frames"][0]["wide"][0]}"' in text
    assert 'alt="A picture of one. n = 1. 1 drawn"' in text
    figure = BeautifulSoup(text, "html.parser")
    for name, label, values in (("n", "neurons n", ["1", "2", "3"]), ("code", "code", ["one", "t<o"])):
        group = figure.select_one(f'[data-control="{name}"] [role=radiogroup]')
        assert figure.find(id=group["aria-labelledby"]).get_text() == label
        assert [one["value"] for one in group.select("input[type=radio]")] == values
        assert [one["value"] for one in group.select("input[checked]")] == values[:1]
    assert "t<o" not in text
    # Until the script is there the controls do nothing, and a sentence says so.
    assert figure.select_one("fieldset.explore-controls").has_attr("disabled")
    assert "script of this page has not arrived" in figure.select_one(".explore-missing").get_text()
    assert len({frame["alt"] for frame in data["frames"]}) == 6


def test_in_jupyter_controls_are_widgets_with_labels(monkeypatch, tmp_path):
    (output,) = run(monkeypatch, "", tmp_path)
    assert "application/vnd.jupyter.widget-view+json" in output["data"]
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("place", ["page", "check"])
def test_a_frame_that_fails_at_any_value_fails_the_build_and_the_check(monkeypatch, tmp_path, place):
    with pytest.raises(CellExecutionError, match="no such picture"):
        run(monkeypatch, place, tmp_path, bad=3)


def test_a_failing_value_is_shown_in_jupyter_and_not_swallowed(monkeypatch):
    from superpos_lib.explore import _widget

    @explore(n=choice(1, 2, label="neurons"), alt="A picture.")
    def fails_at_two(n):
        if n == 2:
            raise ArithmeticError("<no> such picture")
        return Figure()

    box = _widget(fails_at_two)
    slider, picture = box.children
    assert slider.description == "neurons" and 'alt="A picture. n = 1.' in picture.value
    with pytest.raises(ArithmeticError):
        slider.value = 2
    assert "No picture for n = 2: &lt;no&gt; such picture" in picture.value
    slider.value = 1
    assert "<img" in picture.value


def test_an_unknown_place_is_refused(monkeypatch, tmp_path):
    with pytest.raises(CellExecutionError, match="SUPERPOS_EXPLORE: expected"):
        run(monkeypatch, "pages", tmp_path)
    assert np.array(list(tmp_path.iterdir())).size == 0


def test_one_value_with_a_wide_range_is_hidden_on_the_page_and_a_field_in_jupyter():
    explorer = explore(n=choice(1, 2), seed=choice(2, wide=(0, 9)), alt="Lots drawn.")(
        lambda n, seed: Figure(figsize=(1, seed + 1))
    )
    assert [control.on_demand_only for control in explorer.controls.values()] == [False, True]
    assert " hidden>" not in field("lots", "n", explorer.controls["n"])
    assert " hidden>" in field("lots", "seed", explorer.controls["seed"])
    _, seed, picture = _widget(explorer).children
    seed.value = 7
    assert "n = 1, seed = 7." in picture.value
    seed.value = 12
    assert seed.value == 9


def test_few_values_are_buttons_many_numbers_a_slider_many_texts_a_menu():
    few, more = ("a", "b", "c"), ("a", "b", "c", "d")
    assert (len(few), len(more)) == (FEW, FEW + 1)
    for values, kind in (
        ((1, 2), "radio"),
        ((1, 2, 3), "radio"),
        ((1, 2, 3, 4), "range"),
        (few, "radio"),
        (more, "select"),
    ):
        made = BeautifulSoup(field("it", "n", choice(*values, label="size")), "html.parser")
        found = {one.get("type", one.name) for one in made.select("input, select")}
        assert found == {kind}
        assert made.find(id="it-n-label").get_text() == "size"


def test_room_is_kept_for_the_tallest_frame_wherever_it_shrinks():
    frames = [
        {"wide": ["a", 600, 300], "narrow": ["a", 300, 500]},
        {"wide": ["b", 200, 250], "narrow": ["b", 300, 450]},
    ]
    assert room(frames) == (
        "--wide-height:300px;--wide-ratio:1.2500;--narrow-height:500px;--narrow-ratio:1.6667"
    )
