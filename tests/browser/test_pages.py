"""Every page of the built book, in a real browser."""

import gzip
from urllib.parse import unquote, urlsplit

import build
import contents
import links
import pytest
from axe_playwright_python.sync_playwright import Axe

import superpos_lib

AXE = Axe()
LEVELS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    "resultTypes": ["violations"],
}
# What a page and all it needs may weigh when it is first opened, compressed as servers compress it.
FIRST_LOAD = 800_000

every_page = pytest.mark.parametrize("page", contents.pages())
# What reaches farthest to the right, for the message of a test that fails.
RIGHTMOST = """() => {
    const right = (one) => one.getBoundingClientRect().right;
    const wide = [...document.querySelectorAll("main *")].filter((one) => right(one) > innerWidth);
    return wide.map((one) => `${right(one)} ${one.outerHTML.slice(0, 150)}`).slice(0, 10);
}"""

# How far what is in sight has moved by itself, as Cumulative Layout Shift counts it: 0.1 is noticed.
RECORD_SHIFTS = """window.shifts = 0;
new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts += entry.value;
}).observe({ type: "layout-shift", buffered: true });"""
MOST_SHIFT = 0.1
UNSET = """() => {
    const unset = document.querySelectorAll(".math:not(:has(mjx-container))");
    return [...unset].map((one) => one.textContent);
}"""

# The bar beside what a chapter begins with: without the theme's colours it has no width.
NOTCH_OF = "quoted => getComputedStyle(quoted).borderLeftWidth"
NOTCH = f"({NOTCH_OF})(document.querySelector('.bd-article blockquote'))"

# Formulas that reach out of their place and do not scroll there, or do not show that they go on, and those
# that scroll though they fit. A letter may lean out by three pixels.
CUT = """() => [...document.querySelectorAll("main .math:has(mjx-container)")].filter((formula) => {
    const box = formula.matches("span") ? formula : formula.querySelector("mjx-container");
    if (!box.clientWidth) return false;
    const wide = box.scrollWidth - box.clientWidth > 3;
    const { overflowX, maskImage } = getComputedStyle(box);
    const scrolls = overflowX === "auto" && box.tabIndex === 0 && maskImage !== "none";
    const hidden = ["hidden", "clip"].includes(overflowX);
    return wide ? !scrolls : hidden || overflowX === "auto";
}).map((formula) => formula.textContent)"""

# Words in tables that stand on two lines; names of files and functions may.
TORN = """() => [...document.querySelectorAll("main :is(td, th)")].flatMap((cell) => {
    const torn = [], texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT), range = new Range();
    while (texts.nextNode()) {
        const text = texts.currentNode;
        if (text.parentElement.closest("code, mjx-container")) continue;
        for (const word of text.data.matchAll(/[\\p{L}\\p{N}]+/gu)) {
            range.setStart(text, word.index);
            range.setEnd(text, word.index + word[0].length);
            if (new Set([...range.getClientRects()].map((one) => one.top)).size > 1) torn.push(word[0]);
        }
    }
    return torn;
})"""


def move_all(page):
    """Move every control of the page one step."""
    for control in page.locator(".explore-controls :is(input, select):visible").all():
        control.focus()
        page.keyboard.press("ArrowRight" if control.get_attribute("type") == "range" else "ArrowDown")
    page.wait_for_function("!document.querySelector('[data-explore][aria-busy]')")


def unfold(page):
    """Open what the page keeps folded: hints, solutions, hidden cells."""
    page.evaluate(
        """() => {
            for (const one of document.querySelectorAll("details")) one.open = true;
            for (const one of document.querySelectorAll("button.toggle-button-hidden")) one.click();
        }"""
    )


def test_the_book_has_pages_and_explorers():
    assert "book/index.html" in contents.pages()
    assert contents.explorers()


def test_the_root_leads_to_the_front_page(reader):
    with reader() as visit:
        visit.page.goto(visit.site)
        visit.page.wait_for_url("**/book/index.html")
        assert visit.page.locator(".bd-article h1").count() == 1


@every_page
def test_links_within_the_book_lead_somewhere(page):
    here = build.SITE / page
    dead = []
    for link in contents.soup(page).select("a[href], link[href], script[src], img[src]"):
        address = link.get("href") or link.get("src")
        parts = urlsplit(address)
        if parts.scheme or parts.netloc:
            continue
        target = (here.parent / unquote(parts.path)).resolve() if parts.path else here
        known = contents.exists(target)
        if known and parts.fragment and target.suffix == ".html":
            ids = contents.ids(target.relative_to(build.SITE).as_posix())
            known = unquote(parts.fragment) in ids
        if not known:
            dead.append(address)
    assert dead == []


@every_page
def test_links_out_of_the_book_are_those_that_can_be_checked(page):
    away = {link["href"] for link in contents.soup(page).select("a[href]") if urlsplit(link["href"]).scheme}
    assert away <= set(links.found())


@every_page
def test_a_page_says_what_it_is_and_is_shown_before_any_script(page):
    soup = contents.soup(page)
    assert len(soup.select('link[rel="stylesheet"]')) == 1
    # What the page for search loads is what it is for.
    assert page == "search.html" or soup.select("script[src]:not([defer])") == []
    assert [image for image in soup.select("img") if not (image.get("width") and image.get("height"))] == []
    described = soup.select_one('meta[name="description"]')
    assert page == "search.html" or len(described["content"]) > 20
    assert soup.select_one("title").text.strip()
    assert f"Version {superpos_lib.__version__}" in soup.select_one(".bd-footer-content").text


def weight(response):
    """Bytes of a response, compressed as servers compress it."""
    body = response.body()
    return len(body if response.url.endswith((".woff", ".woff2", ".png")) else gzip.compress(body))


def check_with_axe(tab, scheme, context=None):
    """Axe finds nothing on the page, or in the part of it that `context` selects."""
    tab.emulate_media(color_scheme=scheme)
    tab.wait_for_function("scheme => document.documentElement.dataset.theme === scheme", arg=scheme)
    found = AXE.run(tab, context, LEVELS)
    assert found.violations_count == 0, f"{scheme}: {found.generate_report()}"


# Formulas are most of a chapter's elements and of its time: what is seen with them is seen in one visit.
@every_page
def test_opens_light_and_asks_no_other_host(reader, page):
    with reader() as visit:
        visit.page.add_init_script(RECORD_SHIFTS)
        tab = visit.open(page)
        visit.wait_until_quiet()
        assert tab.evaluate("window.shifts") < MOST_SHIFT
        assert tab.evaluate(UNSET) == []
        weights = {response.url: weight(response) for response in visit.responses}
        heaviest = sorted(((weight, url) for url, weight in weights.items()), reverse=True)[:8]
        assert sum(weights.values()) < FIRST_LOAD, heaviest
        tab.mouse.wheel(0, 100_000)
        unfold(tab)
        visit.wait_until_quiet()
        away = [url for url in visit.requests if not url.startswith((visit.site, "data:", "blob:"))]
        assert away == []
        assert visit.troubles == []


@pytest.mark.parametrize("page", contents.few_first(contents.pages()))
def test_axe_finds_nothing_in_formulas(reader, page):
    with reader(color_scheme="light", reduced_motion="reduce") as visit:
        tab = visit.open(page)
        unfold(tab)
        visit.wait_until_quiet()
        check_with_axe(tab, "light")


@every_page
def test_axe_finds_nothing_and_nothing_moves_by_itself(reader, page):
    check_moved(reader, page, 375)


@pytest.mark.parametrize("page", contents.few_first(contents.pages()))
def test_axe_finds_nothing_at_a_desk_either(reader, page):
    check_moved(reader, page, 1280)


def check_moved(reader, page, width):
    with reader(width, mathematics=False, color_scheme="light", reduced_motion="reduce") as visit:
        tab = visit.open(page)
        check_with_axe(tab, "light")
        unfold(tab)
        move_all(tab)
        assert tab.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
        assert tab.evaluate("document.getAnimations().length") == 0
        check_with_axe(tab, "dark")


@every_page
def test_nothing_scrolls_sideways_and_no_word_of_a_table_is_torn(reader, page):
    with reader(375) as visit:
        visit.page.add_init_script(RECORD_SHIFTS)
        tab = visit.open(page)
        assert tab.evaluate("window.shifts") < MOST_SHIFT
        unfold(tab)
        for width in (1920, 1280, 640, 375, 320):
            tab.set_viewport_size({"width": width, "height": 800})
            reach = tab.evaluate(RIGHTMOST)
            assert tab.evaluate("document.scrollingElement.scrollWidth") <= width, reach
            tab.wait_for_timeout(200)  # formulas follow the width
            assert tab.evaluate(CUT) == []
            assert tab.evaluate(TORN) == []


@pytest.mark.parametrize(
    ("mode", "system", "shown"),
    [
        (None, "light", "light"),
        (None, "dark", "dark"),
        ("auto", "dark", "dark"),
        ("light", "dark", "light"),
    ],
)
def test_a_page_has_its_colours_before_any_script_has_come(reader, mode, system, shown):
    with reader(color_scheme=system) as visit:
        if mode:
            visit.context.add_init_script(f"localStorage.setItem('mode', '{mode}')")
        visit.context.route("**/*.js*", lambda route: route.abort())
        visit.page.goto(visit.site + "book/14_proof_for_one_network.html")
        assert visit.page.evaluate("document.documentElement.dataset.theme") == shown
        assert visit.page.evaluate(NOTCH) == "4px"


def test_without_javascript_a_page_has_its_colours(reader):
    with reader(java_script_enabled=False) as visit:
        visit.page.goto(visit.site + "book/14_proof_for_one_network.html")
        assert visit.page.locator(".bd-article blockquote").first.evaluate(NOTCH_OF) == "4px"


def test_formulas_show_their_source_where_mathjax_is_missing(reader):
    with reader() as visit:
        visit.context.route("**/_static/mathjax/*.js", lambda route: route.abort())
        tab = visit.open("book/01_superposition.html")
        tab.wait_for_selector("html.formulas-missing")
        assert tab.locator("main .math").first.is_visible()
        assert tab.locator("main .math").first.inner_text().startswith("\\(")


@every_page
def test_without_javascript_the_first_frames_stand(reader, page):
    first = [one.frames[0] for one in contents.explorers() if one.page == page]
    with reader(java_script_enabled=False) as visit:
        visit.page.goto(visit.site + page)
        figures = visit.page.locator("[data-explore]")
        assert figures.count() == len(first)
        for figure, frame in zip(figures.all(), first, strict=True):
            image = figure.locator("img")
            assert image.is_visible()
            assert image.get_attribute("alt") == frame["alt"]
            assert image.get_attribute("src").endswith(frame["wide"][0])
            assert not figure.locator(".explore-controls").is_visible()


@every_page
def test_explorers_work_in_every_theme_and_on_paper_pictures_stand_alone(reader, page):
    with reader(mathematics=False) as visit:
        tab = visit.open(page)
        seen = set()
        for _ in range(3):
            tab.locator(".theme-switch-button").first.click()
            seen.add(tab.evaluate("document.documentElement.dataset.mode"))
            move_all(tab)
        assert seen == {"auto", "light", "dark"}
        tab.emulate_media(media="print")
        for figure in tab.locator("[data-explore]").all():
            assert figure.locator("img").is_visible()
            assert not figure.locator(".explore-controls").is_visible()
        assert visit.troubles == []
