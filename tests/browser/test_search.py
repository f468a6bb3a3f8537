"""The book's search, in the browser: what is asked in any spelling is found where it is explained."""

import contents
import pytest


def results(visit, query):
    visit.page.goto(f"{visit.site}search.html")
    visit.page.locator("#main-content input[name=q]").fill(query)
    visit.page.keyboard.press("Enter")
    visit.page.locator(".search-summary").wait_for()
    return visit.page.locator("ul.search li")


@pytest.mark.parametrize("query", ["double_light", "doublelight", "double-light", "Double light"])
def test_any_spelling_finds_the_chapter_first(reader, query):
    with reader() as visit:
        first = results(visit, query).first.locator("a")
        assert first.get_attribute("href").startswith("book/09_double_light.html")
        assert visit.troubles == []


@pytest.mark.parametrize("query", ["readout", "read-out", "2AND", "2-AND", "interference"])
def test_chapters_come_first_and_excerpts_have_no_tex_and_no_code(reader, query):
    with reader(width=375) as visit:
        found = results(visit, query)
        assert found.count() > 5
        pages = [one.get_attribute("href") for one in found.locator("a").all()]
        assert "/0" in pages[0] or "/1" in pages[0]
        behind = [bool(page.startswith(("book/reference", "book/how_"))) for page in pages]
        assert behind == sorted(behind)
        text = " ".join(found.all_inner_texts())
        assert "\\" not in text and "import " not in text and "np." not in text
        assert found.locator("mark").count() > 3


def test_a_result_leads_to_its_section_and_what_is_in_a_closed_box_is_opened(reader):
    with reader(mathematics=False) as visit:
        results(visit, "interference").first.locator("a").click()
        visit.page.wait_for_url("**/book/*.html#*")
        name = visit.page.url.rsplit("#", 1)[1]
        assert name in contents.ids(visit.page.url.removeprefix(visit.site).split("#")[0].split("?")[0])
        visit.page.locator("main .highlighted:visible").first.wait_for()


@pytest.mark.parametrize("query", ["zzzz", "(", "\\", "   ", "<b>x</b>", "100 %"])
def test_odd_questions_are_answered(reader, query):
    with reader() as visit:
        visit.page.goto(f"{visit.site}search.html")
        visit.page.locator("#main-content input[name=q]").fill(query)
        visit.page.keyboard.press("Enter")
        visit.page.wait_for_timeout(300)
        assert visit.page.locator("h1").inner_text() == "Search"
        assert visit.troubles == []


def test_the_magnifier_stands_before_the_words(reader):
    with reader() as visit:
        tab = visit.open("search.html?q=code")
        icon = tab.locator("#main-content form.bd-search i").bounding_box()
        field = tab.locator("#main-content input[name=q]")
        padding = field.evaluate("one => parseFloat(getComputedStyle(one).paddingLeft)")
        assert icon["x"] + icon["width"] <= field.bounding_box()["x"] + padding


@pytest.mark.parametrize("page", contents.pages())
def test_descriptions_are_words(page):
    described = contents.soup(page).select_one("meta[name=description]")
    assert page == "search.html" or not set("\\$") & set(described["content"])
