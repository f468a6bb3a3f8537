"""Which is faster for a reader: a page that was started by its button, or the same chapter as a notebook?

    python tools/race.py [PAGE#EXPLORER ...]

Both run in headless Chromium, one after the other, three times, each with an empty cache, against the built
book served here, and show the same explorer for the same seeds, none of them the book's. Measured are the
seconds from the click (on the button, on the link) to the first picture for another seed, and the medians
of two kinds of redraw. A step goes to the next seed, after a look of a second at the picture: a page has
drawn it ahead by then. A jump goes to any other. A notebook runs all cells above and with the explorer, as
its menu does; a page runs those that it needs. The last column is what both wait for: Python's own time for
the jumps, in a worker of the page's kind.
"""

import statistics
import sys
import threading
import time

import build
import chromium
import notebooks
import serve
from playwright.sync_api import sync_playwright

# Explorers with a seed.
EXPLORERS = ("index#neurons_for_a_thousand_features", "06_codes#read_back", "07_permutation#one_input")
ROUNDS = 3
FIRST = "3"
JUMPS = ("41", "12", "87", "23", "60")
# The first of them is a jump, too, and not counted.
STEPS = ("70", "71", "72", "73", "74", "75")
LOOK = 1_000
FLAGS = ("--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1")
PATIENCE = 240_000
# The time from the last event on a control to the next picture with another text.
WATCH = """(figure) => {
    window.redraws = [];
    let start = null;
    let alt = figure.querySelector("img").alt;
    for (const event of ["input", "keydown"])
        figure.addEventListener(event, () => (start = performance.now()), true);
    new MutationObserver(() => {
        const now = figure.querySelector("img")?.alt;
        if (start === null || !now || now === alt) return;
        alt = now;
        window.redraws.push((performance.now() - start) / 1000);
    }).observe(figure, { subtree: true, childList: true, attributes: true });
}"""
# What a page does, with nothing shown: a worker runs the chapter and draws.
DRAW = """async ([notebook, name, all]) => {
    const url = (path) => new URL(path, location.href).href;
    const worker = new Worker(url("../_static/live-worker.js"), { type: "module" });
    const ask = (message) => new Promise((resolve, reject) => {
        worker.onmessage = ({ data }) => {
            if (data.failed || data.half || data.answer?.trouble) reject(JSON.stringify(data));
            if (data.loaded || data.done || data.answer) resolve();
        };
        worker.postMessage(message);
    });
    await ask({ load: url("../_live/list.json") });
    await ask({ open: { notebook: url(notebook), names: [name] } });
    const seconds = [];
    for (const texts of all) {
        const start = performance.now();
        await ask({ draw: { name, texts, layout: "wide" } });
        seconds.push((performance.now() - start) / 1000);
    }
    return seconds;
}"""


def redraws(tab, figure, sow):
    """Set one seed after the other, and wait for each: when the first came, seconds of jumps, of steps."""
    tab.evaluate(WATCH, figure.element_handle())
    for done, seed in enumerate((FIRST, *JUMPS, *STEPS)):
        if seed in STEPS:
            tab.wait_for_timeout(LOOK)
        sow(seed)
        tab.wait_for_function("done => redraws.length > done", arg=done, timeout=PATIENCE)
        if not done:
            first = time.perf_counter()
    seconds = tab.evaluate("redraws")[1:]
    # The first step that a page can foresee is the third of these seeds.
    return first, seconds[: len(JUMPS)], seconds[len(JUMPS) + 2 :]


def on_page(tab, site, page, explorer):
    """Seconds to the first live redraw, of jumps and of steps, on the page."""
    tab.goto(f"{site}book/{page}.html")
    button = tab.get_by_role("button", name="Run Python: every value").first
    button.wait_for()
    start = time.perf_counter()
    button.click()
    figure = tab.locator(f'[id="{explorer}"]')
    field = figure.locator("[data-control=seed] [type=number]")
    field.wait_for(timeout=PATIENCE)
    first, *others = redraws(tab, figure, field.fill)
    return first - start, *others


def in_notebook(tab, site, page, explorer):
    """The same in JupyterLite."""
    start = time.perf_counter()
    tab.goto(f"{site}{notebooks.FOLDER}/notebooks/index.html?path={page}.ipynb")
    cell = tab.locator(".jp-CodeCell", has_text=f"def {explorer}(")
    cell.wait_for(timeout=PATIENCE)
    cell.locator(".cm-content").click()
    tab.keyboard.press("Escape")
    tab.get_by_role("menuitem", name="Run", exact=True).click()
    tab.get_by_role("menuitem", name="Run All Above Selected Cell").click()
    tab.keyboard.press("Control+Enter")
    figure = cell.locator(".widget-vbox").first
    figure.wait_for(timeout=PATIENCE)
    field = figure.locator("input[type=number]")

    def sow(seed):
        field.fill(seed)
        field.press("Enter")

    first, *others = redraws(tab, figure, sow)
    return first - start, *others


def python_alone(tab, site, page, explorer):
    """The seconds of the same jumps in a worker, with no page to show them."""
    tab.goto(f"{site}book/{page}.html")
    figure = tab.locator(f'[id="{explorer}"]')
    declared = figure.evaluate("figure => JSON.parse(figure.querySelector('script').textContent).controls")
    first = {name: values[0] for name, values in declared.items()}
    texts = [first | {"seed": seed} for seed in (FIRST, *JUMPS)]
    return tab.evaluate(DRAW, [f"../_sources/book/{page}.ipynb", explorer, texts])[1:]


def race(browser, site, page, explorer):
    """Medians: (page, notebook) for the first redraw, for jumps and for steps, and of Python alone."""

    def fresh(run):
        context = browser.new_context(viewport={"width": 1280, "height": 800})
        try:
            return run(context.new_page(), site, page, explorer)
        finally:
            context.close()

    taken, alone = [[[], []] for _ in range(3)], []
    for _ in range(ROUNDS):
        for place, run in enumerate((on_page, in_notebook)):
            first, jumps, steps = fresh(run)
            for kind, seconds in zip(taken, ([first], jumps, steps), strict=True):
                kind[place].extend(seconds)
        alone.extend(fresh(python_alone))
    return [[statistics.median(place) for place in kind] for kind in taken], statistics.median(alone)


def main(explorers):
    web = serve.server(0)
    threading.Thread(target=web.serve_forever, daemon=True).start()
    site = f"http://127.0.0.1:{web.server_address[1]}/"
    kinds = "".join(f"{kind:>26}" for kind in ("first, s", "jump, s", "step, s"))
    print(f"{'':42}{kinds}{'Python':>9}")
    print(f"{'':42}" + 3 * f"{'page':>8}{'notebook':>10}{'ratio':>8}" + f"{'alone':>9}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=list(FLAGS))
        for one in explorers:
            kinds, alone = race(browser, site, *one.split("#"))
            row = "".join(f"{here:8.2f}{there:10.2f}{here / there:8.2f}" for here, there in kinds)
            print(f"{one:42}{row}{alone:9.2f}", flush=True)
        browser.close()


if __name__ == "__main__":
    build.build() and main(sys.argv[1:] or EXPLORERS)
