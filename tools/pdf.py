"""The whole book as one PDF, printed from its built pages by Chromium.

    make pdf

Figures stand in their first state, each with a link to where it can be moved, if `_config.yml` gives the
site's address. Hints, solutions and answers are open: paper cannot unfold. Code is in the notebooks, and
the reference has no examples. Links lead to the page of the PDF, to the site's address, or nowhere.
"""

import html
import io
import sys
import threading
from dataclasses import dataclass
from urllib.parse import unquote, urldefrag

import build
import chromium
import serve
import yaml
from playwright.sync_api import sync_playwright
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, FloatObject, NameObject, NullObject, TextStringObject

TARGET = build.BUILD / "computing-in-superposition.pdf"
PAPER = {
    "format": "A4",
    "scale": 0.72,
    "margin": {"top": "18mm", "bottom": "20mm", "left": "18mm", "right": "18mm"},
    "print_background": True,
    "tagged": True,
}
FOOTERS = """<!doctype html><meta charset="utf-8"><style>
@page {{ size: A4; margin: 0 }} body {{ margin: 0 }}
p {{ height: 297mm; margin: 0; padding-top: 284mm; box-sizing: border-box; break-after: page;
  overflow: hidden; font: 8pt sans-serif; text-align: center; color: #444 }}</style>{lines}"""
READY = """async ([address, named]) => {
    if (window.MathJax?.startup) await window.MathJax.startup.promise;
    for (const one of document.querySelectorAll("details:not(.folded-code)")) one.open = true;
    for (const one of document.querySelectorAll("button.toggle-button-hidden")) one.click();
    for (const figure of address ? document.querySelectorAll("[data-explore]") : []) {
        const link = document.createElement("a");
        link.href = `${address}#${figure.id}`;
        link.textContent = "Move this figure online";
        figure.after(link);
    }
    // Chromium keeps the places that a page itself links to. What others link to gets such a link here.
    const article = document.querySelector("article");
    for (const id of named) {
        const link = document.createElement("a");
        link.href = `#${id}`;
        link.textContent = ".";
        link.style.cssText = "font-size: 1px; color: transparent; text-decoration: none";
        article.append(link);
    }
    // Examples are where the library is; what is left has two columns.
    if (location.pathname.endsWith("/reference.html")) {
        for (const one of article.querySelectorAll("div.highlight"))
            if (one.textContent.startsWith(">>>")) one.remove();
        for (const one of article.querySelectorAll("p")) if (one.textContent === "Examples") one.remove();
        article.style.cssText = "columns: 2; font-size: 0.8em; line-height: 1.35";
    }
    dispatchEvent(new Event("beforeprint")); // formulas become as narrow as paper
    await document.fonts.ready;
    await Promise.all([...document.images].map((image) => image.decode().catch(() => null)));
}"""
NAMED = """() => [...document.querySelectorAll("article a[href]")].map((link) => link.href)"""


@dataclass
class Sheet:
    """A page of the book on paper: its name, the part that it is in, its heading, its PDF."""

    name: str
    part: str | None
    title: str
    data: bytes


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


def name_of(address, site):
    """(name of the page, id on it) that an address of the site is."""
    place, identity = urldefrag(address)
    return unquote(place.removeprefix(site).removesuffix(".html")), unquote(identity)


def linked_to(tab, site, names):
    """name -> ids: what pages link to on each page."""
    found = {name: set() for name in names}
    for name in names:
        tab.goto(f"{site}{name}.html", wait_until="domcontentloaded")
        for address in tab.evaluate(NAMED):
            if address.startswith(site):
                page, identity = name_of(address, site)
                if identity and page in found:
                    found[page].add(identity)
    return found


def printed(tab, site, name, part=None, named=()):
    """The `Sheet` of one page, which keeps the places of the ids in `named`."""
    tab.goto(f"{site}{name}.html", wait_until="load")
    tab.emulate_media(media="print", color_scheme="light")
    address = site_address()
    tab.evaluate(READY, [f"{address}/{name}.html" if address else "", sorted(named)])
    title = tab.locator("h1").first.evaluate("h1 => h1.firstChild.textContent.trim()")
    return Sheet(name, part, title, tab.pdf(**PAPER))


def footers(tab, lines):
    """A PDF that has on each page its line, and nothing else."""
    tab.set_content(FOOTERS.format(lines="".join(f"<p>{html.escape(line)}</p>" for line in lines)))
    return PdfReader(io.BytesIO(tab.pdf(prefer_css_page_size=True)))


def bind(sheets, site, tab):
    """One file of `sheets`, with an outline of parts and chapters, numbered through, and linked within."""
    book, parts, firsts, places, lines = PdfWriter(), {None: None}, {}, {}, []
    spans = []
    for sheet in sheets:
        reader, first = PdfReader(io.BytesIO(sheet.data)), len(book.pages)
        firsts[sheet.name] = first
        for identity, place in reader.named_destinations.items():
            number = reader.get_destination_page_number(place)
            places[sheet.name, unquote(identity.removeprefix("/"))] = (first + number, place.top)
        for page in reader.pages:
            book.add_page(page)
            lines.append(f"{sheet.title}, page {len(lines) + 1}")
        spans.append((sheet, range(first, len(book.pages))))
        if sheet.part not in parts:
            parts[sheet.part] = book.add_outline_item(title=sheet.part, page_number=first)
        book.add_outline_item(title=sheet.title, page_number=first, parent=parts[sheet.part])
    for page, footer in zip(book.pages, footers(tab, lines).pages, strict=True):
        page.merge_page(footer)
    for sheet, span in spans:
        for number in span:
            link_within(book, number, sheet.name, site, firsts, places)
    book.add_metadata({"/Title": "Computing in Superposition: an interactive textbook"})
    book.compress_identical_objects()
    return book


def link_within(book, number, name, site, firsts, places):
    """Send the links of a page to pages of the book, or to the site; those to neither are none."""
    page = book.pages[number]
    kept = ArrayObject()
    for reference in page.get("/Annots", ()):
        note = reference.get_object()
        action = note["/A"].get_object() if "/A" in note else {}
        if note.get("/Subtype") != "/Link":
            kept.append(reference)
            continue
        target = own(note, action, name, site)
        if target is None:
            kept.append(reference)
        elif target[0] in firsts:
            at, top = places.get(target, (firsts[target[0]], None))
            note.pop("/A", None)
            height = NullObject() if top is None else FloatObject(top)
            spot = [
                book.pages[at].indirect_reference,
                NameObject("/XYZ"),
                NullObject(),
                height,
                NullObject(),
            ]
            note[NameObject("/Dest")] = ArrayObject(spot)
            kept.append(reference)
        elif address := site_address():
            action[NameObject("/URI")] = TextStringObject(action["/URI"].replace(site, f"{address}/", 1))
            kept.append(reference)
    if "/Annots" in page:
        page[NameObject("/Annots")] = kept


def own(note, action, name, site):
    """(page, id) that a link of the page `name` leads to, None if it leads out of the site."""
    if "/URI" in action:
        address = str(action["/URI"])
        return name_of(address, site) if address.startswith(site) else None
    spot = note.get("/Dest", action.get("/D"))
    return name, unquote(str(spot).removeprefix("/"))


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
        contents = list(pages())
        named = linked_to(tab, site, [name for name, _ in contents])
        sheets = []
        for name, part in contents:
            print(name, flush=True)
            sheets.append(printed(tab, site, name, part, named[name]))
        bind(sheets, site, tab).write(TARGET)
        browser.close()
    print(f"{len(PdfReader(TARGET).pages)} pages in {TARGET.relative_to(build.ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
