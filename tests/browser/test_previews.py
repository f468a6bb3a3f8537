"""A look at what a link leads to."""

import re

import build
import contents
import pytest

PAGE = "book/09_double_light.html"


def links(page, kind):
    """Links of the page's text to statements of another page."""
    found = contents.soup(page).select(f'.bd-article a.internal[href*=".html#{kind}"]')
    return [link["href"] for link in found]


@pytest.fixture
def tab(reader):
    with reader() as visit:
        yield visit.open(PAGE)
        assert visit.troubles == []


def shown(tab):
    return tab.locator(".preview-placed")


def test_a_statement_of_another_chapter_is_shown_with_its_formulas(tab):
    href = links(PAGE, "thm-")[0]
    tab.locator(f'.bd-article a[href="{href}"]').first.hover()
    shown(tab).wait_for()
    assert "Theorem" in shown(tab).inner_text()
    assert shown(tab).locator("mjx-container").count() > 0
    box, window = shown(tab).bounding_box(), tab.viewport_size
    assert box["x"] >= 0 and box["x"] + box["width"] <= window["width"]
    assert box["y"] >= 0 and box["y"] + box["height"] <= window["height"]


def test_a_symbol_and_a_term_are_shown_with_what_they_mean(tab):
    tab.locator('a.lookup[href="notation.html#symbol-varepsilon"]').first.hover()
    shown(tab).wait_for()
    assert " ".join(shown(tab).inner_text().split()).endswith("a stranger is heard: at most")
    assert shown(tab).locator("mjx-container").count() == 3
    assert shown(tab).bounding_box()["height"] < 120
    tab.keyboard.press("Escape")
    tab.locator('a.lookup[href="notation.html#term-stranger"]').first.hover()
    shown(tab).wait_for()
    assert "has nothing to do with" in shown(tab).inner_text()
    # With the keyboard one comes by each symbol once.
    links = tab.locator('a.lookup[href="notation.html#symbol-s-i"]')
    reached = [link.evaluate("link => link.tabIndex") for link in links.all()]
    assert len(reached) > 2 and reached.count(0) == 2  # s_i, and L, which has the same row


def table(heading):
    """A table of symbols, from its source: (formulas, chapters)."""
    source = (build.ROOT / "book" / "notation.md").read_text("utf-8").split(f"| {heading} |")[1]
    rows = [line.split("|") for line in source.split("\n\n")[0].splitlines()[2:]]
    return [(re.findall(r"\$(.+?)\$", row[1]), re.findall(r"<(\w+)>", "".join(row[2:]))) for row in rows]


def test_symbols_lead_to_their_row_and_only_where_they_mean_what_it_says():
    notation = contents.soup("book/notation.html")
    meanings, borrowed = table("symbol"), table("borrowed letter")
    seen = set()
    for page in contents.pages():
        name = page.removeprefix("book/").removesuffix(".html")
        for part in contents.soup(page).select(".bd-article > section > section"):
            links = part.select("a.lookup[href*='#symbol-']")
            letters = [link.get_text()[2:-2] for link in links]
            assert len(set(letters)) == len(letters), (page, letters)
            for link, letter in zip(links, letters, strict=True):
                row = notation.find(id=link["href"].partition("#")[2])
                assert row.name == "tr" and link["href"].startswith("notation.html#")
                written = re.findall(r"\\\((.+?)\\\)", row.td.get_text())
                assert any(re.fullmatch(re.escape(letter) + r"( = .*| \\in .*)?", one) for one in written)
                first = next(chapters for formulas, chapters in meanings if formulas == written)
                assert not first or name >= min(first)
                assert not any(letter in formulas and name in chapters for formulas, chapters in borrowed)
                assert link.find_parent(class_="proof-type-proof") is None
                assert link.find_parent(class_="exercise") is None and not link.find_parent(["h2", "a"])
                seen.add(letter)
    assert {"m'", "n", "C", "s_i", r"\theta", r"\ell_r", r"\bar x", "(a_i, b_i)"} <= seen


def test_each_term_leads_to_the_glossary_once_on_a_page():
    notation = contents.soup("book/notation.html")
    chapters = [page for page in contents.pages() if re.match(r"book/\d\d_", page)]
    assert len(chapters) == len(list((build.ROOT / "book").glob("[0-9]*.ipynb")))
    for page in chapters:
        links = contents.soup(page).select(".bd-article a.lookup[href*='#term-']")
        targets = [link["href"].partition("#")[2] for link in links]
        assert targets and len(set(targets)) == len(targets), page
        for link, target in zip(links, targets, strict=True):
            word, term = link.get_text().lower(), notation.find("dt", id=target).get_text().lower()
            assert any(word in (one, f"{one}s", f"{one[:-1]}ies") for one in term.strip("#\n").split(", "))
            assert word not in ("code", "weight", "light", "row")


def test_it_stays_under_the_pointer_and_goes_with_escape_and_when_it_is_left(tab):
    link = tab.locator(f'.bd-article a[href="{links(PAGE, "thm-")[0]}"]').first
    link.hover()
    shown(tab).hover()
    tab.wait_for_timeout(500)
    assert shown(tab).is_visible()
    tab.keyboard.press("Escape")
    assert shown(tab).count() == 0
    link.hover()
    shown(tab).wait_for()
    tab.mouse.move(2, 2)
    shown(tab).wait_for(state="detached")


def test_the_keyboard_opens_it_and_a_screen_reader_is_told(tab):
    tab.keyboard.press("Tab")  # so that focus is the keyboard's
    link = tab.locator('.bd-article a.internal[href="06_codes.html"]').first
    link.focus()
    shown(tab).wait_for()
    assert link.get_attribute("aria-describedby") == shown(tab).get_attribute("id")
    assert shown(tab).get_attribute("role") == "tooltip"
    link.blur()
    shown(tab).wait_for(state="detached")
    assert link.get_attribute("aria-describedby") is None


def test_a_click_goes_where_it_always_went(tab):
    link = tab.locator('.bd-article a.internal[href="06_codes.html"]').first
    link.hover()
    shown(tab).wait_for()
    link.click()
    tab.wait_for_url("**/06_codes.html")
    assert tab.locator(".bd-article h1").inner_text().strip()


def test_fingers_see_links_and_no_previews(reader):
    with reader(375, has_touch=True, is_mobile=True) as visit:
        tab = visit.open(PAGE)
        tab.locator('.bd-article a.internal[href="06_codes.html"]').first.focus()
        tab.wait_for_timeout(800)
        assert shown(tab).count() == 0
