"""Which is faster for a reader: a page that was started by its button, or the same chapter as a notebook?

    python tools/race.py

Both run in headless Chromium, one after the other, three times, each with an empty cache, against the built
book served here, on the chapters named below: the first control of each takes four whole numbers or more.
Measured are the seconds from the click (on the button, on the link) to the first picture that Python drew
because a control was moved, and the median of the redraws after it. A notebook runs all cells above and
with the explorer, as its menu does; a page runs those that it needs.
"""

import statistics
import threading
import time

import build
import chromium
import notebooks
import serve
from playwright.sync_api import sync_playwright

CHAPTERS = ("index",)
ROUNDS = 3
# Where the control goes, as the numbers of its declared values.
PLACES = (1, 2, 3, 2, 1, 0)
KEYS = {1: "ArrowRight", -1: "ArrowLeft"}
FLAGS = ("--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1")
# The time from an event on a control to the next picture with another text.
WATCH = """([figure, event]) => {
    window.redraws = [];
    let start = null;
    let alt = figure.querySelector("img").alt;
    figure.addEventListener(event, () => (start = performance.now()), true);
    new MutationObserver(() => {
        const now = figure.querySelector("img")?.alt;
        if (start === null || !now || now === alt) return;
        alt = now;
        window.redraws.push((performance.now() - start) / 1000);
        start = null;
    }).observe(figure, { subtree: true, childList: true, attributes: true });
}"""


def redraws(tab, move):
    """Move a control, wait for its picture, and again: the seconds of each."""
    for done in range(len(PLACES)):
        move(done)
        tab.wait_for_function("done => redraws.length > done", arg=done, timeout=120_000)
        if not done:
            first = time.perf_counter()
    return first, tab.evaluate("redraws")


def race_page(tab, site, chapter):
    """Seconds to the first live redraw, and of the others, on the page."""
    tab.goto(f"{site}book/{chapter}.html")
    figure = tab.locator("[data-explore]").first
    button = tab.get_by_role("button", name="Run this page in your browser")
    button.wait_for()
    start = time.perf_counter()
    button.click()
    exact = figure.locator("[type=number]").first
    exact.wait_for(timeout=120_000)
    tab.evaluate(WATCH, [figure.element_handle(), "input"])
    declared = figure.evaluate("figure => JSON.parse(figure.querySelector('script').textContent).controls")
    # Next to those that the notebook takes: for its values the page has pictures already.
    values = [int(next(iter(declared.values()))[place]) + 1 + done for done, place in enumerate(PLACES)]
    first, seconds = redraws(tab, lambda done: exact.fill(str(values[done])))
    return first - start, seconds[1:]


def race_notebook(tab, site, chapter):
    """The same in JupyterLite."""
    start = time.perf_counter()
    tab.goto(f"{site}{notebooks.FOLDER}/notebooks/index.html?path={chapter}.ipynb")
    cell = tab.locator(".jp-CodeCell", has_text="@explore(").first
    cell.wait_for(timeout=120_000)
    cell.locator(".cm-content").click()
    tab.keyboard.press("Escape")
    tab.get_by_role("menuitem", name="Run", exact=True).click()
    tab.get_by_role("menuitem", name="Run All Above Selected Cell").click()
    tab.keyboard.press("Control+Enter")
    handle = cell.locator(".noUi-handle").first
    handle.wait_for(timeout=120_000)
    figure = cell.locator(".widget-vbox").first
    tab.evaluate(WATCH, [figure.element_handle(), "keydown"])
    handle.focus()
    steps = [new - old for old, new in zip((0, *PLACES), PLACES, strict=False)]
    first, seconds = redraws(tab, lambda done: tab.keyboard.press(KEYS[steps[done]]))
    return first - start, seconds[1:]


def main():
    web = serve.server(0)
    threading.Thread(target=web.serve_forever, daemon=True).start()
    site = f"http://127.0.0.1:{web.server_address[1]}/"
    print(f"{'':14} {'first live redraw, s':>29} {'redraw, s':>29}")
    print(f"{'':14}" + 2 * f" {'page':>9}{'notebook':>11}{'ratio':>9}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=list(FLAGS))
        for chapter in CHAPTERS:
            firsts, others = ([], []), ([], [])
            for _ in range(ROUNDS):
                for place, race in enumerate((race_page, race_notebook)):
                    context = browser.new_context(viewport={"width": 1280, "height": 800})
                    first, seconds = race(context.new_page(), site, chapter)
                    firsts[place].append(first)
                    others[place].extend(seconds)
                    context.close()
            row = f"{chapter:14}"
            for page, notebook in (map(statistics.median, firsts), map(statistics.median, others)):
                row += f" {page:9.2f}{notebook:11.2f}{page / notebook:9.2f}"
            print(row, flush=True)
        browser.close()


if __name__ == "__main__":
    build.build() and main()
