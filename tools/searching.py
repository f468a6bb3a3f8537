"""The search of the book: one entry for each section, in plain words, and the page that looks through them.

Sphinx's own search knows which words a page has, and not how often or where. It shows TeX and code.
"""

import json
from pathlib import Path

import plain
from docutils import nodes

INDEX = "search-index.js"
# Chapters explain, the others refer to them: they come after, in this order.
BACK = ("book/index", "book/notation", "book/tail_bounds", "book/teaching", "book/bibliography")
REFERENCE = ("book/reference", "book/how_tested", "book/how_this_page_runs")


def own_text(section):
    """What a section says, without the sections in it."""
    children = (one for one in section.children if not isinstance(one, nodes.title))
    return " ".join(" ".join(plain.text(one) for one in children if not is_section(one)).split())


def is_section(node):
    """Whether it has a heading: statements and exercises keep what they say in sections without one."""
    return isinstance(node, nodes.section) and isinstance(next(iter(node), None), nodes.title)


def sections(doctree):
    """(id, title, text) of every section of a page; the first is the page, and has no id."""
    for number, section in enumerate(doctree.findall(is_section)):
        yield section["ids"][0] if number else "", plain.text(section[0]), own_text(section)


def rank(name):
    """0 for chapters, 1 for what stands behind them, 2 for what refers to code."""
    return 2 if name in REFERENCE else 1 if name in BACK else 0


def entries(app):
    """{address, title, rank, sections} of each page."""
    for name in sorted(app.env.found_docs):
        found = list(sections(app.env.get_doctree(name)))
        numbered = app.env.titles[name].astext()
        number = Path(name).name.partition("_")[0]
        title = f"{number} {numbered}" if number.isdecimal() else numbered
        yield {
            "url": app.builder.get_target_uri(name),
            "title": title,
            "rank": rank(name),
            "sections": found,
        }


def write_index(app, error):
    if error is None and app.builder.format == "html":
        text = json.dumps(list(entries(app)), ensure_ascii=False, separators=(",", ":"))
        path = Path(app.outdir) / "_static" / INDEX
        path.write_text(f"window.searchIndex={text};\n", "utf-8")


def leave_out_own_search(app):
    app.builder.search = False


def page(app):
    """The page for search."""
    yield "search", {"title": "Search"}, "search.html"


def setup(app):
    app.connect("builder-inited", leave_out_own_search)
    app.connect("html-collect-pages", page)
    app.connect("build-finished", write_index)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
