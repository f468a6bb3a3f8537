"""What a page says of itself to others, and ways to run a chapter elsewhere, once it has addresses.

`_config.yml` may give `site_address`, where the built book is served, and `repository_address`, where its
sources are. With the first, pages name their canonical address and a picture for previews, and there is a
site map. With the second there are links to the repository, to Binder and to Colab. With neither, none.
"""

from pathlib import Path
from urllib.parse import urljoin
from xml.sax.saxutils import escape

ROOT = Path(__file__).resolve().parent.parent
PREVIEW = "screenshot.png"
LAUNCH = {
    "binderhub_url": "https://mybinder.org",
    "colab_url": "https://colab.research.google.com",
    "notebook_interface": "jupyterlab",
}


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
    paragraphs = (node.astext() for node in doctree.findall(lambda node: node.tagname == "paragraph"))
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
    quoted = {'"': "&quot;"}
    lines = [f'<meta property="{name}" content="{escape(value, quoted)}">' for name, value in tags.items()]
    lines.append(f'<meta name="description" content="{escape(text, quoted)}">')
    context["metatags"] = context.get("metatags", "") + "\n".join(lines)


def write_site_map(app, error):
    """All pages of the book, where it is known under which address."""
    if error or app.builder.format != "html" or not app.config.html_baseurl:
        return
    pages = sorted(app.env.found_docs)
    addresses = (urljoin(app.config.html_baseurl, app.builder.get_target_uri(name)) for name in pages)
    entries = "\n".join(f"<url><loc>{escape(address)}</loc></url>" for address in addresses)
    head = '<?xml version="1.0" encoding="utf-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    (Path(app.outdir) / "sitemap.xml").write_text(f"{head}\n{entries}\n</urlset>\n", "utf-8")


def setup(app):
    app.add_config_value("site_address", "", "html", [str])
    app.add_config_value("repository_address", "", "html", [str])
    # Before the theme looks at its options.
    app.connect("config-inited", configure, priority=100)
    app.connect("html-page-context", describe)
    app.connect("build-finished", write_site_map)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
