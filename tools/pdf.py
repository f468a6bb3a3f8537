"""The whole book as one PDF, printed from its built pages by Chromium.

    make pdf

Figures stand in their first state, each with a link to where it can be moved, if `_config.yml` gives the
site's address. Hints, solutions and answers are open: paper cannot unfold.
"""

import io
import sys
import threading

import build
import chromium
import serve
import yaml
from playwright.sync_api import sync_playwright
from pypdf import PdfReader, PdfWriter

TARGET = build.BUILD / "computing-in-superposition.pdf"
PAPER = {
    "format": "A4",
    "scale": 0.72,
    "margin": {"top": "18mm", "bottom": "20mm", "left": "18mm", "right": "18mm"},
    "display_header_footer": True,
    "header_template": "<span></span>",
    "print_background": True,
    "tagged": True,
}
FOOTER = (
    '<div style="width:100%;font-size:8px;text-align:center;color:#444">{title}, '
    'page <span class="pageNumber"></span></div>'
)
READY = """async (address) => {
    if (window.MathJax?.startup) await window.MathJax.startup.promise;
    for (const one of document.querySelectorAll("details")) one.open = true;
    for (const one of document.querySelectorAll("button.toggle-button-hidden")) one.click();
    for (const figure of address ? document.querySelectorAll("[data-explore]") : []) {
        const link = document.createElement("a");
        link.href = `${address}#${figure.id}`;
        link.textContent = "Move this figure online";
        figure.after(link);
    }
    await document.fonts.ready;
    await Promise.all([...document.images].map((image) => image.decode().catch(() => null)));
}"""


def pages():
    """(name, part) of every page, in the order of the table of contents."""
    contents = yaml.safe_load((build.ROOT / "_toc.yml").read_text("utf-8"))
    yield contents["root"], None
    for part in contents["parts"]:
        for chapter in part["chapters"]:
            yield chapter["file"], part["caption"]


def site_address():
    config = yaml.safe_load((build.ROOT / "_config.yml").read_text("utf-8"))
    return config["sphinx"]["config"].get("site_address", "").rstrip("/")


def printed(tab, site, name):
    """(title, PDF) of one page."""
    tab.goto(f"{site}{name}.html", wait_until="load")
    tab.emulate_media(media="print", color_scheme="light")
    address = site_address()
    tab.evaluate(READY, f"{address}/{name}.html" if address else "")
    title = tab.locator("h1").first.evaluate("h1 => h1.firstChild.textContent.trim()")
    return title, tab.pdf(**PAPER, footer_template=FOOTER.format(title=title))


def bind(sheets):
    """One file of (part, title, PDF), with an outline of parts and chapters."""
    book, parts = PdfWriter(), {None: None}
    for part, title, data in sheets:
        first = len(book.pages)
        for sheet in PdfReader(io.BytesIO(data)).pages:
            book.add_page(sheet)
        if part not in parts:
            parts[part] = book.add_outline_item(title=part, page_number=first)
        book.add_outline_item(title=title, page_number=first, parent=parts[part])
    book.add_metadata({"/Title": "Computing in Superposition: an interactive textbook"})
    book.compress_identical_objects()
    return book


def main():
    path = chromium.find()
    if path is None:
        return chromium.MISSING
    web = serve.server(0)
    threading.Thread(target=web.serve_forever, daemon=True).start()
    site = f"http://127.0.0.1:{web.server_address[1]}/"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        tab = browser.new_page(viewport={"width": 900, "height": 1200}, reduced_motion="reduce")
        sheets = []
        for name, part in pages():
            print(name, flush=True)
            sheets.append((part, *printed(tab, site, name)))
        browser.close()
    bind(sheets).write(TARGET)
    print(f"{len(PdfReader(TARGET).pages)} pages in {TARGET.relative_to(build.ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
