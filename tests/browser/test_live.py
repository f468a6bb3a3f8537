"""Pages that run in the browser: the same numbers as here, and a sentence for whatever goes wrong."""

import contextlib
import functools
import hashlib
import json
import re
import threading
from urllib.parse import parse_qs, urlencode, urlsplit

import build
import chromium
import contents
import pytest
import serve
from test_explorers import FIELD
from test_pages import check_with_axe

from superpos_lib.live import Page

LIVE = build.SITE / "_live"
BUTTON = "Run Python: every value"
FRONT = "book/index.html"
CHAPTER = "book/06_codes.html"
# What a page downloads to run, and what one that needs SciPy downloads besides.
FIRST, LATER = 15_500_000, 12_000_000
PATIENCE = 120_000
# A worker of the page's own kind; `ask` sends it a message and waits for the one that ends the answer.
ASK = """(list) => {
    const worker = new Worker(new URL("../_static/live-worker.js", location.href), { type: "module" });
    window.ask = (message) => new Promise((resolve) => {
        worker.onmessage = ({ data }) => {
            const { answer, loaded, done, half, failed } = data;
            if (answer) resolve({ ...answer, svg: answer.svg?.length });
            if (loaded || done || half || failed) resolve(data);
        };
        worker.postMessage(message);
    });
    return ask({ load: new URL(list, location.href).href });
}"""
# What a page that runs has that it had not before.
ALIVE = ".explore, .explore-live"
# What the panel's live region said, one after the other.
COLLECT_WORDS = """() => {
    const status = document.querySelector(".explore-live [role=status]");
    window.words = [];
    new MutationObserver(() => window.words.push(status.textContent)).observe(status, { childList: true });
}"""
NOTE_DRAWN = """() => {
    const post = Worker.prototype.postMessage;
    window.drawn = [];
    window.answers = 0;
    Worker.prototype.postMessage = function (message) {
        if (!drawn.length) this.addEventListener("message", ({ data }) => (answers += "answer" in data));
        if (message.draw) drawn.push(message.draw.texts);
        return post.call(this, message);
    };
}"""


def listed():
    return json.loads((LIVE / "list.json").read_text())


def file_of(role):
    return listed()["first"][role]["file"]


def panel(tab, explorer=None):
    """Below an explorer, the first one if none is named."""
    return tab.locator(f'[id="{explorer}"] .explore-live' if explorer else ".explore-live").first


def said(tab, words):
    """Wait until the panel's live region says something."""
    status = panel(tab).get_by_role("status").filter(has_text=words)
    status.wait_for(timeout=PATIENCE)
    return status.inner_text()


def start(visit, page):
    tab = visit.open(page)
    panel(tab).get_by_role("button", name=BUTTON).focus()
    tab.evaluate(COLLECT_WORDS)
    tab.keyboard.press("Enter")
    return tab


def focused(tab):
    """The words of what the keyboard would act on."""
    return tab.evaluate("document.activeElement.textContent")


def settle(tab, name):
    tab.wait_for_function(
        "name => !document.getElementById(name).hasAttribute('aria-busy')", arg=name, timeout=PATIENCE
    )
    figure = tab.locator(f'[id="{name}"]')
    assert not figure.locator(".explore-failed").count(), figure.locator("[role=status]").inner_text()
    return figure.locator("img")


def type_value(tab, explorer, control, value):
    """Type a value into the field beside a slider, and return the picture that came."""
    tab.locator(f'[id="{explorer}"] [data-control="{control}"] [type=number]').fill(str(value))
    return settle(tab, explorer)


def downloaded(visit):
    return {url.rsplit("/", 1)[1] for url in visit.requests if "/_live/" in url}


@functools.cache
def run_here(page):
    """The page, run by this machine's Python."""
    here = Page((build.ROOT / page).with_suffix(".ipynb").read_text("utf-8"))
    for index in range(len(here.cells)):
        here.run(index)
    return here


def native(page, name, **values):
    """The alt text, numbers and all, that Python here computes for the same values."""
    here = run_here(page)
    values = here.explorers[name].combinations()[0] | values
    return here.draw(name, {key: str(value) for key, value in values.items()}, "wide").alt


def between(control):
    """A value that a control takes and that no frame was drawn for; the last one if there is none."""
    if not control.reach:
        return control.values[-1]
    low, high, step = control.reach
    middle, count = round((high - low) / step / 2), round((high - low) / step) + 1
    values = (round(low + step * (k % count), 9) for k in range(middle, middle + count))
    return next((value for value in values if value not in control.values), control.values[-1])


def check_static(tab, page):
    """The book's frames answer to the keys as if nothing had been tried."""
    explorer = next(one for one in contents.explorers() if one.page == page)
    control = next(iter(explorer.controls))
    field = tab.locator(f'[id="{explorer.name}"] [data-control="{control}"] {FIELD}')
    field.focus()
    tab.keyboard.press("ArrowRight")
    second = explorer.frame([1] + [0] * (len(explorer.controls) - 1))
    assert settle(tab, explorer.name).get_attribute("alt") == second["alt"]
    assert not tab.locator(".explore-control [type=number]").count()
    assert not tab.locator("[name=seed]").is_visible()


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
    # All of the site, packs and pictures included: some 6 MB a chapter. No reader loads it whole.
    assert sum(path.stat().st_size for path in build.SITE.rglob("*") if path.is_file()) < 170_000_000


def test_a_page_computes_what_python_computes_here(reader):
    with reader(mathematics=False, reduced_motion="reduce") as visit:
        tab = start(visit, f"{FRONT}?n=333")
        said(tab, "take every value.")
        words = tab.evaluate("words")
        for stage in ("Downloading Python, ", "Starting Python (60 %)", "Running cell 1 of "):
            assert any(one.startswith(stage) for one in words), words
        assert focused(tab) == "Back to the book's values"
        assert tab.evaluate("document.getAnimations().length") == 0
        name = "neurons_for_a_thousand_features"
        # The address named a value that only a running page can show.
        assert settle(tab, name).get_attribute("alt") == native(FRONT, name, n=333)
        for n in (101, 250, 777):
            image = type_value(tab, name, "n", n)
            assert image.get_attribute("alt") == native(FRONT, name, n=n)
            assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") > 300
            assert tab.locator(f'[id="{name}"] .explore-status').inner_text() == image.get_attribute("alt")
            assert parse_qs(urlsplit(tab.url).query) == {"n": [str(n)], "seed": ["2"]}
        slider = tab.locator(f'[id="{name}"] [type=range][name=n]')
        slider.focus()
        tab.keyboard.press("ArrowLeft")
        assert settle(tab, name).get_attribute("alt") == native(FRONT, name, n=776)
        assert slider.get_attribute("aria-valuetext") == "776"
        # Values run past faster than they can be drawn: the last one is shown, few others are computed.
        tab.evaluate(NOTE_DRAWN)
        for _ in range(30):
            tab.keyboard.press("ArrowLeft")
        assert settle(tab, name).get_attribute("alt") == native(FRONT, name, n=746)
        assert 0 < len(tab.evaluate("drawn")) < 20
        # What was drawn once is at hand when the reader goes back.
        for n in (250, 746):
            assert type_value(tab, name, "n", n).get_attribute("alt") == native(FRONT, name, n=n)
        asked = [texts["n"] for texts in tab.evaluate("drawn")]
        assert "250" not in asked and asked.count("746") == 1
        tab.locator(f"#{name}").get_by_role("button", name="New seed").click()
        seed = parse_qs(urlsplit(tab.url).query)["seed"][0]
        assert settle(tab, name).get_attribute("alt") == native(FRONT, name, n=746, seed=seed)
        assert type_value(tab, name, "seed", 77).get_attribute("alt") == native(FRONT, name, n=746, seed=77)
        panel(tab).get_by_role("button", name="Back to the book's values").click()
        assert settle(tab, name).get_attribute("alt") == native(FRONT, name, n=100)
        assert urlsplit(tab.url).query == ""
        assert [url for url in visit.requests if not url.startswith((visit.site, "data:", "blob:"))] == []
        assert visit.troubles == []
        # Last, since axe itself asks for style sheets that are not there.
        check_with_axe(tab, "light")
        check_with_axe(tab, "dark")


def test_a_network_is_trained_in_the_page_stopped_gone_on_with_and_checked(reader):
    page, name = "book/17_what_training_finds.html", "train_here"
    with reader(mathematics=False) as visit:
        tab = start(visit, page)
        said(tab, "take every value.")
        type_value(tab, name, "seed", 4711)
        box = tab.locator(f'#{name} [data-control="steps"]')
        exact = box.locator("[type=number]")

        def at(least):
            tab.wait_for_function(
                "([field, least]) => Number(field.value) >= least",
                arg=[exact.element_handle(), least],
                timeout=PATIENCE,
            )

        tab.evaluate(NOTE_DRAWN)
        box.get_by_role("button", name="Play").click()
        at(500)
        box.get_by_role("button", name="Stop").click()
        settle(tab, name)
        stopped = int(exact.input_value())
        # Each picture is one of a network that was trained 50 steps longer.
        drawn = [int(texts["steps"]) for texts in tab.evaluate("drawn")]
        assert drawn == list(range(50, stopped + 1, 50)) and len(drawn) >= 10
        tab.wait_for_timeout(500)
        assert settle(tab, name).get_attribute("alt") == native(page, name, seed=4711, steps=stopped)
        box.get_by_role("button", name="Play").click()
        at(2000)
        box.get_by_role("button", name="Play").wait_for(timeout=PATIENCE)
        shown = settle(tab, name).get_attribute("alt")
        assert shown == native(page, name, seed=4711, steps=2000) and " 0 inputs wrong" in shown
        tab.locator(f"#{name}").get_by_role("radio", name="squared").check(force=True)
        shown = settle(tab, name).get_attribute("alt")
        assert shown == native(page, name, loss="squared", seed=4711, steps=2000)
        assert visit.troubles == []


# Types a value into the field of n at the moment at which it is asked for without that.
ASK_MEANWHILE = """([name, n]) => {
    const field = document.querySelector(`#${name} [data-control=n] [type=number]`);
    const post = Worker.prototype.postMessage;
    Worker.prototype.postMessage = function (message) {
        post.call(this, message);
        if (message.draw?.texts.n !== n) return;
        Worker.prototype.postMessage = post;
        field.value = n;
        field.dispatchEvent(new Event("input"));
    };
}"""


def drawn_ahead(tab, **texts):
    """Wait until values were asked of Python that no control shows, and are drawn."""
    tab.wait_for_function(
        "texts => JSON.stringify(drawn.at(-1)) === texts", arg=json.dumps(texts, separators=(",", ":"))
    )
    tab.wait_for_function("() => drawn.length === answers")


def test_the_step_that_may_come_next_is_drawn_ahead(reader):
    name = "neurons_for_a_thousand_features"
    with reader(mathematics=False) as visit:
        tab = start(visit, FRONT)
        said(tab, "take every value.")
        # A machine on which every picture is quick: on a slow one nothing is drawn ahead.
        tab.evaluate("() => { performance.now = () => 0; }")
        tab.evaluate(NOTE_DRAWN)
        for n in (210, 217):
            type_value(tab, name, "n", n)
        drawn_ahead(tab, n="224", seed="2")
        asked = len(tab.evaluate("drawn"))
        image = type_value(tab, name, "n", 224)
        assert image.get_attribute("alt") == native(FRONT, name, n=224)
        # Then that of the next is on its way, and nothing else was asked for.
        drawn_ahead(tab, n="231", seed="2")
        assert len(tab.evaluate("drawn")) == asked + 1
        # Who asks for a picture while it is drawn ahead gets that one.
        tab.evaluate(ASK_MEANWHILE, [name, "238"])
        type_value(tab, name, "n", 231)
        tab.wait_for_function("() => drawn.at(-1).n === '245' && drawn.length === answers")
        image = settle(tab, name)
        assert image.get_attribute("alt") == native(FRONT, name, n=238)
        assert tab.evaluate("drawn.filter(({ n }) => n === '238').length") == 1
        # Beyond the end of the slider there is nothing to draw.
        _, most, _ = run_here(FRONT).explorers[name].controls["n"].reach
        for n in (most - 100, most):
            type_value(tab, name, "n", n)
        tab.wait_for_timeout(600)
        assert tab.evaluate("drawn.at(-1).n") == str(most)
        # A seed is drawn by lot before it is asked for.
        new = tab.locator(f"#{name}").get_by_role("button", name="New seed")
        new.click()
        settle(tab, name)
        shown = parse_qs(urlsplit(tab.url).query)["seed"][0]
        tab.wait_for_function("shown => drawn.length === answers && drawn.at(-1).seed !== shown", arg=shown)
        ahead = tab.evaluate("drawn.at(-1)")
        assert ahead["n"] == str(most)
        new.click()
        assert parse_qs(urlsplit(tab.url).query)["seed"] == [ahead["seed"]]
        image = settle(tab, name)
        assert image.get_attribute("alt") == native(FRONT, name, n=most, seed=ahead["seed"])
        assert tab.evaluate("drawn.filter(({ seed }) => seed === drawn.at(-1).seed).length") == 1
        assert visit.troubles == []


SOLVER = """@explore(n=choice(2, 5), alt="A solution.")
def solution(n):
    import numpy as np
    from scipy.sparse import csr_array, eye_array
    A = csr_array(eye_array(n)) * 4
    from scipy.sparse.linalg import cg, spsolve
    b = np.arange(n) * 1.0
    assert np.allclose(cg(A, b)[0], b / 4) and np.allclose(spsolve(A, b), b / 4)
    from scipy.stats import norm
    figure = Figure()
    figure.suptitle(f"{norm.cdf(n):.10f}")
    return figure"""


def test_packages_come_when_they_are_imported(reader):
    """SciPy's sparse arrays, then its linear algebra, then the rest of it."""
    imports = "from superpos_lib import choice, explore\nfrom matplotlib.figure import Figure"
    with reader(mathematics=False) as visit:
        tab = visit.open(FRONT)
        assert tab.evaluate(ASK, "../_live/list.json") == {"loaded": True}
        visit.context.route("**/made.ipynb", lambda route: route.fulfill(body=notebook(imports, SOLVER)))
        assert tab.evaluate("ask", {"open": {"notebook": "../made.ipynb", "names": ["solution"]}}) == {
            "done": True
        }
        before = downloaded(visit)
        frame = tab.evaluate("ask", {"draw": {"name": "solution", "texts": {"n": "3"}, "layout": "wide"}})
        assert frame.get("alt") == "A solution. n = 3. 0.9986501020", frame
        visit.wait_until_quiet()
        fetched = downloaded(visit) - before
        assert fetched == {part["file"] for part in listed()["later"].values()}
        assert visit.troubles == []


LATE = """from superpos_lib import choice, explore
from matplotlib.figure import Figure
@explore(n=choice(100, 200), seed=choice(2, wide=(0, 9999)), alt="A picture.")
def neurons_for_a_thousand_features(n, seed):
    import scipy.sparse
    return Figure()"""


GARBAGE = """import gc
@explore(n=choice(0, 99), alt="Garbage.")
def garbage(n):
    figure = Figure()
    figure.suptitle(f"{gc.isenabled()}, {gc.get_stats()[2]['collections']}")
    return figure"""
DRAW_ALL = """async (values) => {
    const seen = [];
    for (const n of values) {
        const { alt } = await ask({ draw: { name: "garbage", texts: { n }, layout: "wide" } });
        seen.push(alt.match(/(\\w+), (\\d+)$/).slice(1));
    }
    return seen;
}"""


def test_garbage_is_looked_for_when_nobody_waits_and_after_some_drawings(reader):
    imports = "from superpos_lib import choice, explore\nfrom matplotlib.figure import Figure"
    with reader(mathematics=False) as visit:
        tab = visit.open(FRONT)
        tab.evaluate(ASK, "../_live/list.json")
        visit.context.route("**/made.ipynb", lambda route: route.fulfill(body=notebook(imports, GARBAGE)))
        tab.evaluate("ask", {"open": {"notebook": "../made.ipynb", "names": ["garbage"]}})
        (first,) = tab.evaluate(DRAW_ALL, ["0"])
        tab.wait_for_timeout(500)
        many = tab.evaluate(DRAW_ALL, [str(n) for n in range(1, 26)])
        assert {enabled for enabled, _ in (first, *many)} == {"False"}
        found = [int(collections) for _, collections in (first, many[0], many[-1])]
        assert found[0] < found[1] and found[1] + 2 <= found[2]


def test_a_page_that_downloads_a_package_still_says_that_it_runs(reader):
    with reader(mathematics=False) as visit:
        visit.context.route(
            "**/_sources/book/index.ipynb", lambda route: route.fulfill(body=notebook(LATE))
        )
        tab = start(visit, FRONT)
        said(tab, "take every value.")
        type_value(tab, "neurons_for_a_thousand_features", "n", 101)
        assert said(tab, "Downloaded: SciPy.").endswith("the controls take every value.")


@pytest.mark.parametrize("page", contents.few_first(sorted({one.page for one in contents.explorers()})))
def test_every_explorer_draws_what_python_draws_here_and_axe_finds_nothing(reader, page):
    """At values that no frame was drawn for, named by the address, and at what only menus offer."""
    here, address, wanted = run_here(page), {}, {}
    for one in (one for one in contents.explorers() if one.page == page):
        values = {key: between(control) for key, control in here.explorers[one.name].controls.items()}
        address |= {one.keys[key]: value for key, value in values.items()}
        wanted[one.name] = native(page, one.name, **values)
    with reader(mathematics=False, reduced_motion="reduce") as visit:
        tab = start(visit, f"{page}?{urlencode(address)}")
        panel(tab).get_by_role("button", name="Back to the book's values").wait_for(timeout=PATIENCE)
        shown = {name: settle(tab, name) for name in wanted}
        assert {name: image.get_attribute("alt") for name, image in shown.items()} == wanted
        for image in shown.values():
            assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") > 300
        assert [url for url in visit.requests if not url.startswith((visit.site, "data:", "blob:"))] == []
        assert visit.troubles == []
        # Last, since axe itself asks for style sheets that are not there.
        check_with_axe(tab, "light", ALIVE)
        check_with_axe(tab, "dark", ALIVE)


def test_on_a_phone_and_below_a_sub_path(reader, tmp_path):
    (tmp_path / "book-of-mine").symlink_to(build.SITE)
    web = serve.server(0, tmp_path)
    threading.Thread(target=web.serve_forever, daemon=True).start()
    with reader(375, mathematics=False, has_touch=True, is_mobile=True, reduced_motion="reduce") as visit:
        visit.site = f"http://127.0.0.1:{web.server_address[1]}/book-of-mine/"
        tab = start(visit, CHAPTER)
        said(tab, "take every value.")
        image = type_value(tab, "read_back", "n", 77)
        assert image.get_attribute("alt") == native(CHAPTER, "read_back", n=77)
        assert image.evaluate("image => image.clientWidth") <= 375
        # What this page does not import is not fetched.
        assert not {part["file"] for part in listed()["later"].values()} & downloaded(visit)
        assert tab.evaluate("document.scrollingElement.scrollWidth") <= 375
        # A finger on the right end of the slider, and on the button.
        slider = tab.locator("#read_back [type=range][name=n]")
        slider.scroll_into_view_if_needed()
        box = slider.bounding_box()
        assert box["height"] >= 44
        tab.touchscreen.tap(box["x"] + box["width"] - 2, box["y"] + box["height"] / 2)
        assert settle(tab, "read_back").get_attribute("alt") == native(CHAPTER, "read_back", n=400)
        back = panel(tab).get_by_role("button", name="Back to the book's values")
        assert back.bounding_box()["height"] >= 44
        back.tap()
        assert settle(tab, "read_back").get_attribute("alt") == native(CHAPTER, "read_back")
        assert visit.troubles == []
        check_with_axe(tab, "light")
        check_with_axe(tab, "dark")
    web.shutdown()
    web.server_close()


def notebook(*cells):
    return json.dumps({"cells": [{"cell_type": "code", "source": [cell]} for cell in cells]})


def cut_off(role):
    data = (LIVE / file_of(role)).read_bytes()
    return lambda route: route.fulfill(body=data[: len(data) // 2])


def forged(role):
    data = (LIVE / file_of(role)).read_bytes()
    return lambda route: route.fulfill(body=data[:-1] + bytes([data[-1] ^ 1]))


FAILURES = {
    "cut off": (cut_off, "was cut off after"),
    "forged": (forged, "is not what this site lists"),
    "unreachable": (lambda role: lambda route: route.abort(), "could not be downloaded"),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_a_download_that_fails_is_said_and_can_be_tried_again(reader, failure):
    answer, words = FAILURES[failure]
    with reader(mathematics=False, reduced_motion="reduce") as visit:
        visit.context.route(f"**/{file_of('library')}", answer("library"))
        tab = start(visit, FRONT)
        assert said(tab, words).endswith("The figures keep the book's values.")
        assert focused(tab) == "Try again"
        check_static(tab, FRONT)
        check_with_axe(tab, "light")


BROKEN = """import os
from numpy import empty
from superpos_lib import choice, explore
from matplotlib.figure import Figure
@explore(n=choice(40, 200), alt="A picture.")
def unpack_and_pack(n):
    if n == 41:
        return 1 // 0
    if n == 42:
        return [empty(2**27) for _ in range(5)]
    if n == 44:
        os._exit(1)
    return Figure()"""


def test_an_exception_in_a_cell_or_a_figure_is_said_and_the_rest_goes_on(reader):
    page, name = "book/02_store_or_compute.html", "unpack_and_pack"
    later = "@explore(v=choice(2, 4), alt='Never drawn.')\ndef the_gap(v): return nothing"
    body = notebook(BROKEN, "nothing = 1 / 0", later)
    with reader(mathematics=False) as visit:
        visit.context.route(
            "**/_sources/book/02_store_or_compute.ipynb", lambda route: route.fulfill(body=body)
        )
        tab = start(visit, page)
        sentence = said(tab, "Cell 2 of 3 stopped with ZeroDivisionError: division by zero.")
        assert sentence.endswith("The figures below it keep the book's values.")
        figure = tab.locator(f"#{name}")
        field = figure.locator('[data-control="n"] [type=number]')
        status = figure.locator(".explore-failed")
        for n, error in ((41, "ZeroDivisionError: division by zero"), (42, "Unable to allocate 1.00 GiB")):
            field.fill(str(n))
            said_there = status.filter(has_text=f"No picture for n = {n}: ").filter(has_text=error)
            said_there.wait_for(timeout=PATIENCE)
        field.fill("43")
        assert settle(tab, name).get_attribute("alt") == "A picture. n = 43."
        # One of the book's values, which needs no Python.
        field.fill("120")
        assert settle(tab, name).get_attribute("alt") == native(page, name, n=120)
        assert not tab.locator("#the_gap [type=number]").count()
        # When Python itself is gone, so are the fields; the book's values stay.
        field.fill("44")
        assert said(tab, "Python stopped in this browser").endswith("The figures keep the book's values.")
        check_static(tab, page)


# Python that computes for seconds on end: in a cell, and in every figure that the book does not have.
SECONDS = 3
BUSY = f"""from time import monotonic
from superpos_lib import choice, explore
from matplotlib.figure import Figure
def compute():
    start = monotonic()
    while monotonic() - start < {SECONDS}:
        pass
compute()
@explore(n=choice(100, 200), seed=choice(2, wide=(0, 9999)), alt="A picture.")
def neurons_for_a_thousand_features(n, seed):
    compute()
    return Figure()"""
# The longest time for which the page did nothing, not even what was due at once.
WATCH_GAPS = """() => {
    const { port1, port2 } = new MessageChannel();
    let last = performance.now();
    window.longest = 0;
    port1.onmessage = () => {
        const now = performance.now();
        window.longest = Math.max(window.longest, now - last);
        last = now;
        setTimeout(() => port2.postMessage(0), 10);
    };
    port2.postMessage(0);
}"""


def test_the_page_never_freezes(reader):
    """While Python loads, runs a cell and draws, for seconds each, the page goes on every moment."""
    name = "neurons_for_a_thousand_features"
    with reader(mathematics=False) as visit:
        visit.context.route(
            "**/_sources/book/index.ipynb", lambda route: route.fulfill(body=notebook(BUSY))
        )
        tab = visit.open(FRONT)
        tab.evaluate(WATCH_GAPS)
        panel(tab).get_by_role("button", name=BUTTON).click()
        said(tab, "take every value.")
        tab.locator(f"#{name} [type=range][name=n]").focus()
        for n in range(101, 121):
            tab.keyboard.press("ArrowRight")
            # What the reader moves answers at once, though the first of the pictures is still to come.
            assert tab.locator(f"#{name} [type=range][name=n]").get_attribute("aria-valuetext") == str(n)
            assert tab.locator(f"#{name}").get_attribute("aria-busy") == "true"
        assert settle(tab, name).get_attribute("alt") == "A picture. n = 120, seed = 2."
        assert 0 < tab.evaluate("longest") < 1000 * SECONDS / 3


def test_a_worker_that_does_not_start_is_said(reader):
    with reader(mathematics=False) as visit:
        visit.context.route("**/_static/live-worker.js", lambda route: route.abort())
        tab = start(visit, FRONT)
        assert said(tab, "did not start.").endswith("The figures keep the book's values.")
        assert focused(tab) == "Try again"
        check_static(tab, FRONT)


def test_turning_the_page_downloads_nothing_again(browser, tmp_path, monkeypatch):
    """Counted where it is served: what a browser keeps in its profile, it does not ask for."""
    asked = []
    monkeypatch.setattr(serve.Handler, "log_request", lambda self, *_: asked.append(self.path))
    web = serve.server(0)
    threading.Thread(target=web.serve_forever, daemon=True).start()
    profile = browser.browser_type.launch_persistent_context(
        tmp_path, executable_path=chromium.find(), args=["--no-sandbox", "--disable-gpu"]
    )
    with profile as context:
        tab = context.new_page()
        tab.goto(f"http://127.0.0.1:{web.server_address[1]}/{FRONT}")
        panel(tab).get_by_role("button", name=BUTTON).click()
        said(tab, "take every value.")
        tab.goto(f"http://127.0.0.1:{web.server_address[1]}/{CHAPTER}")
        said(tab, "take every value.")
    web.shutdown()
    web.server_close()
    parts = [path for path in asked if path.startswith("/_live/") and path.endswith(".bin")]
    assert sorted(parts) == sorted(f"/_live/{part['file']}" for part in listed()["first"].values())


def test_where_a_page_did_not_come_by_https_that_is_said_before_anything_is_downloaded(reader):
    with reader(mathematics=False) as visit:
        visit.context.add_init_script("Object.defineProperty(self, 'isSecureContext', { value: false })")
        tab = visit.open(FRONT)
        assert "only on pages that came by https" in said(tab, "https")
        assert not panel(tab).get_by_role("button").count()
        assert not downloaded(visit)
        check_static(tab, FRONT)


# A figure that takes its time, which its alt text names.
SLOW = """from time import monotonic
from superpos_lib import choice, explore
from matplotlib.figure import Figure
@explore(n=choice(100, 200), seed=choice(2, wide=(0, 9999)), alt="A picture.")
def neurons_for_a_thousand_features(n, seed):
    start = monotonic()
    while monotonic() - start < {seconds}:
        pass
    return Figure()"""
NAME = "neurons_for_a_thousand_features"
COLLECT_PICTURES = """name => {
    const image = document.getElementById(name).querySelector("img");
    window.pictures = [];
    const seen = () => pictures.push(Number(/n = (\\d+)/.exec(image.alt)[1]));
    new MutationObserver(seen).observe(image, { attributeFilter: ["alt"] });
}"""


def start_slow(visit, seconds):
    body = notebook(SLOW.format(seconds=seconds))
    visit.context.route("**/_sources/book/index.ipynb", lambda route: route.fulfill(body=body))
    tab = start(visit, FRONT)
    said(tab, "take every value.")
    return tab


def test_dragging_shows_pictures_on_the_way(reader):
    with reader(mathematics=False) as visit:
        tab = start_slow(visit, 0.4)
        tab.evaluate(COLLECT_PICTURES, NAME)
        tab.locator(f"#{NAME} [type=range][name=n]").focus()
        for _ in range(40):
            tab.keyboard.press("ArrowRight")
            tab.wait_for_timeout(100)
        shown_meanwhile = tab.evaluate("pictures")
        assert tab.locator(f"#{NAME}").get_attribute("aria-busy") == "true"
        assert settle(tab, NAME).get_attribute("alt").startswith("A picture. n = 140")
        assert len(set(shown_meanwhile)) >= 3, shown_meanwhile
        assert shown_meanwhile == sorted(shown_meanwhile) and shown_meanwhile[-1] < 140


def test_a_picture_that_takes_long_is_announced_and_counted(reader):
    with reader(mathematics=False) as visit:
        tab = start_slow(visit, 4)
        figure = tab.locator(f"#{NAME}")
        figure.locator("[data-control=n] [type=number]").fill("150")
        late = figure.locator(".explore-late")
        late.filter(has_text="Drawing").wait_for(timeout=1500)
        late.filter(has_text="3 s so far").wait_for()
        assert figure.locator(".explore-status").inner_text().startswith("Drawing neurons: 150")
        # Who has had enough of it stops it, and the book's picture is there again.
        panel(tab).get_by_role("button", name="Stop Python").click()
        assert "Python was stopped." in said(tab, "stopped")
        settle(tab, NAME)
        assert not late.is_visible()
        check_static(tab, FRONT)


@pytest.mark.parametrize(
    ("typed", "words"),
    [("99999", "99,999 is too large"), ("-3", "-3 is too small"), ("150.5", "is not a whole number")],
)
def test_a_number_that_is_not_possible_is_said_and_the_picture_stays(reader, typed, words):
    with reader(mathematics=False) as visit:
        tab = start_slow(visit, 0)
        figure = tab.locator(f"#{NAME}")
        field = figure.locator("[data-control=n] [type=number]")
        assert figure.locator("[data-control=n] .explore-reach").inner_text() == "20 to 2000"
        type_value(tab, NAME, "n", 123)
        alt = settle(tab, NAME).get_attribute("alt")
        field.fill(typed)
        wrong = figure.get_by_role("alert").filter(has_text=words)
        wrong.wait_for()
        assert wrong.inner_text().endswith("possible is 20 to 2000. The picture stays at 123.")
        assert field.get_attribute("aria-invalid") == "true"
        tab.keyboard.press("Tab")
        assert field.input_value() == "123" and wrong.is_visible()
        assert settle(tab, NAME).get_attribute("alt") == alt
        assert parse_qs(urlsplit(tab.url).query)["n"] == ["123"]
        type_value(tab, NAME, "n", 124)
        assert not wrong.is_visible()


def test_a_link_to_what_only_python_draws_is_shown_by_the_button_there(reader):
    with reader(mathematics=False) as visit:
        tab = visit.open(f"{CHAPTER}?interference.n=500")
        notice = tab.locator("#interference .explore-notice")
        notice.get_by_role("button", name="Run Python and show it").click()
        panel(tab, "interference").get_by_role("status").filter(has_text="take every value.").wait_for(
            timeout=PATIENCE
        )
        image = settle(tab, "interference")
        assert image.get_attribute("alt") == native(CHAPTER, "interference", n=500)
        assert not notice.is_visible()


def test_every_explorer_that_gains_from_python_has_the_button(reader):
    with reader(mathematics=False) as visit:
        tab = visit.open(CHAPTER)
        tab.locator(".explore-live").first.wait_for()
        gaining = {
            one.name
            for one in contents.explorers()
            if one.page == CHAPTER and json.loads(script_of(one))["wide"]
        }
        buttons = tab.get_by_role("button", name=BUTTON)
        assert {one.evaluate("one => one.closest('.explore').id") for one in buttons.all()} == gaining
        last = tab.locator("#which_column_fails .explore-live")
        last.get_by_role("button", name=BUTTON).click()
        last.get_by_role("status").filter(has_text="take every value.").wait_for(timeout=PATIENCE)
        image = type_value(tab, "read_back", "n", 77)
        assert image.get_attribute("alt") == native(CHAPTER, "read_back", n=77)


def script_of(explorer):
    return (
        contents.soup(explorer.page).select_one(f'[id="{explorer.name}"] script.explore-frames').get_text()
    )


def test_python_that_ran_starts_again_on_the_next_page_and_on_the_way_back(reader):
    with reader(mathematics=False) as visit:
        tab = start(visit, FRONT)
        said(tab, "take every value.")
        type_value(tab, NAME, "n", 333)
        tab.goto(visit.site + CHAPTER)
        said(tab, "take every value.")
        tab.go_back()
        said(tab, "take every value.")
        assert settle(tab, NAME).get_attribute("alt") == native(FRONT, NAME, n=333)
        panel(tab).get_by_role("button", name="Stop Python").click()
        tab.goto(visit.site + CHAPTER)
        panel(tab).get_by_role("button", name=BUTTON).wait_for()
        tab.wait_for_timeout(500)
        assert panel(tab).get_by_role("button", name=BUTTON).is_visible()


def test_without_connection_python_draws_the_books_values_too(reader):
    explorer = next(one for one in contents.explorers() if one.name == NAME)
    with reader(mathematics=False) as visit:
        tab = start(visit, FRONT)
        said(tab, "take every value.")
        visit.context.set_offline(True)
        image = type_value(tab, NAME, "n", 300)
        frame = explorer.frame([explorer.controls["n"].index("300"), 0])
        assert image.get_attribute("alt") == frame["alt"] == native(FRONT, NAME, n=300)
        assert image.evaluate("image => image.currentSrc").startswith("blob:")


def answer(body, route):
    route.fulfill(body=body)


def test_answers_that_are_something_else_are_said_in_words(reader):
    login = "<!doctype html><title>Log in</title>"
    for address in ("**/_live/list.json", "**/_sources/book/index.ipynb"):
        for body in (login, "[]", "null", "{}"):
            with reader(mathematics=False) as visit:
                visit.context.route(address, functools.partial(answer, body))
                tab = start(visit, FRONT)
                sentence = said(tab, "is something else")
                assert "a page to log in, perhaps" in sentence
                assert "json" not in sentence.lower() and ".ipynb" not in sentence


# What the page "How this page runs" says that a site has to allow.
POLICY = re.compile(r"^Content-Security-Policy: (.+)$", re.MULTILINE)


def policy():
    text = (build.ROOT / "book/how_this_page_runs.md").read_text("utf-8")
    return " ".join(POLICY.search(text)[1].split())


@contextlib.contextmanager
def site_with(header, monkeypatch):
    """The book, served with a policy on every answer."""
    sent = serve.Handler.end_headers
    monkeypatch.setattr(
        serve.Handler,
        "end_headers",
        lambda self: (self.send_header("Content-Security-Policy", header), sent(self)),
    )
    web = serve.server(0)
    threading.Thread(target=web.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{web.server_address[1]}/"
    web.shutdown()
    web.server_close()


def test_the_policy_that_the_book_names_is_enough(reader, monkeypatch):
    with site_with(policy(), monkeypatch) as address, reader() as visit:
        visit.site = address
        tab = start(visit, CHAPTER)
        said(tab, "take every value.")
        image = type_value(tab, "read_back", "n", 77)
        assert image.get_attribute("alt") == native(CHAPTER, "read_back", n=77)
        assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") > 300
        assert visit.troubles == []


@pytest.mark.parametrize("missing", ["blob:", "'wasm-unsafe-eval'"])
def test_a_policy_that_blocks_python_is_named(reader, monkeypatch, missing):
    strict = policy().replace(missing, "")
    with site_with(strict, monkeypatch) as address, reader(mathematics=False) as visit:
        visit.site = address
        tab = start(visit, FRONT)
        sentence = said(tab, "Content-Security-Policy")
        assert "script-src" in sentence and "How this page runs" in sentence
        check_static(tab, FRONT)


def test_without_inline_scripts_solutions_stay_closed(reader, monkeypatch):
    strict = policy().replace("script-src 'self' 'unsafe-inline'", "script-src 'self'")
    assert strict != policy()
    with site_with(strict, monkeypatch) as address, reader(mathematics=False) as visit:
        visit.site = address
        tab = visit.open(CHAPTER)
        solutions = tab.locator(".admonition.dropdown > :not(.admonition-title)")
        assert solutions.count() and not solutions.locator("visible=true").count()
        tab.locator(".admonition.dropdown > .admonition-title").first.click()
        assert solutions.first.is_visible()


def test_examples_are_copied_without_prompts_and_answers(reader):
    with reader(mathematics=False, permissions=["clipboard-read", "clipboard-write"]) as visit:
        tab = visit.open("book/reference.html")
        block = tab.locator("div.highlight", has_text=">>> ").first
        shown = block.locator("pre").inner_text()
        block.hover()
        block.locator("button.copybtn").click()
        copied = tab.evaluate("navigator.clipboard.readText()")
        wanted = [line[4:] for line in shown.splitlines() if line[:4] in (">>> ", "... ")]
        assert wanted and copied.splitlines() == wanted


def test_without_webassembly_the_page_says_so(reader):
    with reader(mathematics=False) as visit:
        visit.context.add_init_script("delete globalThis.WebAssembly")
        tab = visit.open(FRONT)
        assert "this browser has it switched off" in said(tab, "WebAssembly")
        assert not panel(tab).get_by_role("button").count()
        assert not downloaded(visit)
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
