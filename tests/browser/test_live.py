"""Pages that run in the browser: the same numbers as here, and a sentence for whatever goes wrong."""

import functools
import hashlib
import json
import re
import threading
from urllib.parse import parse_qs, urlsplit

import build
import contents
import pytest
import runtime
import serve
from test_pages import check_with_axe

from superpos_lib.live import Page

LIVE = build.SITE / "_live"
BUTTON = "Run this page in your browser"
FRONT = "book/index.html"
CHAPTER = "book/06_codes.html"
# What a page downloads to run, and what one that needs SciPy downloads besides.
FIRST, LATER = 12_300_000, 2_000_000
PATIENCE = 120_000
COUNT_DRAWN = """() => {
    const make = URL.createObjectURL.bind(URL);
    window.drawn = 0;
    URL.createObjectURL = (blob) => (window.drawn++, make(blob));
}"""


def listed():
    return json.loads((LIVE / "list.json").read_text())


def file_of(role):
    return listed()["first"][role]["file"]


def panel(tab):
    return tab.locator(".explore-live")


def said(tab, words):
    """Wait until the panel's live region says something."""
    status = panel(tab).get_by_role("status").filter(has_text=words)
    status.wait_for(timeout=PATIENCE)
    return status.inner_text()


def start(visit, page):
    tab = visit.open(page)
    panel(tab).get_by_role("button", name=BUTTON).focus()
    tab.keyboard.press("Enter")
    return tab


def settle(tab, name):
    tab.wait_for_function(
        "name => !document.getElementById(name).hasAttribute('aria-busy')", arg=name, timeout=PATIENCE
    )
    figure = tab.locator(f'[id="{name}"]')
    assert not figure.locator(".explore-failed").count(), figure.locator("[role=status]").inner_text()
    return figure.locator("img")


def type_value(tab, explorer, control, value):
    """Type a value into the field beside a slider, and return the picture that came."""
    tab.locator(f'[id="{explorer}"] .explore-control:has([name="{control}"]) [type=number]').fill(
        str(value)
    )
    return settle(tab, explorer)


@functools.cache
def run_here(page):
    """The page, run by this machine's Python."""
    here = Page((build.ROOT / page).with_suffix(".ipynb").read_text("utf-8"))
    for index in range(len(here.cells)):
        here.run(index)
    return here


def native(page, name, **values):
    """The alt text, numbers and all, that Python here computes for the same values."""
    return run_here(page).draw(name, {key: str(value) for key, value in values.items()}, "wide").alt


def undeclared(explorer):
    """The name of a control that takes more values than were declared, and one of these; or None."""
    for name, control in explorer.controls.items():
        if control.reach:
            low, high, step = control.reach
            values = (round(low + step * i, 9) for i in range(1, round((high - low) / step)))
            between = [
                value for value in values if value not in control.values and value > control.values[0]
            ]
            if between:
                return name, between[0]
    return None


def check_static(tab, page):
    """The book's frames answer to the keys as if nothing had been tried."""
    explorer = next(one for one in contents.explorers() if one.page == page)
    control = next(iter(explorer.controls))
    field = tab.locator(f'[id="{explorer.name}"] [name="{control}"]')
    field.focus()
    tab.keyboard.press("ArrowRight")
    second = explorer.frame([1] + [0] * (len(explorer.controls) - 1))
    assert settle(tab, explorer.name).get_attribute("alt") == second["alt"]
    assert not tab.locator(".explore-control [type=number]").count()


def test_the_site_offers_to_run_every_page_with_explorers():
    pages = {one.page for one in contents.explorers()}
    offers = {
        page for page in contents.pages() if contents.soup(page).select('meta[name="explore-runtime"]')
    }
    assert offers == pages


def test_downloads_are_small_and_what_the_list_says():
    names = listed()
    assert sum(part["bytes"] for part in names["first"].values()) < FIRST
    assert sum(part["bytes"] for part in names["later"].values()) < LATER
    for part in [*names["first"].values(), *names["later"].values()]:
        data = (LIVE / part["file"]).read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (part["bytes"], part["sha256"])
    assert sum(path.stat().st_size for path in build.SITE.rglob("*") if path.is_file()) < 150_000_000


def test_a_page_computes_what_python_computes_here(reader):
    with reader(mathematics=False, reduced_motion="reduce") as visit:
        tab = start(visit, f"{FRONT}?n=333")
        said(tab, "take every value.")
        name = "neurons_for_a_thousand_features"
        # The address named a value that only a running page can show.
        assert settle(tab, name).get_attribute("alt") == native(FRONT, name, n=333)
        for n in (101, 250, 777):
            image = type_value(tab, name, "n", n)
            assert image.get_attribute("alt") == native(FRONT, name, n=n)
            assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") > 300
            assert tab.locator(f'[id="{name}"] [role=status]').inner_text() == image.get_attribute("alt")
            assert parse_qs(urlsplit(tab.url).query) == {"n": [str(n)]}
        slider = tab.locator(f'[id="{name}"] [type=range]')
        slider.focus()
        tab.keyboard.press("ArrowLeft")
        assert settle(tab, name).get_attribute("alt") == native(FRONT, name, n=776)
        assert slider.get_attribute("aria-valuetext") == "776"
        # Values run past faster than they can be drawn: the last one is shown, few others are computed.
        tab.evaluate(COUNT_DRAWN)
        for _ in range(30):
            tab.keyboard.press("ArrowLeft")
        assert settle(tab, name).get_attribute("alt") == native(FRONT, name, n=746)
        assert tab.evaluate("drawn") < 20
        panel(tab).get_by_role("button", name="Back to the book's values").click()
        assert settle(tab, name).get_attribute("alt") == native(FRONT, name, n=100)
        assert urlsplit(tab.url).query == ""
        assert [url for url in visit.requests if not url.startswith((visit.site, "data:", "blob:"))] == []
        assert visit.troubles == []
        # Last, since axe itself asks for style sheets that are not there.
        check_with_axe(tab, "light")
        check_with_axe(tab, "dark")


@pytest.mark.parametrize("page", sorted({one.page for one in contents.explorers()}))
def test_every_explorer_takes_a_value_that_was_not_declared(reader, page):
    with reader(mathematics=False) as visit:
        tab = start(visit, page)
        here = run_here(page)
        for name, explorer in here.explorers.items():
            new = undeclared(explorer)
            if new is None:
                continue
            control, value = new
            tab.locator(f'[id="{name}"] [type=number]').first.wait_for(timeout=PATIENCE)
            values = explorer.combinations()[0] | {control: value}
            assert type_value(tab, name, control, value).get_attribute("alt") == native(
                page, name, **values
            )
        said(tab, "take every value.")
        assert visit.troubles == []


def test_on_a_phone_and_below_a_sub_path_scipy_comes_when_it_is_needed(reader, tmp_path):
    (tmp_path / "book-of-mine").symlink_to(build.SITE)
    web = serve.server(0, tmp_path)
    threading.Thread(target=web.serve_forever, daemon=True).start()
    scipy = listed()["later"]["scipy"]["file"]
    with reader(375, mathematics=False) as visit:
        visit.site = f"http://127.0.0.1:{web.server_address[1]}/book-of-mine/"
        tab = start(visit, CHAPTER)
        said(tab, "take every value.")
        image = type_value(tab, "read_back", "n", 77)
        assert image.get_attribute("alt") == native(CHAPTER, "read_back", n=77, v=1)
        assert image.evaluate("image => image.clientWidth") <= 375
        assert not [url for url in visit.requests if url.endswith(scipy)]
        image = type_value(tab, "neurons_for_a_reading", "v", 3)
        assert image.get_attribute("alt") == native(CHAPTER, "neurons_for_a_reading", v=3, threshold=0.5)
        assert [url for url in visit.requests if url.endswith(scipy)]
        assert tab.evaluate("document.scrollingElement.scrollWidth") <= 375
        assert visit.troubles == []
    web.shutdown()
    web.server_close()


def cut_off(role):
    data = (LIVE / file_of(role)).read_bytes()
    return lambda route: route.fulfill(body=data[: len(data) // 2])


def forged(role):
    data = (LIVE / file_of(role)).read_bytes()
    return lambda route: route.fulfill(body=data[:-1] + bytes([data[-1] ^ 1]))


FAILURES = {
    "cut off": (cut_off, "was cut off after"),
    "forged": (forged, "is not the file that this site lists"),
    "unreachable": (lambda role: lambda route: route.abort(), "could not be downloaded"),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_a_download_that_fails_is_said_and_can_be_tried_again(reader, failure):
    answer, words = FAILURES[failure]
    with reader(mathematics=False, reduced_motion="reduce") as visit:
        visit.context.route(f"**/{file_of('library')}", answer("library"))
        tab = start(visit, FRONT)
        assert said(tab, words).endswith("The figures keep the book's values.")
        assert panel(tab).get_by_role("button", name="Try again").is_visible()
        check_static(tab, FRONT)
        check_with_axe(tab, "light")


def changed_notebook(cell):
    """The front page's notebook with one cell more before the last, which declares the explorer."""
    notebook = json.loads((build.ROOT / FRONT).with_suffix(".ipynb").read_text("utf-8"))
    at = next(i for i, one in enumerate(notebook["cells"]) if "@explore(" in "".join(one["source"]))
    notebook["cells"].insert(at, {"cell_type": "code", "source": [cell]})
    return json.dumps(notebook)


@pytest.mark.parametrize("error", ["ZeroDivisionError: division by zero", "MemoryError"])
def test_an_exception_in_a_cell_is_said(reader, error):
    cell = "y = 1 / 0" if error.startswith("Zero") else f"y = {error}()\nraise y"
    with reader(mathematics=False) as visit:
        visit.context.route(
            "**/_sources/book/index.ipynb", lambda route: route.fulfill(body=changed_notebook(cell))
        )
        tab = start(visit, FRONT)
        sentence = said(tab, re.compile("Cell 2 of 3 stopped with .*" + error))
        assert sentence.endswith("The figures below it keep the book's values.")
        check_static(tab, FRONT)


def test_values_that_cannot_be_drawn_are_said_and_others_go_on(reader):
    cell = (
        "@explore(n=choice(100, 200), alt='A picture.')\n"
        "def neurons_for_a_thousand_features(n): return 1 // (n - 101)"
    )
    notebook = json.loads(changed_notebook(""))
    del notebook["cells"][-1]
    for one in notebook["cells"]:
        if "@explore(" in "".join(one["source"]):
            one["source"] = [cell]
    with reader(mathematics=False) as visit:
        body = json.dumps(notebook)
        visit.context.route("**/_sources/book/index.ipynb", lambda route: route.fulfill(body=body))
        tab = start(visit, FRONT)
        said(tab, "take every value.")
        figure = tab.locator("#neurons_for_a_thousand_features")
        figure.locator("[type=number]").fill("101")
        status = figure.locator(".explore-failed")
        status.wait_for(timeout=PATIENCE)
        assert status.inner_text() == "No picture for n = 101: ZeroDivisionError: division by zero"
        figure.locator("[type=number]").fill("200")
        settle(tab, "neurons_for_a_thousand_features")


def test_without_webassembly_the_page_says_so(reader):
    with reader(mathematics=False) as visit:
        visit.context.add_init_script("delete globalThis.WebAssembly")
        tab = visit.open(FRONT)
        assert "this browser has it switched off" in said(tab, "WebAssembly")
        assert not panel(tab).get_by_role("button").count()
        check_static(tab, FRONT)


def test_without_javascript_there_is_no_button(reader):
    with reader(java_script_enabled=False) as visit:
        visit.page.goto(visit.site + FRONT)
        assert not panel(visit.page).count()
        assert visit.page.locator("[data-explore] img").first.is_visible()


def test_a_page_from_a_disk_says_so_and_its_frames_move(reader):
    with reader(mathematics=False) as visit:
        visit.site = build.SITE.as_uri() + "/"
        tab = visit.open(FRONT)
        assert "Opened from a disk" in panel(tab).inner_text()
        check_static(tab, FRONT)


def test_bytes_with_another_hash_are_refused_by_name(monkeypatch, tmp_path):
    folder = tmp_path / "pyodide-1"
    folder.mkdir()
    (folder / "part.zip").write_bytes(b"other")
    monkeypatch.setattr(runtime, "CACHE", tmp_path)
    monkeypatch.setattr(runtime, "official", lambda version, files: {})
    monkeypatch.setattr(runtime, "packaged", lambda files: {})
    right = {"part.zip": runtime.digest(b"right")}
    with pytest.raises(runtime.Missing, match=r"part\.zip has another hash than tools/runtime\.json says"):
        runtime.gather(right, "1")
    with pytest.raises(runtime.Missing, match=r"absent\.zip cannot be had"):
        runtime.gather({"absent.zip": "0"}, "1")
    monkeypatch.setattr(runtime, "packaged", lambda files: {"part.zip": b"right"})
    assert runtime.gather(right, "1") == {"part.zip": b"right"}
    assert (folder / "part.zip").read_bytes() == b"right"
