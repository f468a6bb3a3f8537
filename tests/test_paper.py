"""Pages to print: students' pages ask, and give nothing away; the key answers and explains."""

import html

import paper
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from some import some

from superpos_lib.practice import draw

CHECK = """## Check yourself

**1.** Is $n < m$?

:::{dropdown} Hardly
:class-container: answer
Count the neurons.
:::
:::{dropdown} Always
:class-container: answer right
Since $m$ is larger.
:::"""
ASKED = new_markdown_cell(CHECK)
DRAWN = new_code_cell('print(verdict(lambda: draw("codes", seed).fault(answers), "right"))')


def rendered(source):
    """Texts and blocks of texts, as they are."""
    return html.escape(source if isinstance(source, str) else " ".join(source))


def made(*cells):
    pages = paper.pages(new_notebook(cells=list(cells)), "Codes & more", rendered)
    return {name: BeautifulSoup(text, "html.parser") for name, text in pages.items()}


@pytest.mark.parametrize(
    ("cells", "files"),
    [
        ((), []),
        ((ASKED,), ["check.html", "key.html"]),
        ((DRAWN,), ["sheets.html", "key.html"]),
        ((ASKED, DRAWN), ["check.html", "sheets.html", "key.html"]),
    ],
)
def test_a_chapter_has_pages_for_what_it_has(cells, files):
    assert list(made(*cells)) == files


def test_a_check_asks_and_does_not_tell():
    page = made(ASKED)["check.html"]
    assert page.title.text == page.h1.text == "Check: Codes & more"
    text = " ".join(page.main.get_text(" ").split())
    assert "Name:" in text and "Is $n < m$?" in text and "a Hardly b Always" in text
    assert len(page.select(".box")) == 2 and not page.select(".right")
    assert "Count the neurons." not in text and "Since" not in text


def test_the_key_marks_what_is_right_and_explains_every_answer():
    page = made(ASKED, DRAWN)["key.html"]
    (right,) = page.select(".right")
    assert right.get_text(" ").split()[:3] == ["b", "✓", "Always"]
    assert "Count the neurons." in page.text and "Since $m$ is larger." in page.text


def test_every_sheet_asks_what_its_seed_asks_in_the_page():
    sheets = made(DRAWN)["sheets.html"].select("section")
    assert len(sheets) == len(paper.SEEDS) == 40
    for seed, sheet in zip(paper.SEEDS, sheets, strict=True):
        task = draw("codes", seed)
        assert sheet.h2.text == f"Sheet {seed}"
        questions = [part.get_text(" ").strip() for part in sheet.select("ol > li")]
        assert questions == [part.question for part in task.parts]
        assert all(line in sheet.text for line in task.text.split("\n"))
        assert not any(why in sheet.text for part in task.parts for _, why in part.mistakes)


def test_the_key_answers_every_sheet_and_names_mistakes():
    rows = made(DRAWN)["key.html"].select("tbody tr")
    for seed, row in some(zip(paper.SEEDS, rows, strict=True)):
        task = draw("codes", seed)
        assert row.th.text == str(seed)
        assert [answer.text for answer in row.select("strong")] == [str(one) for one in task.answers]
        for cell, part in zip(row.select("td"), task.parts, strict=True):
            said = [note.text for note in cell.select("small")]
            assert said == [f"{value}: {why}" for value, why in part.mistakes]
