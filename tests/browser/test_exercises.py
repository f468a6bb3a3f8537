"""Exercises in the page: what a reader writes is checked there, and whatever goes wrong is said."""

import re

import build
import contents
import pytest
from test_live import FRONT, PATIENCE, check_static, file_of, panel, run_here
from test_live import said as said_of_page
from test_pages import check_with_axe

from superpos_lib.live import Page

CHAPTER = "book/06_codes.html"
WRONG = "def my_formula(a, b, i):\n    return a + 2 * b + i"
RIGHT = "def my_formula(a, b, i):\n    print('a line')\n    return a * i + b"
ENDLESS = "def my_formula(a, b, i):\n    while True:\n        pass"
NO_STORAGE = """Object.defineProperty(window, "localStorage", {
    get() { throw new DOMException("Not here.", "SecurityError"); },
})"""


def notebook(page):
    source = (build.ROOT / page).with_suffix(".ipynb")
    return Page(source.read_text("utf-8")) if source.exists() else None


PAGES = [page for page in contents.pages() if notebook(page) and notebook(page).exercises]


class Practice:
    """The first exercise of a page."""

    def __init__(self, tab):
        self.tab = tab
        self.box = tab.locator(".practice").first
        self.area = self.box.get_by_role("textbox", name="Your code for")
        self.status = self.box.get_by_role("status")

    def button(self, name):
        return self.box.get_by_role("button", name=name, exact=True)

    def check(self, text):
        """Write a text and have it checked; return the verdict."""
        self.area.fill(text)
        self.button("Check").click()
        return self.verdict()

    def verdict(self):
        self.button("Stop").wait_for(state="hidden", timeout=PATIENCE)
        return self.status.inner_text()

    def said(self, words):
        self.status.filter(has_text=words).wait_for(timeout=PATIENCE)


def native(page, text):
    return run_here(page).check(0, text)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_shows_the_cells_that_its_exercises_are(page):
    exercises = notebook(page).exercises
    cells = contents.soup(page).select(".cell.tag_exercise .cell_input pre")
    assert [cell.get_text().rstrip() for cell in cells] == [one.start.rstrip() for one in exercises]
    checks = contents.soup(page).select(".cell.tag_check .cell_output")
    assert len(checks) == len(exercises)
    assert all(check.get_text().strip().startswith("not yet: ") for check in checks)
    assert contents.soup(page).select_one("meta[name=explore-runtime]")


@pytest.mark.parametrize("page", PAGES)
def test_a_page_offers_each_of_its_exercises(reader, page):
    with reader(mathematics=False) as visit:
        tab = visit.open(page)
        tab.locator(".practice").first.wait_for()
        starts = [one.start.rstrip() for one in notebook(page).exercises]
        areas = tab.locator(".practice textarea")
        assert [area.input_value() for area in areas.all()] == starts
        names = [area.evaluate("area => area.labels[0].textContent") for area in areas.all()]
        assert len(set(names)) == len(names) and all(
            name.startswith("Your code for Exercise") for name in names
        )
        assert tab.locator(".cell.tag_exercise .cell_input:visible").count() == 0
        assert visit.troubles == []


def test_answers_are_those_of_python_here(reader):
    with reader(mathematics=False, reduced_motion="reduce") as visit:
        tab = visit.open(CHAPTER)
        practice = Practice(tab)
        start = notebook(CHAPTER).exercises[0].start.rstrip()
        assert practice.status.inner_text() == native(CHAPTER, start)[0]
        # The keyboard is not trapped in the text.
        practice.area.focus()
        tab.keyboard.press("Tab")
        assert practice.button("Check").evaluate("one => one === document.activeElement")
        assert practice.area.input_value() == start
        # Which of equally bad inputs is the worst one is up to rounding; it has two active features.
        said = practice.check(WRONG)
        assert re.fullmatch(r"not yet: with \[\(.*\), \(.*\)\] active, the inactive .* reads 2.00", said)
        assert practice.status.get_attribute("data-verdict") == "not yet"
        # Its button started the page's Python, and no other one.
        said_of_page(tab, "Python runs: the controls take every value")
        said = practice.check(RIGHT)
        assert said.startswith(native(CHAPTER, RIGHT)[0]) and "Your code printed:\na line" in said
        assert practice.status.get_attribute("data-verdict") == "solved"
        for text, words in (
            (
                "def my_formula(a, b, i):\n    return a / (b - b)",
                "ZeroDivisionError: division by zero, in line 2",
            ),
            (
                "my_formula = nowhere",
                "NameError: name 'nowhere' is not defined, in line 1: my_formula = nowhere",
            ),
            ("def my_formula(a, b, i:", "Python cannot read it: SyntaxError: "),
        ):
            said = practice.check(text)
            assert said == native(CHAPTER, text)[0] and words in said
        assert sum(url.endswith("/live-worker.js") for url in visit.requests) == 1
        assert visit.troubles == []
        check_with_axe(tab, "light")
        check_with_axe(tab, "dark")


def test_what_a_reader_wrote_is_kept_until_they_start_again(reader):
    with reader(mathematics=False) as visit:
        practice = Practice(visit.open(CHAPTER))
        start, said = practice.area.input_value(), practice.status.inner_text()
        practice.area.fill(WRONG)
        practice = Practice(visit.open(CHAPTER))
        assert practice.area.input_value() == WRONG and practice.status.inner_text() == ""
        practice.button("Start again").click()
        assert (practice.area.input_value(), practice.status.inner_text()) == (start, said)
        assert Practice(visit.open(CHAPTER)).area.input_value() == start


def test_a_browser_that_keeps_nothing_is_no_hindrance(reader):
    with reader(mathematics=False) as visit:
        visit.context.add_init_script(NO_STORAGE)
        practice = Practice(visit.open(CHAPTER))
        practice.area.fill(WRONG)
        assert practice.area.input_value() == WRONG
        practice.button("Start again").click()
        assert practice.area.input_value() != WRONG


def test_code_that_never_ends_is_stopped_and_the_next_check_starts_anew(reader):
    with reader(mathematics=False) as visit:
        visit.page.clock.install()
        tab = visit.open(CHAPTER)
        practice = Practice(tab)
        practice.area.fill(ENDLESS)
        practice.button("Check").click()
        practice.said("Checking")
        practice.button("Stop").focus()
        tab.keyboard.press("Enter")
        assert practice.verdict().startswith("Python was stopped. Your code is as you left it")
        assert practice.button("Check").evaluate("one => one === document.activeElement")
        assert "Python was stopped. The figures keep the book's values." in panel(tab).inner_text()
        # Without the button, after half a minute, of which a busy machine takes some seconds itself.
        practice.button("Check").click()
        practice.said("Checking")
        tab.clock.fast_forward(15_000)
        practice.said("Checking")
        tab.clock.fast_forward(15_000)
        assert practice.verdict().startswith("The check did not end within 30 seconds")
        assert practice.area.input_value() == ENDLESS
        check_static(tab, CHAPTER)
        assert practice.check(WRONG).startswith("not yet: with ")


def test_a_download_that_fails_is_said_at_the_exercise_too(reader):
    with reader(mathematics=False) as visit:
        visit.context.route(f"**/{file_of('library')}", lambda route: route.abort())
        tab = visit.open(CHAPTER)
        practice = Practice(tab)
        said = practice.check(WRONG)
        assert "could not be downloaded" in said and said.endswith("Check starts Python again.")
        assert practice.area.input_value() == WRONG
        assert "could not be downloaded" in panel(tab).inner_text()


def test_on_a_phone(reader):
    with reader(375, mathematics=False, has_touch=True, is_mobile=True, color_scheme="dark") as visit:
        tab = visit.open(CHAPTER)
        practice = Practice(tab)
        practice.area.scroll_into_view_if_needed()
        assert practice.area.bounding_box()["width"] <= 375
        assert practice.button("Check").bounding_box()["height"] >= 44
        assert tab.evaluate("document.scrollingElement.scrollWidth") <= 375
        check_with_axe(tab, "dark")


@pytest.mark.parametrize("without", ["JavaScript", "WebAssembly"])
def test_where_python_cannot_run_the_cell_stands_as_it_is(reader, without):
    with reader(mathematics=False, java_script_enabled=without != "JavaScript") as visit:
        visit.context.add_init_script("delete globalThis.WebAssembly")
        visit.page.goto(visit.site + CHAPTER)
        if without == "WebAssembly":
            panel(visit.page).wait_for()
        assert not visit.page.locator(".practice").count()
        assert visit.page.locator(".cell.tag_exercise .cell_input").first.is_visible()
        assert visit.page.locator(".cell.tag_check .cell_output").first.is_visible()


def test_pages_without_exercises_offer_none():
    assert FRONT not in PAGES
    assert not contents.soup(FRONT).select(".tag_exercise")
