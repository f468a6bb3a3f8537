"""What the teaching guide offers once the book has a repository: a site built with an address."""

import shutil
import subprocess
import sys
import threading
from urllib.parse import parse_qs, urlsplit

import build
import pytest
import serve
from axe_playwright_python.sync_playwright import Axe

REPOSITORY = "https://github.com/a/book-of-books"
CONF = """
import sys
sys.path.insert(0, {tools!r})
extensions = ["myst_parser", "elsewhere"]
html_theme = "sphinx_book_theme"
html_static_path = [{static!r}]
html_css_files = ["book.css"]
html_title = "A book"
root_doc = "book/teaching"
repository_address = {address!r}
"""
PAGE = "# Teaching\n\nA guide.\n\n<!-- hub -->\n"


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Build a site of one page, and one chapter beside it, with this address. Returns its folder."""

    def make(address):
        folder = tmp_path_factory.mktemp("book")
        (folder / "book").mkdir()
        (folder / "book" / "teaching.md").write_text(PAGE)
        shutil.copy(build.ROOT / "book" / "06_codes.ipynb", folder / "book")
        tools, static = str(build.ROOT / "tools"), str(build.ROOT / "book" / "_static")
        (folder / "conf.py").write_text(CONF.format(tools=tools, static=static, address=address))
        command = [sys.executable, "-m", "sphinx", "-q", str(folder), str(folder / "site")]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        return folder / "site"

    return make


@pytest.fixture(scope="module")
def address(built):
    """Where the page of a book with a repository is served."""
    web = serve.server(0, built(REPOSITORY))
    threading.Thread(target=web.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{web.server_address[1]}/book/teaching.html"
    web.shutdown()
    web.server_close()


@pytest.fixture
def tab(browser, address):
    page = browser.new_page(viewport={"width": 375, "height": 800})
    page.goto(address)
    yield page
    page.close()


def made(tab, hub):
    tab.get_by_label("Address of your JupyterHub").fill(hub)
    tab.get_by_label("Chapter").select_option(label="Codes: features as sets of neurons")
    tab.get_by_role("button", name="Make the link").click()
    return tab.locator(".hub-link a").get_attribute("href")


@pytest.mark.parametrize(
    "hub",
    [
        "https://hub.example.edu",
        "https://hub.example.edu/",
        "https://hub.example.edu/hub/spawn",
        "https://hub.example.edu/hub",
    ],
)
def test_the_form_makes_the_link(tab, hub):
    parts = urlsplit(made(tab, hub))
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == (
        "https://hub.example.edu/hub/user-redirect/git-pull"
    )
    assert parse_qs(parts.query) == {
        "repo": [REPOSITORY],
        "branch": ["main"],
        "urlpath": ["lab/tree/book-of-books/book/06_codes.ipynb"],
    }


def test_a_hub_below_a_path_keeps_it(tab):
    assert made(tab, "https://example.edu/jupyter/").startswith(
        "https://example.edu/jupyter/hub/user-redirect/"
    )


def test_what_is_no_address_makes_no_link(tab):
    tab.get_by_label("Address of your JupyterHub").fill("my hub")
    tab.get_by_role("button", name="Make the link").click()
    assert tab.locator(".hub-link a").count() == 0


def test_a_change_takes_the_old_link_away(tab):
    made(tab, "https://hub.example.edu")
    tab.get_by_label("Address of your JupyterHub").fill("https://other.example.edu")
    assert tab.locator(".hub-link a").count() == 0


def test_anyone_can_use_it(tab):
    made(tab, "https://hub.example.edu/" + "long/" * 20)
    assert tab.evaluate("document.scrollingElement.scrollWidth") <= 375
    found = Axe().run(tab, context=".hub", options={"resultTypes": ["violations"]})
    assert found.violations_count == 0, found.generate_report()


def test_without_a_repository_there_is_no_form(built):
    page = (built("") / "book" / "teaching.html").read_text("utf-8")
    assert 'class="hub"' not in page and "hub.js" not in page


def test_the_site_keeps_its_folders_on_any_host(built):
    assert (built("") / ".nojekyll").read_bytes() == b""
