"""Pages made from the code: the library's reference, and which function and test stand behind a theorem.

`book/reference.md` and `book/how_tested.md` have a marked place each. What is written there comes from
docstrings. One in the library names the statements that a function rests on, and one of a test those that
it checks, on a line of its own:

    Theorem: thm-influence-count, thm-influence-half.
"""

import ast
import importlib
import inspect
import pkgutil
import re
from pathlib import Path

import myst
import nbformat
from sphinx.errors import ExtensionError

import superpos_lib

ROOT = Path(__file__).resolve().parent.parent
NAMED = re.compile(r"^\s*(?:Theorem|Lemma|Proposition|Corollary)s?: ([\w-]+(?:, [\w-]+)*)\.$", re.MULTILINE)
STATED = ("theorem", "lemma", "proposition", "corollary")
# `name : what it is`, what is indented below it being part of that.
FIELD = re.compile(r"[A-Za-z_]\w*(?:, \w+)* : \S")
# What Markdown would take for markup, and before it what is markup: `code`, *emphasis*, **more of it**.
MARKUP = re.compile(r"`[^`]*`|(?<![\w*])(\*\*?)(?=\w)[^*`_$<|\[{]*(?<=[\w.])\1(?![\w*])|[*_$<|\[{]")
UNDERLINED = re.compile(r"^(?P<title>[A-Z][a-z]+)\n-{3,}$", re.MULTILINE)


def modules():
    """The library's public modules, in the order of their names within each package."""
    found = pkgutil.walk_packages(superpos_lib.__path__, "superpos_lib.")
    names = [one.name for one in found if not any(part.startswith("_") for part in one.name.split("."))]
    return [importlib.import_module(name) for name in names]


def own(module):
    """(name, object) of what a module defines itself and names in `__all__`."""
    for name in getattr(module, "__all__", ()):
        thing = getattr(module, name)
        if getattr(thing, "__module__", None) == module.__name__:
            yield name, thing


def target(module, thing):
    """What links to it name. Links know no capitals, so a class says that it is one."""
    return f"{module}.{thing.__name__}" + ("-class" if inspect.isclass(thing) else "")


def members(cls):
    """(name, object, docstring) of a class's public methods and properties that say something."""
    for name, thing in vars(cls).items():
        text = inspect.getdoc(getattr(cls, name))
        if not name.startswith("_") and text and (callable(thing) or hasattr(thing, "__get__")):
            yield name, thing, text


def signature(name, thing):
    """name(a, *, b=1), or the name alone for what is not called."""
    try:
        return f"{name}{inspect.signature(thing)}"
    except (TypeError, ValueError):
        return name


def markdown(docstring):
    """A docstring as Markdown: sections are bold, fields a list, examples and equations code."""
    pieces = UNDERLINED.split(inspect.cleandoc(docstring))
    parts = [_paragraphs(pieces[0])]
    for title, text in zip(pieces[1::2], pieces[2::2], strict=True):
        parts.append(f"**{title}**")
        listed = title in ("Parameters", "Returns", "Raises", "Attributes")
        parts.append(_fields(text) if listed else _paragraphs(text))
    return "\n\n".join(part for part in parts if part)


def _paragraphs(text):
    """Text as it is, and doctests, indented equations and tables between rules as code."""
    parts = []
    for paragraph in re.split(r"\n\s*\n", text.strip("\n")):
        lines = paragraph.split("\n")
        if named := NAMED.fullmatch(paragraph):
            parts.append(
                "Proved: " + ", ".join(f"{{prf:ref}}`{one}`" for one in named[1].split(", ")) + "."
            )
        elif all(line.startswith("|") for line in lines):
            parts.append(paragraph)
        elif paragraph.lstrip().startswith(">>>"):
            parts.append(f"```python\n{paragraph}\n```")
        elif lines[0].startswith("====") or all(line.startswith("    ") for line in lines):
            parts.append(f"```text\n{inspect.cleandoc(paragraph)}\n```")
        elif all(FIELD.match(line) for line in lines if not line.startswith(" ")):
            parts.append(_named(paragraph))
        elif paragraph.strip():
            parts.append(_escaped(paragraph))
    return "\n\n".join(parts)


def _fields(text):
    """`name : type` and what is indented below it, as a list."""
    items = []
    for line in text.strip("\n").split("\n"):
        if line and not line.startswith(" "):
            name, _, kind = line.partition(" : ")
            items.append(f"- `{name}`" + (f" ({_escaped(kind)})" if kind else ""))
        elif line.strip():
            items[-1] += (": " if items[-1].endswith(("`", ")")) else " ") + _escaped(line.strip())
    return "\n".join(items)


def _named(text):
    """`name : what it is`, as a list."""
    fields = (line.partition(" : ") for line in re.sub(r"\n +", " ", text.strip("\n")).split("\n"))
    return "\n".join(f"- `{name}`: {_escaped(what)}" for name, _, what in fields)


def _escaped(text):
    """What Markdown would take for markup, outside `code`."""
    return MARKUP.sub(lambda found: found[0] if len(found[0]) > 1 else f"\\{found[0]}", text)


def library():
    """The reference, a section a module."""
    parts = []
    for module in modules():
        things = list(own(module))
        parts.append(f"## {module.__name__}\n\n{markdown(module.__doc__)}" if things else "")
        for name, thing in things:
            parts.append(f"({target(module.__name__, thing)})=\n### {name}")
            if callable(thing):
                parts.append(f"```python\n{signature(name, thing)}\n```")
            parts.append(markdown(thing.__doc__ or "") if callable(thing) else "")
            for inner, method, text in members(thing) if inspect.isclass(thing) else ():
                shown = signature(inner, method) if callable(method) else inner
                parts.append(
                    f"`{shown.replace('(self, ', '(').replace('(self)', '()')}`\n: " + _item(markdown(text))
                )
    return "\n\n".join(part for part in parts if part)


def _item(text):
    return text.replace("\n", "\n  ")


def texts(path):
    """What a page says in Markdown: a notebook's cells, or a whole file."""
    if path.suffix == ".md":
        return [path.read_text("utf-8")]
    return [cell.source for cell in nbformat.read(path, 4).cells if cell.cell_type == "markdown"]


def statements(paths):
    """label -> (kind, title, page) of all that is stated with a proof on these pages."""
    found = {}
    for path in paths:
        for one in (one for text in texts(path) for one in myst.directives(text)):
            if one.name.startswith("prf:") and one.kind in STATED:
                if "label" not in one.options:
                    raise ExtensionError(f"{path.name}: {one.kind} ({one.title}) has no label")
                found[one.options["label"]] = one.kind, one.title, path.stem
    return found


def mentions(folder):
    """label -> the functions and classes below a folder whose docstrings name it, as (path, name)."""
    found = {}
    for path in sorted(folder.rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Module):
                name = getattr(node, "name", "")
                for line in NAMED.finditer(ast.get_docstring(node) or ""):
                    for label in line[1].split(", "):
                        found.setdefault(label, []).append((path.relative_to(ROOT), name))
    return found


def behind(paths):
    """A table: each statement, the functions that rest on it, the tests that check it."""
    stated = statements(paths)
    functions, tests = mentions(ROOT / "superpos_lib"), mentions(ROOT / "tests")
    if unknown := sorted((functions.keys() | tests.keys()) - stated.keys()):
        raise ExtensionError(f"a docstring names {unknown[0]}, and no page states it")
    rows = [":::{div} by-row", "| statement | page | in the library | checked by |", "|---|---|---|---|"]
    for label, (kind, title, page) in stated.items():
        used = [_function(path, name) for path, name in functions.get(label, ())]
        checked = [_test(path, name) for path, name in tests.get(label, ())]
        statement = f"{{prf:ref}}`{label}` {title or kind}".replace("|", "\\|")
        number, _, name = page.partition("_")
        shown = number if number.isdecimal() else f"{number} {name}".capitalize().replace("_", " ")
        chapter = f"{{doc}}`{shown} <{page}>`"
        rows.append(f"| {statement} | {chapter} | {', '.join(used)} | {'; '.join(checked)} |")
    return "\n".join([*rows, ":::"])


def _function(path, name):
    dotted = ".".join(path.with_suffix("").parts).removesuffix(".__init__")
    module = importlib.import_module(dotted)
    if name not in getattr(module, "__all__", ()):
        return f"`{path.stem}.{name}`"
    return f"[`{name}`]({target(module.__name__, getattr(module, name))})"


def _test(path, name):
    """A test's name is a sentence."""
    return f"{name.removeprefix('test_').replace('_', ' ')} (`{path.stem}`)"


def fill(app, docname, source):
    """Write what a page asks for into its marked place."""
    pages = [Path(app.env.doc2path(name)) for name in sorted(app.env.found_docs)]
    made = {
        "library": library,
        "behind": lambda: behind(pages),
        "version": lambda: superpos_lib.__version__,
    }
    for name, make in made.items():
        mark = f"<!-- {name} -->"
        if mark in source[0]:
            source[0] = source[0].replace(mark, make())


def outdated(app, env, added, changed, removed):
    """Pages made from code are read again each time: nobody sees from outside whether they changed."""
    return [name for name in ("book/reference", "book/how_tested") if name in env.found_docs]


def date_pages(app, config):
    """The version, where Sphinx keeps it and at the foot of each page."""
    config.version = config.release = superpos_lib.__version__
    config.html_theme_options["extra_footer"] = f"<p>Version {superpos_lib.__version__}</p>"


def setup(app):
    app.connect("config-inited", date_pages, priority=100)
    app.connect("env-get-outdated", outdated)
    app.connect("source-read", fill)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
