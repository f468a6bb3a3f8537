"""A built book, served on a free port of 127.0.0.1, and one headless Chromium for all tests."""

import threading
from contextlib import contextmanager

import build
import chromium
import pytest
import serve
from playwright.sync_api import sync_playwright

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Whatever asks for another host shall fail, also on a machine that could reach it.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
# MathJax, where a page has it, and the theme's own start.
SETTLED = """async () => {
    if (window.MathJax?.startup) await window.MathJax.startup.promise;
    await document.fonts.ready;
    await Promise.all([...document.images].map((image) => image.decode().catch(() => null)));
}"""


@pytest.fixture(scope="session")
def site():
    """The address of the book's root."""
    if not build.STAMP.exists():
        pytest.fail("There is no whole book in _build/html to test: run `make book` first.", pytrace=False)
    web = serve.server(0)
    threading.Thread(target=web.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{web.server_address[1]}/"
    web.shutdown()
    web.server_close()


@pytest.fixture(scope="session")
def browser():
    path = chromium.find()
    if path is None:
        pytest.fail(chromium.MISSING, pytrace=False)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


class Reader:
    """One page in a context of its own, and a record of what it asked for and what went wrong."""

    def __init__(self, site, context):
        self.site = site
        self.context = context
        self.requests = []
        self.responses = []
        self.troubles = []
        self.pending = set()
        context.on("request", self._request)
        context.on("requestfinished", lambda request: self.pending.discard(request))
        context.on("response", self._response)
        context.on("requestfailed", self._failed)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.troubles.append(f"uncaught: {error.error}"))
        self.page = context.new_page()

    def _request(self, request):
        self.requests.append(request.url)
        self.pending.add(request)

    def _failed(self, request):
        self.pending.discard(request)
        if request.failure != "net::ERR_ABORTED":  # the reader has turned the page meanwhile
            self.troubles.append(f"failed: {request.url}")

    def _response(self, response):
        self.responses.append(response)
        if response.status >= 400:
            self.troubles.append(f"{response.status}: {response.url}")

    def _console(self, message):
        if message.type in ("error", "warning"):
            self.troubles.append(f"console {message.type}: {message.text}")

    def open(self, address):
        """Go to a page below the root and wait until it has settled."""
        self.page.goto(self.site + address, wait_until="load")
        self.page.evaluate(SETTLED)
        return self.page

    def wait_until_quiet(self):
        """Wait for half a second without a request. (Playwright's "networkidle" may never come.)"""
        quiet = 0
        while quiet < 5:
            before = len(self.requests)
            self.page.wait_for_timeout(100)
            quiet = 0 if self.pending or len(self.requests) > before else quiet + 1

    def frames_asked_for(self):
        return {url.rsplit("/", 1)[1] for url in self.requests if "/_explore/" in url}


@pytest.fixture
def reader(site, browser):
    """Make a reader: reader(width=375, color_scheme="dark") and other options of a browser context.

    Setting formulas takes a chapter some seconds: mathematics=False leaves it out where it is no matter.
    """

    @contextmanager
    def make(width=1280, mathematics=True, **options):
        context = browser.new_context(viewport={"width": width, "height": 800}, **options)
        context.set_default_timeout(30_000)
        if not mathematics:
            context.route("**/_static/mathjax/*.js", lambda route: route.fulfill(body=""))
        try:
            yield Reader(site, context)
        finally:
            context.close()

    return make
