"""Chapter packs, as far as they can be tested without the built book."""

import base64
import io
import json
import zipfile

import citations
import nbformat
import packs
import pytest
import runtime
import slides
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from pybtex.database import parse_string

NAMES = {"doc": {"01_small": "Small"}, "ref": {"ex-a": "Exercise (A)"}, "cite": {}}
WHEEL = "lib-1-py3-none-any.whl"
FRAMES = [
    {"alt": "Two.", "wide": ["a.svg", 10, 10], "narrow": ["b.svg", 5, 5]},
    {"alt": "Three <3>.", "wide": ["c.svg", 10, 10], "narrow": ["d.svg", 5, 5]},
]
DATA = json.dumps({"controls": {"n / m": ["2", "3"]}, "frames": FRAMES})
EXPLORER = f"""<figure id="grow" data-explore>
<label class="explore-label" id="grow-n / m-label">size of it</label>
<img src="../_explore/a.svg" alt="Two.">
<script class="explore-frames">{DATA}</script></figure>"""


@pytest.fixture
def folder(tmp_path):
    for name in "ac":
        (tmp_path / f"{name}.svg").write_bytes(f"<svg>{name}</svg>".encode())
    return tmp_path


@pytest.fixture
def chapter():
    hidden = {"tags": ["hide-input"]}
    return new_notebook(
        cells=[
            new_markdown_cell("# Small\n\n> A claim about $m'$.\n\nAnd more."),
            new_code_cell("import numpy"),
            new_markdown_cell("## A figure\n\nLook at it."),
            new_code_cell("show()", outputs=[new_output("display_data", {"text/html": EXPLORER})]),
            new_code_cell("print(1)", outputs=[new_output("stream", text="1\n")]),
            new_markdown_cell(":::{exercise} A\n:label: ex-a\nHow many?\n:::"),
            new_markdown_cell(":::{solution} ex-a\nThree.\n:::"),
            new_code_cell("three = 3", metadata=hidden),
            new_markdown_cell("The end."),
            new_code_cell("assert True", metadata=hidden),
        ]
    )


def test_a_students_notebook_has_no_solutions(chapter, folder):
    student = packs.rewritten(chapter, NAMES, folder, ("solution",))
    text = nbformat.writes(student)
    assert "Three." not in text and "three = 3" not in text
    assert "How many?" in text and "assert True" in text
    instructor = nbformat.writes(packs.rewritten(chapter, NAMES, folder))
    assert "Three." in instructor and "three = 3" in instructor


def test_an_explorer_becomes_its_first_picture(chapter, folder):
    cells = packs.rewritten(chapter, NAMES, folder).cells
    (output,) = cells[3].outputs
    picture = base64.b64encode(b"<svg>a</svg>").decode()
    assert f'base64,{picture}" alt="Two."' in output.data["text/html"]
    assert output.data["text/plain"] == "Two."


def test_a_pack_holds_what_its_readme_says(chapter, folder):
    content = packs.pack("01_small", chapter, chapter, NAMES, folder, (WHEEL, b"wheel"))
    for name in ("student.ipynb", "instructor.ipynb", "executed.ipynb", "slides.html", "LICENSE", WHEEL):
        assert name in content
    assert content["figures/grow_n-m-3.svg"] == b"<svg>c</svg>"
    assert "`grow_n-m-3.svg`: Three <3>." in content["figures/README.md"].decode()
    # The same content is the same file, whenever it was packed.
    entries = zipfile.ZipFile(io.BytesIO(packs.zipped("x", content))).infolist()
    assert {entry.date_time for entry in entries} == {runtime.DATE}


def test_requirements_are_pinned_and_complete():
    lines = packs.requirements(WHEEL).splitlines()
    assert lines[0] == f"./{WHEEL}"
    named = {line.split("==")[0] for line in lines[1:]}
    assert {"numpy", "matplotlib", "pillow", "ipywidgets", "traitlets", "pyzmq"} <= named
    assert not {"sphinx", "jupyter-book", "jupyterlite-core"} & named


def test_slides_show_statements_figures_and_short_code_with_notes(chapter, folder):
    page = slides.deck(chapter, NAMES, folder)
    assert page.count("<section ") == 5  # title, section, figure, code, exercise
    assert "<title>Small: slides</title>" in page
    assert "\\(m&#x27;\\)" in page
    assert "<pre>print(1)</pre><pre class=printed>1\n</pre>" in page
    assert "<h2>Exercise: A</h2><p>How many?</p>" in page
    notes = page.split("<h2>Exercise: A</h2>")[1]
    assert "Three." in notes and "The end." in notes
    assert "http" not in page.replace("http://www.w3.org", "")


def test_a_figure_on_a_slide_knows_all_its_states(chapter, folder):
    figure = BeautifulSoup(slides.deck(chapter, NAMES, folder), "html.parser").select_one(".figure")
    assert figure.img["alt"] == "Two."
    assert base64.b64decode(figure.img["src"].partition("base64,")[2]) == b"<svg>a</svg>"
    (label,) = figure.select("label")
    assert label.get_text(" ").split() == ["size", "of", "it", "2", "3"]
    states = [["figures/grow_n-m-2.svg", "Two."], ["figures/grow_n-m-3.svg", "Three <3>."]]
    assert json.loads(figure["data-states"]) == states
    packed = packs.pack("01_small", chapter, chapter, NAMES, folder, (WHEEL, b"wheel"))
    assert all(file in packed for file, _ in states)


def test_a_slide_shows_what_a_colon_announces_and_what_is_asked(folder):
    first = "## Board\n\nFirst, a wheel:\n\n$$ c_0 $$"
    asked = "**How many? And two?** (Look.)\n\n**Why?**\n\n**Before you move it:** is it *two*?"
    text = f"{first}\n\nMore of it. {asked}\n\nBack."
    cells = [new_markdown_cell("# Small\n\nA claim."), new_markdown_cell(text)]
    page = BeautifulSoup(slides.deck(new_notebook(cells=cells), NAMES, folder), "html.parser")
    (slide,) = [one for one in page.select("section") if one.h2]
    shown = slide.select_one(".slide").get_text(" ", strip=True)
    assert (
        " ".join(shown.split())
        == r"Board First, a wheel: \[c_0\] How many? And two? Why? Before you move it: is it two ?"
    )
    assert (
        " ".join(slide.aside.get_text(" ", strip=True).split())
        == "More of it. How many? And two? (Look.) Back."
    )


ASKED = """## Check yourself

Choose an answer.

**1.** Is $n < m$?

:::{dropdown} Hardly
:class-container: answer
Count the neurons.
:::
:::{dropdown} Always
:class-container: answer right
Since $m$ is larger.
:::

**2.** And then?

:::{dropdown} Go on
:class-container: answer right
Yes.
:::"""


def slides_of(*cells):
    """(heading, what is shown, notes) of each slide after the first."""
    notebook = new_notebook(cells=[new_markdown_cell("# Small\n\nA claim."), *cells])
    page = BeautifulSoup(slides.deck(notebook, NAMES, None), "html.parser")
    for one in page.select("section")[1:]:
        heading = one.h2.extract().get_text()
        said = (part.get_text(" ", strip=True) if part else "" for part in (one.div, one.aside))
        yield heading, *(" ".join(text.split()) for text in said)


def test_each_question_of_a_check_is_a_slide_and_its_answer_is_in_the_notes():
    first, second = slides_of(new_markdown_cell(ASKED))
    assert first[:2] == ("Check yourself: 1", r"Is \(n < m\) ? Hardly Always")
    assert first[2] == r"Count the neurons. Right. Since \(m\) is larger."
    assert second == ("Check yourself: 2", "And then? Go on", "Right. Yes.")


@pytest.mark.parametrize(
    ("lines", "together"), [(1, True), (slides.SHORT, True), (slides.SHORT + 1, False)]
)
def test_an_exercise_shows_the_cell_to_change_and_its_check_is_in_the_notes(lines, together):
    start = "\n".join(f"mine = {line}" for line in range(lines))
    exercise = new_markdown_cell(":::{exercise} A\n:label: ex-a\nHow many?\n:::")
    said = new_output("stream", text="not yet: 0 is few")
    check = new_code_cell("print(verdict(fault))", outputs=[said])
    check.metadata["tags"] = ["check"]
    cells = [exercise, new_code_cell(start, metadata={"tags": ["exercise"]}), check]
    found = list(slides_of(*cells))
    flat = " ".join(start.split())
    assert [one[:2] for one in found] == (
        [("Exercise: A", f"How many? {flat}")]
        if together
        else [("Exercise: A", "How many?"), ("Exercise: A", flat)]
    )
    assert found[-1][2] == "print(verdict(fault)) not yet: 0 is few"


@pytest.mark.parametrize(("height", "tall"), [(7, False), (8, True)])
def test_a_tall_figure_has_the_whole_height_of_its_slide(folder, height, tall):
    shown = EXPLORER.replace('["a.svg", 10, 10]', f'["a.svg", 10, {height}]')
    cells = [
        new_markdown_cell("# Small\n\nA claim."),
        new_code_cell("show()", outputs=[new_output("display_data", {"text/html": shown})]),
    ]
    page = BeautifulSoup(slides.deck(new_notebook(cells=cells), NAMES, folder), "html.parser")
    assert ("tall" in page.select_one(".figure")["class"]) == tall


def test_slides_keep_hints_for_the_notes_and_need_no_empty_sheet(chapter, folder):
    hint = "::::{exercise} A\n:label: ex-a\nHow many?\n\n:::{dropdown} Hint\nCount.\n:::\n::::"
    cells = [new_markdown_cell("# Small\n\nA claim."), new_markdown_cell(f"## Exercises\n\n{hint}")]
    page = slides.deck(new_notebook(cells=cells), NAMES, folder)
    assert page.count("<section ") == 2  # the heading "Exercises" has nothing of its own
    shown, notes = page.split("<h2>Exercise: A</h2>")[1].split("<aside>")
    assert "Count." not in shown and "Count." in notes


@pytest.mark.parametrize(
    ("people", "shown"),
    [
        ("Adler, Micah and Shavit, Nir", "Adler and Shavit"),
        ("Elhage, Nelson and Hume, Tristan and Olsson, Catherine", "Elhage and others"),
        ("Bricken, Trenton and others", "Bricken and others"),
    ],
)
def test_citations_name_two_people_at_most(people, shown):
    entry = parse_string(f"@misc{{x, author={{{people}}}, year={{2024}}, title={{T}}}}", "bibtex").entries[
        "x"
    ]
    assert citations.citation(entry) == f"({shown} 2024)"
    entry.fields["url"] = "https://example.org"
    assert citations.citation(entry) == f"([{shown} 2024](https://example.org))"


def test_a_directive_that_cannot_be_written_is_an_error(chapter, folder):
    chapter.cells[0].source += "\n\n:::{carousel}\nx\n:::"
    with pytest.raises(ValueError, match="carousel"):
        packs.rewritten(chapter, NAMES, folder)
