"""A look at what a link leads to."""

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


def test_fingers_see_links_and_no_previews(reader):
    with reader(375, has_touch=True, is_mobile=True) as visit:
        tab = visit.open(PAGE)
        tab.locator('.bd-article a.internal[href="06_codes.html"]').first.focus()
        tab.wait_for_timeout(800)
        assert shown(tab).count() == 0
