"""What the book's build needs beyond configuration: a site that asks nothing of other hosts."""

import html
import importlib.util
import json
import os
import re
import shutil
import sys
from pathlib import Path

import runtime
from fontTools.subset import Subsetter
from fontTools.ttLib import TTFont
from sphinx.errors import ExtensionError

# MathJax is one file, fonts, and what its menu and rare commands load; the rest are other bundles of these.
MATHJAX = ("tex-chtml.js", "output", "input", "a11y", "sre", "ui")
# Frames are named by their content, in 20 hexadecimal digits.
FRAME = re.compile(r"\b[0-9a-f]{20}\.svg\b")
# What matplotlib writes for editors of drawings, and white space between tags.
FOR_EDITORS = re.compile(rb"<metadata>.*?</metadata>|<!--.*?-->|<!DOCTYPE.*?>|(?<=>)\s+(?=<)", re.DOTALL)
OUTLINE = re.compile(rb'\bd="[^"]*"')
FINE = re.compile(rb"(\.\d\d)\d+")
RULE = re.compile(r"([^{}]*)\{([^{}]*)\}")
ICON_NAME = re.compile(r"\bfa-[a-z0-9-]+")
# Sheets write an icon as itself or as its code, in Unicode's private area.
ICON = re.compile("[\ue000-\uf8ff]")
ICON_CODE = re.compile(r"\\([ef][0-9a-f]{3})\b")
FRONT_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta http-equiv="refresh" content="0; url={url}"></head>
<body><p><a href="{url}">{title}</a></p></body></html>
"""


def frames_folder(app):
    """Explorers' frames lie in the cache of notebook outputs that name them, and go when it goes."""
    return Path(app.outdir).parent / ".jupyter_cache" / "explore"


def set_environment(app):
    """Notebook kernels inherit this: explorers draw all frames, and the same bytes each time.

    Kernels start in book/, and are to find this library: not another one, and not only an installed one.
    """
    path = [str(app.srcdir), os.environ.get("PYTHONPATH")]
    os.environ |= {
        "PYTHONPATH": os.pathsep.join(filter(None, path)),
        "SUPERPOS_EXPLORE": "page",
        "SUPERPOS_EXPLORE_DIR": str(frames_folder(app)),
        "MPLBACKEND": "agg",
        "PYTHONHASHSEED": "0",
    }


def mathjax():
    """The folder of MathJax, as the package brings it."""
    return Path(importlib.util.find_spec("sphinx-mathjax-offline").origin).parent / "static" / "mathjax"


def copy_mathjax(app):
    source = mathjax()
    target = Path(app.outdir) / "_static" / "mathjax"
    for name in MATHJAX:
        if (source / name).is_dir():
            shutil.copytree(source / name, target / name, dirs_exist_ok=True)
        else:
            target.mkdir(parents=True, exist_ok=True)
            shutil.copy(source / name, target)


def slim(frame):
    """The same drawing in six sevenths of the bytes: outlines to a hundredth of a point."""

    def rounded(outline):
        return b" ".join(FINE.sub(rb"\1", outline[0]).split())

    return OUTLINE.sub(rounded, FOR_EDITORS.sub(b"", frame))


def copy_frames(app):
    """Publish the frames that pages name, and no others: the folder may hold those of earlier builds."""
    target = Path(app.outdir) / "_explore"
    shutil.rmtree(target, ignore_errors=True)
    pages = (page.read_text("utf-8") for page in Path(app.outdir).rglob("*.html"))
    named = sorted({name for page in pages for name in FRAME.findall(page)})
    for name in named:
        frame = frames_folder(app) / name
        if not frame.exists():
            raise ExtensionError(f"frame {name} is gone from {frame.parent}: remove _build, build again")
        target.mkdir(exist_ok=True)
        (target / name).write_bytes(slim(frame.read_bytes()))


def write_icons(app):
    """Cut the icon font (156 kB) down to the icons that this book's pages and styles show (2 kB)."""
    static = Path(app.outdir) / "_static"
    pages = (page.read_text("utf-8") for page in Path(app.outdir).rglob("*.html"))
    shown = {name for page in pages for name in ICON_NAME.findall(page)}
    codes = set()
    for sheet in static.rglob("*.css"):
        for selector, body in RULE.findall(sheet.read_text("utf-8")):
            named = set(ICON_NAME.findall(selector))
            if not named or named & shown:
                codes |= {int(code, 16) for code in ICON_CODE.findall(body)}
                codes |= {ord(icon) for icon in ICON.findall(body)}
    font = TTFont(static / "vendor" / "fontawesome" / "webfonts" / "fa-solid-900.ttf")
    subsetter = Subsetter()
    subsetter.populate(unicodes=codes)
    subsetter.subset(font)
    font.flavor = "woff"
    font.save(static / "icons.woff")


def write_front_page(app):
    """The book's first page is not at the site's root; a reader who goes there is sent on."""
    url = app.builder.get_target_uri(app.config.root_doc)
    page = FRONT_PAGE.format(title=app.config.html_title, url=url)
    (Path(app.outdir) / "index.html").write_text(page, "utf-8")


def assemble_runtime(app, config):
    """Python for the reader's browser. A book without it is still a book; the build says so at its end."""
    app.explore_runtime, app.explore_trouble = None, None
    try:
        app.explore_runtime = runtime.assemble()
        config.explore_runtime_bytes = sum(map(len, app.explore_runtime["first"].values()))
    except runtime.Missing as reason:
        app.explore_trouble = f"The book is built, but its pages will not offer to run Python: {reason}."
    config.myst_substitutions["downloads"] = table_of_downloads(app.explore_runtime)


def table_of_downloads(packed):
    """What "How this page runs" says about sizes, from the bytes themselves."""
    if packed is None:
        return "This copy of the book was built without it, so no page has the button."
    rows = []
    for when, roles in packed.items():
        for role, data in roles.items():
            condition = "at once" if when == "first" else "when a page imports it"
            rows.append(f"| {runtime.CALLED[role]} | {len(data) / 1e6:.2f} MB | {condition} |")
    total = sum(map(len, packed["first"].values())) / 1e6
    head = ["| part | compressed | downloaded |", "|---|---:|---|"]
    return "\n".join([*head, *rows, f"| **all that comes at once** | **{total:.1f} MB** | |"])


def publish_runtime(app):
    if app.explore_runtime:
        runtime.publish(Path(app.outdir) / "_live", app.explore_runtime)


def offer_runtime(app, pagename, templatename, context, doctree):
    """Tell a page with explorers or exercises where the runtime and its own notebook are."""
    body = context.get("body", "")
    if app.config.explore_runtime_bytes and ("data-explore" in body or "tag_exercise" in body):
        offer = {
            "list": "_live/list.json",
            "notebook": f"_sources/{context['sourcename']}",
            "bytes": app.config.explore_runtime_bytes,
            "about": "book/how_this_page_runs.html",
        }
        content = html.escape(json.dumps(offer))
        context["metatags"] = (
            context.get("metatags", "") + f'<meta name="explore-runtime" content="{content}">'
        )


def name_citations(app, pagename, templatename, context, doctree):
    """docutils gives the entries of a list a role that ARIA has withdrawn, and that no list may hold."""
    if "body" in context:
        context["body"] = context["body"].replace('role="doc-biblioentry"', 'role="listitem"')


def drop_source_maps(app):
    """Maps for the theme's authors, larger than what they explain."""
    for path in Path(app.outdir).joinpath("_static").rglob("*.map"):
        path.unlink()


def finish(app, error):
    if error is None and app.builder.format == "html":
        drop_source_maps(app)
        copy_mathjax(app)
        copy_frames(app)
        publish_runtime(app)
        write_icons(app)
        write_front_page(app)
        if app.explore_trouble:
            print(app.explore_trouble, file=sys.stderr)


def setup(app):
    # Jupyter Book sets it whether or not the extension that reads it is there.
    app.add_config_value("comments_config", {}, "")
    # Pages name it, so they are written again when it changes.
    app.add_config_value("explore_runtime_bytes", 0, "html", [int])
    app.connect("config-inited", assemble_runtime)
    app.connect("builder-inited", set_environment)
    app.connect("html-page-context", name_citations)
    app.connect("html-page-context", offer_runtime)
    app.connect("build-finished", finish)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
