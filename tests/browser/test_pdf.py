"""The book as a PDF, on two of its pages."""

import io
import re
import unicodedata

import pdf
import pytest
from pypdf import PdfReader
from pypdf.generic import FloatObject

BREAKS = "one => getComputedStyle(one).breakInside"


def test_every_page_of_the_contents_is_printed():
    names = [name for name, _ in pdf.pages()]
    assert names[0] == "book/index"
    assert {"book/06_codes", "book/bibliography"} <= set(names)
    assert len(set(names)) == len(names)


def test_paper_has_no_buttons_and_tables_go_on_on_the_next_page(browser, site):
    tab = browser.new_page(viewport={"width": 900, "height": 1200})
    pdf.printed(tab, site, "book/notation")
    assert {table.evaluate(BREAKS) for table in tab.locator("article table").all()} == {"auto"}
    assert {row.evaluate(BREAKS) for row in tab.locator("article tr").all()[:20]} == {"avoid"}
    pdf.printed(tab, site, "book/01_superposition")
    exercise = tab.locator(".admonition", has=tab.locator("details")).first
    assert exercise.evaluate(BREAKS) == "auto"
    folded = tab.locator("article button.toggle-button, article .sd-summary-state-marker")
    assert folded.count() > 10
    assert not any(one.is_visible() for one in folded.all())
    assert tab.get_by_text(re.compile("38 of the code.s 79,800 pairs")).is_visible()
    tab.close()


def test_pages_are_printed_whole_and_bound_with_an_outline(browser, site, monkeypatch):
    monkeypatch.setattr(pdf, "site_address", lambda: "https://example.org/book")
    tab = browser.new_page(viewport={"width": 900, "height": 1200})
    wanted = {"book/index": None, "book/01_superposition": "I"}
    named = pdf.linked_to(tab, site, list(wanted))
    sheets = [pdf.printed(tab, site, name, part, named[name]) for name, part in wanted.items()]
    bound = pdf.bind(sheets, site, tab)
    tab.close()
    buffer = io.BytesIO()
    bound.write(buffer)
    book = PdfReader(buffer)
    chapters = book.outline[-1]
    assert [one.title for one in chapters] == ["Superposition: many features in few neurons"]
    start = book.get_destination_page_number(chapters[0])
    text = " ".join(page.extract_text() for page in book.pages[start:])
    # Print joins letters: fi is one sign.
    text = " ".join(unicodedata.normalize("NFKC", text).split())
    # Hints and solutions are open, the theorem and its proof are there, and figures say where they move.
    for words in ("Random codes hold exponentially many features", "First hint", "Move this figure online"):
        assert words in text, words
    assert "import numpy" not in text
    for number, page in enumerate(book.pages, 1):
        assert page.extract_text().split()[-2:] == ["page", str(number)]
    check_links(book, start)


def check_links(book, start):
    """Each leads to a page of the book, or to the address of the site, or to another host."""
    own, away = [], []
    for page in book.pages:
        for note in (one.get_object() for one in page.get("/Annots", ())):
            if "/Dest" in note:
                own.append(note["/Dest"])
            else:
                away.append(note["/A"]["/URI"])
    pages = [page.indirect_reference.idnum for page in book.pages]
    assert len(own) > 20
    assert {place[0].idnum for place in own} <= set(pages)
    assert pages[start] in {place[0].idnum for place in own}  # from the front page to the chapter
    assert [one for one in own if isinstance(one[3], FloatObject)]
    assert [address for address in away if "127.0.0.1" in address] == []
    assert "https://example.org/book/book/01_superposition.html#wall_of_features" in away


def test_without_an_address_no_link_leads_to_this_machine(browser, site, monkeypatch):
    monkeypatch.setattr(pdf, "site_address", lambda: "")
    tab = browser.new_page()
    bound = pdf.bind([pdf.printed(tab, site, "book/index")], site, tab)
    tab.close()
    notes = [note.get_object() for page in bound.pages for note in page.get("/Annots", ())]
    assert [note for note in notes if "127.0.0.1" in str(note.get("/A"))] == []


# What of a formula is farther right than the paper's text.
BEYOND = """() => {
    const right = document.querySelector("article").getBoundingClientRect().right;
    return [...document.querySelectorAll("article mjx-math")].filter(
        (one) => one.getBoundingClientRect().right > right + 1).map((one) => one.textContent);
}"""


@pytest.mark.parametrize("name", ["book/07_permutation", "book/13_whole_network"])
def test_no_formula_is_wider_than_the_paper(browser, site, name):
    tab = browser.new_page(viewport={"width": 900, "height": 1200})
    pdf.printed(tab, site, name)
    tab.set_viewport_size({"width": 650, "height": 900})  # A4 less its margins, in pixels
    assert tab.locator("article mjx-math").count() > 50
    assert tab.evaluate(BEYOND) == []
    tab.close()
