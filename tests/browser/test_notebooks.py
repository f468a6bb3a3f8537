"""Every chapter as a notebook in the reader's browser: it is there, runs as it stands, and moves."""

import hashlib
import json
import threading
from urllib.parse import parse_qs, unquote, urlsplit

import build
import contents
import notebooks
import pytest
import serve
from test_live import native

FOLDER = build.SITE / notebooks.FOLDER
CHAPTER = "book/06_codes.html"
LINK = "Open as a notebook"
PATIENCE = 300_000
# What a notebook downloads besides what a page needs to run, and besides JupyterLite.
KERNEL = 4_500_000
# What JupyterLite says of itself, and what it says of references to other chapters.
EXPECTED = ("console warning", "console error: Cross reference target was not found")
# Errors, and whatever else a cell writes there.
ERRORS = "[data-mime-type='application/vnd.jupyter.stderr']"


def source(page):
    return (build.ROOT / page).with_suffix(".ipynb")


def chapters():
    return [page for page in contents.pages() if source(page).exists()]


def prompts(page):
    """What stands before a chapter's code cells once they have run: nothing where one is folded."""
    cells = json.loads(source(page).read_text("utf-8"))["cells"]
    code = [cell["metadata"].get("jupyter", {}) for cell in cells if cell["cell_type"] == "code"]
    return ["" if "source_hidden" in one else f"[{number}]:" for number, one in enumerate(code, 1)]


def link(page):
    """The page's link to its notebook, or None."""
    links = contents.soup(page).find_all("a")
    return next((one for one in links if one.get_text(strip=True) == LINK), None)


@pytest.mark.parametrize("page", chapters())
def test_a_chapters_page_links_to_its_notebook(page):
    parts = urlsplit(link(page)["href"])
    app = (build.SITE / page).parent / unquote(parts.path)
    assert app.resolve() == FOLDER / "notebooks" / "index.html"
    assert app.is_file()
    (name,) = parse_qs(parts.query)["path"]
    files = FOLDER / "files" / name, source(page)
    published, written = (json.loads(one.read_text("utf-8")) for one in files)
    assert written.pop("metadata").keys() == published.pop("metadata").keys() - {"edition"}
    for shown, cell in zip(published.pop("cells"), written.pop("cells"), strict=True):
        if "{cite" in str(cell["source"]):
            assert "{cite" not in str(shown["source"]) and shown.pop("source") != cell.pop("source")
        assert shown == cell
    assert published == written


def test_other_pages_have_no_such_link():
    assert not [page for page in contents.pages() if page not in chapters() and link(page)]


def test_what_a_kernel_downloads_is_small_and_what_its_list_says():
    part = json.loads((FOLDER / "kernel.json").read_text())["kernel"]
    data = (build.SITE / "_live" / part["file"]).read_bytes()
    assert (len(data), hashlib.sha256(data).hexdigest()) == (part["bytes"], part["sha256"])
    assert len(data) < KERNEL


def test_the_list_of_notebooks_is_that_of_chapters():
    listed = json.loads((FOLDER / "api" / "contents" / "all.json").read_text())["content"]
    assert [one["path"] for one in listed] == sorted(source(page).name for page in chapters())


@pytest.fixture
def below(tmp_path):
    """The site's address where it is not at the root of its host."""
    (tmp_path / "book-of-mine").symlink_to(build.SITE)
    web = serve.server(0, tmp_path)
    threading.Thread(target=web.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{web.server_address[1]}/book-of-mine/"
    web.shutdown()
    web.server_close()


def run_all(tab, numbers):
    """Run the notebook by its menu, and wait until its code cells have these prompts, or one failed."""
    tab.locator(".jp-Notebook .jp-Cell").first.wait_for(timeout=PATIENCE)
    tab.get_by_role("menuitem", name="Run", exact=True).click()
    tab.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    tab.wait_for_function(
        """([numbers, errors]) => {
            const prompts = [...document.querySelectorAll(".jp-CodeCell .jp-InputPrompt")];
            const all = prompts.map((prompt) => prompt.textContent);
            return document.querySelector(errors) || JSON.stringify(all) === JSON.stringify(numbers);
        }""",
        arg=[numbers, ERRORS],
        timeout=PATIENCE,
    )


def test_a_chapter_runs_as_a_notebook(reader, below):
    with reader(mathematics=False) as visit:
        visit.site = below
        page = visit.open(CHAPTER)
        with visit.context.expect_page() as opened:
            page.get_by_role("link", name=LINK).click()
        tab = opened.value
        # Theorems are boxes here, too, as soon as they are in view.
        tab.locator(".jp-MarkdownCell", has_text=":::{prf:").first.scroll_into_view_if_needed(
            timeout=PATIENCE
        )
        tab.locator("aside.myst-proof").first.wait_for()
        run_all(tab, prompts(CHAPTER))
        assert tab.locator(ERRORS).all_inner_texts() == []
        # Its first explorer, moved one step, shows what Python computes here.
        explorer = next(one for one in contents.explorers() if one.page == CHAPTER)
        name, values = next(iter(explorer.controls.items()))
        state = {key: one[0] for key, one in explorer.controls.items()}
        figure = tab.locator(".jupyter-widgets.widget-vbox").first
        image = figure.locator("img")
        assert image.get_attribute("alt") == native(CHAPTER, explorer.name, **state)
        figure.locator(".noUi-handle").first.focus()
        tab.keyboard.press("ArrowRight")
        after = native(CHAPTER, explorer.name, **(state | {name: values[1]}))
        figure.locator(f"img[alt={json.dumps(after)}]").wait_for(timeout=PATIENCE)
        assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") > 300
        # Nothing was asked of another host, nothing was missing, and nothing stays between reader and book.
        away = [url for url in visit.requests if not url.startswith((below, "data:", "blob:"))]
        assert away == []
        assert [one for one in visit.troubles if not one.startswith(EXPECTED)] == []
        assert tab.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 0


STORED = """async () => {
    const asked = (request) =>
        new Promise((resolve) => { request.onsuccess = () => resolve(request.result); });
    const all = await indexedDB.databases();
    const { name } = all.find(({ name }) => name.startsWith("JupyterLite Storage"));
    const stored = await asked(indexedDB.open(name));
    const files = [...stored.objectStoreNames].includes("files");
    return files ? asked(stored.transaction("files").objectStore("files").getAllKeys()) : [];
}"""
AUTOSAVE = 125_000  # milliseconds: the app stores what has changed every two minutes


def test_a_chapter_that_is_only_read_is_not_stored(reader, below):
    """A stored copy would hide every later edition."""
    with reader(mathematics=False) as visit:
        tab = visit.page
        tab.clock.install()
        tab.goto(f"{below}{notebooks.FOLDER}/notebooks/index.html?path={source(CHAPTER).name}")
        tab.locator(".jp-Notebook .jp-Cell").first.wait_for(timeout=PATIENCE)
        tab.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for(timeout=PATIENCE)
        visit.wait_until_quiet()  # a script on its way would be given up when the clock is turned
        tab.clock.fast_forward(AUTOSAVE)
        tab.wait_for_timeout(2000)
        assert tab.evaluate(STORED) == []
        # What a reader changes is.
        tab.get_by_role("button", name="Insert a cell below").click()
        tab.clock.fast_forward(AUTOSAVE)
        tab.wait_for_timeout(2000)
        assert tab.evaluate(STORED) == [source(CHAPTER).name]


def test_another_edition_of_a_changed_chapter_is_offered_and_ones_own_stays(reader, below):
    name = source(CHAPTER).name
    address = f"{below}{notebooks.FOLDER}/notebooks/index.html?path={name}"
    newer = json.loads((FOLDER / "files" / name).read_text("utf-8"))
    newer["metadata"]["edition"] = "another"
    newer["cells"].insert(0, {"cell_type": "markdown", "id": "new", "metadata": {}, "source": "As of now"})
    with reader(mathematics=False) as visit:
        tab = visit.page
        offered = tab.get_by_role("status").filter(has_text="The book has another edition of this chapter.")
        first = tab.locator(".jp-Notebook .jp-Cell").first
        tab.goto(address)
        first.wait_for(timeout=PATIENCE)
        tab.get_by_role("button", name="Insert a cell below").click()
        tab.keyboard.press("Control+s")
        tab.wait_for_function(f"async () => (await ({STORED})()).length === 1")
        # The same edition is no matter, however much its copy was changed.
        with tab.expect_response(lambda response: response.url.endswith(f"files/{name}")):
            tab.reload()
        first.wait_for(timeout=PATIENCE)
        assert offered.count() == 0
        # Another one is.
        visit.context.route(f"**/files/{name}", lambda route: route.fulfill(body=json.dumps(newer)))
        tab.reload()
        offered.wait_for(timeout=PATIENCE)
        offered.get_by_role("button", name="Open the book's; keep mine beside it").click()
        tab.locator(".jp-Notebook .jp-Cell", has_text="As of now").wait_for(timeout=PATIENCE)
        assert tab.evaluate(STORED) == [name.replace(".ipynb", " (mine).ipynb")]
        assert offered.count() == 0


def test_a_cell_that_fails_is_seen(reader, below):
    """What the test above looks for, shown on a notebook that does fail."""
    cell = {"cell_type": "code", "source": "1 / 0", "metadata": {}, "outputs": [], "execution_count": None}
    broken = json.loads(source(CHAPTER).read_text("utf-8")) | {"cells": [cell]}
    with reader(mathematics=False) as visit:
        visit.site = below
        name = source(CHAPTER).name
        visit.context.route(f"**/files/{name}", lambda route: route.fulfill(body=json.dumps(broken)))
        visit.page.goto(f"{below}{notebooks.FOLDER}/notebooks/index.html?path={name}")
        run_all(visit.page, ["never"])
        assert "ZeroDivisionError" in visit.page.locator(ERRORS).inner_text()
