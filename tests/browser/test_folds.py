"""What is folded: code, below its figure; and what an address or a search opens."""

import contents
import pytest

CODES = "book/06_codes.html"
CHAPTERS = [page for page in contents.pages() if contents.soup(page).select(".cell_input")]
OPEN = "document.querySelectorAll('details.folded-code[open]').length"


@pytest.mark.parametrize("page", CHAPTERS)
def test_all_code_is_folded_but_what_readers_change_and_none_is_above_its_figure(page):
    cells = contents.soup(page).select("div.cell:has(.cell_input)")
    assert cells
    for cell in cells:
        code = cell.select_one(".cell_input")
        folded = code.find_parent("details", class_="folded-code")
        assert (folded is None) == ("tag_exercise" in cell["class"])
        if folded is None:
            continue
        assert not folded.has_attr("open")
        assert 5 < len(folded.select_one("summary").get_text()) < 70
        if cell.select_one(".explore, .cell_output img"):
            assert folded.find_next_sibling() is None
            assert folded.find_previous_sibling("div", class_="cell_output")


def test_one_click_opens_one_and_one_switch_all_and_is_remembered(reader):
    with reader(mathematics=False) as visit:
        tab = visit.open(CODES)
        count = tab.locator("details.folded-code").count()
        assert count > 10 and tab.evaluate(OPEN) == 0
        tab.locator("details.folded-code summary").first.focus()
        tab.keyboard.press("Enter")
        assert tab.evaluate(OPEN) == 1
        switch = tab.get_by_role("switch", name="Show all code")
        switch.focus()
        tab.keyboard.press("Space")
        assert tab.evaluate(OPEN) == count
        tab = visit.open("book/07_permutation.html")
        assert tab.evaluate(OPEN) == tab.locator("details.folded-code").count()
        tab.get_by_role("switch", name="Show all code").uncheck()
        assert tab.evaluate(OPEN) == 0
        tab = visit.open(CODES)
        assert tab.evaluate(OPEN) == 0


def test_without_javascript_code_opens_and_there_is_no_switch(reader):
    with reader(java_script_enabled=False) as visit:
        visit.page.goto(visit.site + CODES)
        first = visit.page.locator("details.folded-code").first
        first.locator("summary").click()
        assert first.locator("pre").is_visible()
        assert not visit.page.locator(".all-code").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_paper_is_light_and_has_the_code_that_is_open(reader, scheme):
    with reader(mathematics=False, color_scheme=scheme) as visit:
        tab = visit.open(CODES)
        tab.locator("details.folded-code summary").first.click()
        tab.emulate_media(media="print", color_scheme=scheme)
        folded = tab.locator("details.folded-code")
        assert folded.first.locator("pre").is_visible()
        assert not folded.nth(1).is_visible()
        colours = (
            "[...document.querySelectorAll('body, h1, pre')].map((one) => getComputedStyle(one).color)"
        )
        for colour in tab.evaluate(colours):
            red, green, blue = (int(part) for part in colour[4:-1].split(","))
            assert max(red, green, blue) < 130, colour
        ground = tab.evaluate("getComputedStyle(document.body).backgroundColor")
        assert ground in ("rgb(255, 255, 255)", "rgba(0, 0, 0, 0)")


@pytest.mark.parametrize("anchor", ["sol-codes-hand", "sol-codes-hand-content"])
def test_an_address_in_a_closed_box_opens_it_and_goes_there(reader, anchor):
    with reader(mathematics=False) as visit:
        tab = visit.open(f"{CODES}#{anchor}")
        target = tab.locator(f"#{anchor}")
        tab.wait_for_function(
            "id => document.getElementById(id).querySelector('p:not(.admonition-title)')"
            ".getClientRects().length > 0",
            arg=anchor,
        )
        tab.wait_for_timeout(300)
        assert 0 <= target.bounding_box()["y"] < 700


@pytest.mark.parametrize("page", contents.pages())
def test_ids_are_there_once_and_do_not_count(page):
    ids = [tag["id"] for tag in contents.soup(page).find_all(id=True)]
    assert ids
    assert sorted({one for one in ids if ids.count(one) > 1}) == []
    assert [one for one in ids if "-solution-" in one and one.rsplit("-", 1)[1].isdigit()] == []


def test_formulas_are_no_stops_of_the_keyboard_and_have_one_size(reader):
    with reader() as visit:
        tab = visit.open(CODES)
        tab.evaluate(
            "document.querySelectorAll('button.toggle-button-hidden').forEach((one) => one.click())"
        )
        tab.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
        tab.wait_for_timeout(300)
        assert tab.locator("mjx-assistive-mml math").count() > 300
        assert tab.locator("mjx-container[class*=Menu], mjx-container[class*=menu]").count() == 0
        fit = "one => one.scrollWidth - one.clientWidth <= 3 && one.tabIndex >= 0"
        assert tab.locator("mjx-container").evaluate_all(f"all => all.filter({fit}).length") == 0
        ratio = """all => [...new Set(all.map((one) => {
            const size = (some) => parseFloat(getComputedStyle(some).fontSize);
            return Math.round((100 * size(one)) / size(one.parentElement));
        }))]"""
        (size,) = tab.locator("main .math > mjx-container").evaluate_all(ratio)
        assert 105 < size < 135


@pytest.mark.parametrize(("width", "height"), [(1280, 900), (375, 812)])
def test_the_front_page_has_its_figure_and_slider_on_the_first_screen(reader, width, height):
    with reader(width) as visit:
        visit.page.set_viewport_size({"width": width, "height": height})
        tab = visit.open("book/index.html")
        visit.wait_until_quiet()
        figure = tab.locator(".explore").first
        for part in (figure.locator("input[type=range]").first, figure.locator("img")):
            box = part.bounding_box()
            assert box["y"] >= 0
            assert box["y"] + box["height"] <= height
        button = tab.locator(".explore-live button:visible").first
        picture = figure.locator("img").bounding_box()
        assert button.bounding_box()["y"] > picture["y"] + picture["height"] - 1


# Buttons above the page that lie on one another.
OVERLAPS = """() => {
    const boxes = [...document.querySelectorAll(".bd-header-article :is(button, a)")]
        .map((one) => one.getBoundingClientRect()).filter((box) => box.width);
    const meet = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2
        && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 2;
    return boxes.flatMap((one, i) => boxes.slice(i + 1).filter((other) => meet(one, other))).length;
}"""


@pytest.mark.parametrize("size", ["100%", "200%"])
def test_text_of_twice_the_size_fits_a_small_phone(reader, size):
    with reader(width=360, mathematics=False) as visit:
        tab = visit.open(CODES)
        tab.evaluate("size => (document.documentElement.style.fontSize = size)", size)
        tab.wait_for_timeout(300)
        assert tab.locator(".bd-header-article button:visible").count() > 2
        assert tab.evaluate("document.scrollingElement.scrollWidth") <= 360
        assert tab.evaluate(OVERLAPS) == 0
