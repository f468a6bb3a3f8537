"""What a page says of itself to others, and ways to run a chapter elsewhere, once it has addresses.

`_config.yml` may give `site_address`, where the built book is served, and `repository_address`, where its
sources are. With the first, pages name their canonical address and a picture for previews, and there is a
site map. With the second there are links to the repository, to Binder and to Colab, and the teaching guide
has a form that makes links for a JupyterHub with nbgitpuller. With neither, none.
"""

import re
from pathlib import Path
from urllib.parse import urljoin
from xml.sax.saxutils import escape

import nbformat
import plain
from docutils import nodes

ROOT = Path(__file__).resolve().parent.parent
PREVIEW = "screenshot.png"
QUOTED = {'"': "&quot;"}
LAUNCH = {
    "binderhub_url": "https://mybinder.org",
    "colab_url": "https://colab.research.google.com",
    "notebook_interface": "jupyterlab",
}

# The place for the form, and the form. Its script (hub.js) puts the link together.
HUB = "<!-- hub -->"
FORM = """<form class="hub" data-repository="{repository}">
<p><label for="hub-address">Address of your JupyterHub</label>
<input id="hub-address" type="url" required placeholder="https://hub.example.edu" autocomplete="url"></p>
<p><label for="hub-chapter">Chapter</label>
<select id="hub-chapter">
{chapters}
</select></p>
<p><button type="submit">Make the link</button></p>
<p class="hub-link" role="status"></p>
</form>
"""
HEADING = re.compile(r"^# (.+)$", re.MULTILINE)


def configure(app, config):
    """Tell Sphinx and the theme what follows from the addresses. A ValueError names a wrong one."""
    for name in ("site_address", "repository_address"):
        address = config[name]
        if address and not address.startswith("https://"):
            raise ValueError(
                f"{name} in _config.yml: expected an address that begins with https://, got {address!r}"
            )
    if config.site_address:
        config.html_baseurl = config.site_address.rstrip("/") + "/"
        config.html_extra_path = [*config.html_extra_path, f"docs/{PREVIEW}"]
    if config.repository_address:
        config.html_js_files = [*config.html_js_files, ("hub.js", {"defer": "defer"})]
        config.html_theme_options |= {
            "repository_url": config.repository_address.rstrip("/"),
            "repository_branch": "main",
            "path_to_docs": "",
            "use_repository_button": True,
            "use_issues_button": True,
            "launch_buttons": LAUNCH,
        }


def describe(app, pagename, templatename, context, doctree):
    """A description of each page, and what previews of links show."""
    if doctree is None:
        return
    title = context["title"]
    paragraphs = (plain.text(node) for node in doctree.findall(nodes.paragraph))
    text = " ".join(next(paragraphs, title).split())
    tags = {
        "og:title": title,
        "og:type": "article",
        "og:site_name": app.config.html_title,
        "og:description": text,
    }
    if app.config.html_baseurl:
        tags |= {
            "og:url": urljoin(app.config.html_baseurl, app.builder.get_target_uri(pagename)),
            "og:image": urljoin(app.config.html_baseurl, PREVIEW),
            "twitter:card": "summary_large_image",
        }
    lines = [f'<meta property="{name}" content="{escape(value, QUOTED)}">' for name, value in tags.items()]
    lines.append(f'<meta name="description" content="{escape(text, QUOTED)}">')
    context["metatags"] = context.get("metatags", "") + "\n".join(lines)


def chapters(folder):
    """(path in the repository, title) of each numbered chapter."""
    for path in sorted(folder.glob("book/[0-9]*.ipynb")):
        cells = nbformat.read(path, 4).cells
        text = next(cell.source for cell in cells if cell.cell_type == "markdown")
        yield path.relative_to(folder).as_posix(), HEADING.search(text)[1]


def offer_hub(app, docname, source):
    """The form where a page has a place for it, if there is a repository to hand out."""
    if HUB not in source[0]:
        return
    form = ""
    if repository := app.config.repository_address.rstrip("/"):
        options = (
            f'<option value="{escape(path)}">{escape(title)}</option>'
            for path, title in chapters(Path(app.srcdir))
        )
        form = FORM.format(repository=escape(repository, QUOTED), chapters="\n".join(options))
        form = f"**Make such a link.** It hands out this book's own sources.\n\n{form}"
    source[0] = source[0].replace(HUB, form)


def write_site_map(app, error):
    """All pages of the book, where it is known under which address."""
    if error or app.builder.format != "html" or not app.config.html_baseurl:
        return
    pages = sorted(app.env.found_docs)
    addresses = (urljoin(app.config.html_baseurl, app.builder.get_target_uri(name)) for name in pages)
    entries = "\n".join(f"<url><loc>{escape(address)}</loc></url>" for address in addresses)
    head = '<?xml version="1.0" encoding="utf-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    (Path(app.outdir) / "sitemap.xml").write_text(f"{head}\n{entries}\n</urlset>\n", "utf-8")


def keep_folders(app, error):
    """GitHub's pages, published from a branch, would leave out each folder with an underscore."""
    if not error and app.builder.format == "html":
        (Path(app.outdir) / ".nojekyll").touch()


def setup(app):
    app.add_config_value("site_address", "", "html", [str])
    app.add_config_value("repository_address", "", "env", [str])
    # Before the theme looks at its options.
    app.connect("config-inited", configure, priority=100)
    app.connect("source-read", offer_hub)
    app.connect("html-page-context", describe)
    app.connect("build-finished", write_site_map)
    app.connect("build-finished", keep_folders)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
