"""The book as a PDF, on two of its pages."""

import io
import re
import unicodedata

import pdf
from pypdf import PdfReader

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
    sheets = [
        (part, *pdf.printed(tab, site, name))
        for part, name in [(None, "book/index"), ("I", "book/01_superposition")]
    ]
    tab.close()
    buffer = io.BytesIO()
    pdf.bind(sheets).write(buffer)
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
    links = [
        note.get_object()["/A"]["/URI"]
        for page in book.pages[start:]
        for note in page.get("/Annots", ())
        if "/URI" in note.get_object().get("/A", {})
    ]
    assert "https://example.org/book/book/01_superposition.html#wall_of_features" in links
