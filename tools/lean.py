"""What a page asks for before it can be shown: one style sheet, without what no page uses, and no script.

Themes and extensions bring a dozen style sheets, most of them for other books, and scripts that hold the
page until they have come. Here the sheets become one, cut to the classes that this book's pages and scripts
name; scripts wait until the page stands; formulas have room before they are set; and colours, light or
dark, are there from the beginning, and light on paper.
"""

import re
import zlib
from pathlib import Path

import formulas
from sphinx.errors import ExtensionError

SHEET = "page.css"
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
STRING = r""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'"""
# What a sheet is made of: a block's beginning or end, the end of a statement, or text up to one of these.
PIECE = re.compile(rf"""(?:{STRING}|url\((?:{STRING}|[^)"'])*\)|[^{{}};"'])+|[{{}};]""", re.DOTALL)
IMPORT = re.compile(r"""@import\s+(?:url\()?["']?([^"')]+)["']?\)?\s*;""")
ADDRESS = re.compile(r"""url\((["']?)(?!data:|#|https?:)([^)"']+)\1\)""")
# Names in a selector that must be somewhere in the book for it to choose anything.
NAMED = re.compile(r"[.#](-?[_a-zA-Z][\w-]*)")
# Conditions that may hold without the names in them.
NEGATED = re.compile(r":(?:not|is|where|has)\((?:[^()]|\([^()]*\))*\)")
WORD = re.compile(r"[\w-]+")
# Which colours a rule is for. Paper is light, whatever the screen is.
DARK = re.compile(r"""\[data-theme=["']?dark["']?\]""")
LIGHT = re.compile(r"""\[data-theme=["']?light["']?\]""")
LINK = re.compile(r'\s*<link\b[^>]*\brel="stylesheet"[^>]*>')
HREF = re.compile(r'\bhref="(?:\.\./)*_static/([^"?]+)')
SCRIPT = re.compile(r'<script\b(?![^>]*\b(?:defer|async)\b)([^>]* src="[^"]+")></script>')
# The theme asks for Sphinx's own search, which fails without an index; the book has another (searching.py).
SPHINX_SEARCH = re.compile(r"\s*<script[^>]*/(?:searchtools|language_data|searchindex)\.js[^>]*></script>")
OPTIONS = re.compile(r'<script(?: defer)? src="[^"]*documentation_options\.js[^"]*"></script>')
# The theme knows no colours for "auto", and says what it stands for in a script that comes later.
AUTO = re.compile(r'(<html\b[^>]*) data-theme="auto"')
UNDECIDED = 'dataset.theme = localStorage.getItem("theme") || "auto";'
DECIDED = (
    "dataset.theme = /^(light|dark)$/.exec(document.documentElement.dataset.mode)?.[0] ?? "
    '(matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");'
)


def flat(path, root):
    """A sheet with those that it imports, and addresses in it as seen from the folder `root`."""
    text = COMMENT.sub("", path.read_text("utf-8"))

    def moved(found):
        target = (path.parent / found[2]).resolve()
        return f'url("{target.relative_to(root.resolve()).as_posix()}")'

    def imported(found):
        return flat(path.parent / found[1], root)

    own = ADDRESS.sub(moved, IMPORT.sub("@import;", text))
    sheets = iter([imported(found) for found in IMPORT.finditer(text)])
    return re.sub("@import;", lambda _: next(sheets), own)


def parse(text):
    """A sheet as a list of (prelude, body): body is a list of the same, or None for a statement."""
    root = []
    stack, prelude = [root], ""
    for piece in PIECE.findall(text):
        if piece == "{":
            block = (prelude.strip(), [])
            stack[-1].append(block)
            stack.append(block[1])
            prelude = ""
        elif piece in ("}", ";"):
            if prelude.strip():
                stack[-1].append((prelude.strip(), None))
            prelude = ""
            if piece == "}":
                stack.pop()
        else:
            prelude += piece
    if len(stack) != 1:
        raise ValueError("style sheet: expected as many closing braces as opening ones")
    return root


def selectors(prelude):
    """The parts of a selector list, parted by commas that stand in no bracket."""
    depth, start = 0, 0
    for i, sign in enumerate(prelude):
        depth += (sign in "([") - (sign in ")]")
        if sign == "," and depth == 0:
            yield prelude[start:i]
            start = i + 1
    yield prelude[start:]


def vocabulary(words):
    """Whether a name can be in a book of these words, also put together, as `bs-tooltip-` and `top`."""
    beginnings = tuple(word for word in words if word.endswith("-") and len(word) > 4)
    return lambda name: name in words or name.startswith(beginnings)


def kept(prelude, known):
    """The selectors of a rule that can choose something, `known` saying so of names."""
    for selector in selectors(prelude):
        if all(map(known, NAMED.findall(NEGATED.sub("", selector)))):
            yield " ".join(selector.split())


def written(blocks, known):
    """The text of a parsed sheet, less rules that choose nothing; with None, all of it."""
    out = []
    for prelude, body in blocks:
        if prelude.startswith("@charset"):
            continue  # the one sheet is UTF-8, as the page says
        if body is None:
            out.append(f"{' '.join(prelude.split())};")
        elif prelude.startswith(("@media", "@supports")):
            inside = written(body, known)
            out.append(f"{prelude}{{{inside}}}" if inside else "")
        elif known is None or prelude.startswith("@"):
            out.append(f"{prelude}{{{written(body, None)}}}")
        else:
            chosen = list(kept(prelude, known))
            out.append(by_colours(chosen, written(body, None)) if body else "")
    return "".join(out)


def by_colours(chosen, declarations):
    """A rule; what it says for dark colours is not for paper, and what it says for light ones is."""
    dark = [one for one in chosen if DARK.search(NEGATED.sub("", one))]
    other = [one for one in chosen if one not in dark]
    light = [LIGHT.sub("[data-theme]", one) for one in other if LIGHT.search(one)]
    kinds = (other, ""), (dark, "@media screen"), (light, "@media print")
    rules = ((f"{','.join(some)}{{{declarations}}}", medium) for some, medium in kinds if some)
    return "".join(f"{medium}{{{rule}}}" if medium else rule for rule, medium in rules)


def words_of(root, pages):
    """Every word in the book's pages and scripts: a class that a script sets is a word in that script."""
    scripts = (path for path in (root / "_static").rglob("*.js") if "mathjax" not in path.parts)
    return {word for path in [*pages, *scripts] for word in WORD.findall(path.read_text("utf-8"))}


def sheets(page):
    """The style sheets that a page links to, below _static."""
    return [HREF.search(link)[1] for link in LINK.findall(page)]


def with_one_sheet(page, version):
    """A page whose first link to a style sheet leads to the one sheet, and the others are gone."""
    root = "" if 'data-content_root="./"' in page else "../"
    link = f'\n    <link rel="stylesheet" href="{root}_static/{SHEET}?v={version}">'
    links = iter([link])
    return LINK.sub(lambda _: next(links, ""), page)


def without_waiting(page, options):
    """A page that asks for no script before it stands: options in the page, the rest deferred."""
    page = SPHINX_SEARCH.sub("", page)
    page = OPTIONS.sub(lambda _: f"<script>{options}</script>", page)
    return SCRIPT.sub(r"<script defer\1></script>", page)


def in_its_colours(page):
    """A page that is light or dark before the theme's script has come, and light where none ever does."""
    if UNDECIDED not in page and DECIDED not in page:
        raise ExtensionError("the theme chooses its colours in another way than tools/lean.py expects")
    return AUTO.sub(r"\1", page).replace(UNDECIDED, DECIDED)


def finish(app, error):
    if error or app.builder.format != "html":
        return
    root = Path(app.outdir)
    static = root / "_static"
    pages = [root / app.builder.get_target_uri(name) for name in sorted(app.env.found_docs)]
    search = root / "search.html"
    # Sphinx writes it in every build, and with every sheet.
    names = sheets(search.read_text("utf-8"))
    known = vocabulary(words_of(root, [*pages, search]))
    parsed = (parse(flat(static / name, static)) for name in names)
    sheet = "\n".join(written(blocks, known) for blocks in parsed)
    (static / SHEET).write_text(sheet, "utf-8")
    version = f"{zlib.crc32(sheet.encode()):08x}"
    options = (static / "documentation_options.js").read_text("utf-8")
    for path in pages:
        page = path.read_text("utf-8")
        if unknown := set(sheets(page)) - {*names, SHEET}:
            raise ExtensionError(f"{path.name} has style sheets that search.html has not: {unknown}")
        page = in_its_colours(formulas.with_room(without_waiting(page, options)))
        path.write_text(with_one_sheet(page, version), "utf-8")
    page = in_its_colours(without_waiting(search.read_text("utf-8"), options))
    search.write_text(with_one_sheet(page, version), "utf-8")


def setup(app):
    # After everything else has written what it adds to pages.
    app.connect("build-finished", finish, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
