"""What runs in the reader's browser: a chapter's cells, as far as its explorers and exercises need them.

There is no notebook server there, and nobody looks at the other cells' output. So `Page` runs, in
order, only the cells that an explorer's figure can depend on, and then draws frames on demand, for
any values. An exercise is a cell that readers change, and the next one checks it: `Page` runs what the
two need anew for each attempt, in names of their own, so that no attempt changes a figure or another
attempt. What is not specific to a browser is all here, so that it is tested without one.
"""

import ast
import builtins
import contextlib
import functools
import gzip
import hashlib
import importlib.abc
import importlib.machinery
import io
import itertools
import json
import linecache
import re
import symtable
import sys
import zipfile
from dataclasses import dataclass

from ._arguments import expected
from .explore import Explorer
from .verdicts import described

__all__ = ["Page", "Provider"]

# Lines that only IPython understands: "%pip install ...", "!ls".
MAGIC = re.compile(r"^(\s*)[%!].*$", re.MULTILINE)


def _tables(table):
    yield table
    for child in table.get_children():
        yield from _tables(child)


def _names_of(node):
    """(used, bound): names of the cell that a piece of it uses, and those that it binds."""
    if isinstance(getattr(node, "ctx", None), ast.Store):
        node = ast.Assign([node], ast.Constant(None))
    top = symtable.symtable(ast.unparse(ast.fix_missing_locations(node)), "<cell>", "exec")
    used = {
        symbol.get_name()
        for table in _tables(top)
        for symbol in table.get_symbols()
        if symbol.is_referenced() and (table is top or symbol.is_global())
    }
    return used, {s.get_name() for s in top.get_symbols() if s.is_assigned() or s.is_imported()}


def _flow(statements, bound):
    """(used, bound): names used before these statements bind them, and those that are bound after them.

    `bound` are those that are bound before. What only some ways through the statements bind is not bound.
    """
    used, bound = set(), set(bound)

    def block(statements, bound):
        inside, after = _flow(statements, bound)
        used.update(inside)
        return after

    def header(*nodes):
        names = [_names_of(node) for node in nodes if node is not None]
        used.update(set().union(*(one for one, _ in names)) - bound)
        return set().union(*(one for _, one in names))

    for one in statements:
        match one:
            case ast.If():
                header(one.test)
                bound |= block(one.body, bound) & block(one.orelse, bound)
            case ast.For():
                header(one.iter)
                block(one.body, bound | header(one.target))
                block(one.orelse, bound)
            case ast.While():
                header(one.test)
                block(one.body, bound)
                block(one.orelse, bound)
            case ast.With():
                header(*(item.context_expr for item in one.items))
                bound |= header(*(item.optional_vars for item in one.items))
                bound = block(one.body, bound)
            case ast.Try():
                after = block(one.body, bound)
                for handler in one.handlers:
                    header(handler.type)
                    block(handler.body, bound | {handler.name})
                block(one.orelse, after)
                bound = block(one.finalbody, bound)
            case ast.Match() | ast.TryStar():
                header(one)
            case _:
                bound |= header(one)
    return used, bound


# Functions and classes of the library whose results never change.
FIXED = {
    "Code", "Layer", "Network", "Permutation", "SuperposedNetwork", "TwoAnd", "assemble",
    "bernoulli_code", "clique", "constant_weight_code", "double_heavy", "double_light", "hubs",
    "matching", "mixed", "permutation_network", "power_law", "random_two_and", "super_heavy",
    "two_and_network",
}  # fmt: skip


def _is_fixed(statement):
    """Whether a statement gives names a number, a text, or a result that never changes."""
    match statement:
        case ast.Assign(targets=[ast.Name()], value=ast.Constant() | ast.Call(func=ast.Name())):
            value = statement.value
            return isinstance(value, ast.Constant) or value.func.id in FIXED
    return False


class _Cell:
    """A cell's source, and what it does to the names that all cells share."""

    def __init__(self, source, name="<cell>"):
        self.source = MAGIC.sub(r"\1pass", source)
        tree = ast.parse(self.source, name)
        top = symtable.symtable(self.source, name, "exec")
        self.binds = {s.get_name() for s in top.get_symbols() if s.is_assigned() or s.is_imported()}
        # Names whose values come from cells above, and names that have none of these any more below.
        used, self.replaces = _flow(tree.body, ())
        self.uses = used - set(dir(builtins))
        # Names that stand for code. To mention one changes nothing; to mention data may change them.
        self.code = {s.get_name() for s in top.get_symbols() if s.is_imported() or s.is_namespace()}
        # Names of data that nothing can change, and of other data.
        self.fixed, self.loose = set(), set()
        for one in tree.body:
            (self.fixed if _is_fixed(one) else self.loose).update(_names_of(one)[1])
        # Names of the explorers that it declares.
        self.explores = {
            node.name
            for node in ast.walk(tree)
            for decorator in getattr(node, "decorator_list", ())
            if isinstance(decorator, ast.Call) and getattr(decorator.func, "id", None) == "explore"
        }


def needed(sources, names=None):
    """Those of the cells, in order, on which figures of the explorers `names` can depend; of all if None.

    A cell is kept if it declares such an explorer, if it binds a name that a kept cell below uses, or if it
    mentions data so used: it may change them, as a random generator changes when it is used. Values that
    a kept cell replaces are not looked for above it.

    >>> needed(["import math", "a = 1", "b = []", "b.append(a)", "math.pi", "@explore()\\ndef f(): b"])
    ['a = 1', 'b = []', 'b.append(a)', '@explore()\\ndef f(): b']
    """
    cells = [_Cell(source) for source in sources]
    asked = [cell for cell in cells if (cell.explores if names is None else cell.explores & set(names))]
    return [cell.source for cell in _behind(cells, asked)]


def _behind(cells, asked):
    """Those of the cells, in order, that some of them are `asked` for, or can depend on."""
    fixed, loose, code = (
        set().union(*(getattr(cell, names) for cell in cells)) for names in ("fixed", "loose", "code")
    )
    code |= fixed - loose
    wanted, kept = set(), []
    for cell in reversed(cells):
        if cell in asked or wanted & (cell.binds | (cell.uses - code)):
            wanted = (wanted - cell.replaces) | cell.uses
            kept.append(cell)
    return kept[::-1]


# Tags of a cell that readers change, and of the one below it that prints what is to be said of it.
EXERCISE, CHECK = "exercise", "check"
# What readers' code is called in messages.
ATTEMPT = "<your code>"
# What a verdict begins with.
VERDICTS = ("solved", "not yet")
# Of what readers' code prints, as many lines are shown, and as many characters of a line.
LINES, WIDTH = 20, 200


@dataclass(frozen=True)
class Exercise:
    """What a reader changes, the sources of the cells above it, and of those below it up to the check."""

    above: list
    start: str
    below: list


def exercises(cells):
    """Each `Exercise` of a notebook, from its code cells as they stand in the file.

    Raises
    ------
    ValueError
        An exercise without a check below it, before the next exercise.
    """
    sources = ["".join(cell["source"]) for cell in cells]
    tags = [cell.get("metadata", {}).get("tags", ()) for cell in cells]
    found, starts = [], [place for place, one in enumerate(tags) if EXERCISE in one]
    for place, end in itertools.pairwise([*starts, len(cells)]):
        check = next((below for below in range(place + 1, end) if CHECK in tags[below]), None)
        if check is None:
            raise expected("cells", f'a cell tagged "{CHECK}" below each exercise', sources[place])
        found.append(Exercise(sources[:place], sources[place], sources[place + 1 : check + 1]))
    return found


@functools.cache
def _texts():
    from matplotlib.textpath import TextToPath

    texts = TextToPath()
    texts.get_text_width_height_descent = functools.lru_cache(4096)(texts.get_text_width_height_descent)
    return texts


@contextlib.contextmanager
def _measured_once():
    """Have matplotlib keep what it measures of texts.

    Otherwise texts are measured anew for every figure. A page draws figures that are much alike: in a
    browser this takes a third off the time of all but the first.
    """
    from matplotlib import text

    before, text.TextToPath = text.TextToPath, _texts
    try:
        yield
    finally:
        text.TextToPath = before


class Page:
    """A chapter's notebook, given as the text of its file, on its way to being run for explorers `names`.

    If no names are given, for all of them. Those that only know values that the book has pictures of need
    no Python.
    """

    def __init__(self, notebook, names=None):
        cells = [cell for cell in json.loads(notebook)["cells"] if cell["cell_type"] == "code"]
        self.cells = needed(["".join(cell["source"]) for cell in cells], names)
        self.exercises = exercises(cells)
        self.explorers = {}
        self._names = _names()

    def run(self, index):
        """Run one of `cells`; return the names of the explorers that it declared."""
        exec(compile(self.cells[index], f"<cell {index + 1}>", "exec"), self._names)
        found = {one.name: one for one in self._names.values() if isinstance(one, Explorer)}
        new = [name for name in found if name not in self.explorers]
        self.explorers |= found
        return new

    def draw(self, name, texts, layout):
        """The frame of an explorer for values given as texts, as they stand in the page's address."""
        explorer = self.explorers[name]
        with _measured_once():
            return explorer.frame(explorer.values(texts), layout)

    def check(self, number, text, begins=None):
        """What the check of an exercise says of a text in place of its start, and what the text prints.

        The text runs in names of its own, after those cells above that it or the check can depend on. These
        end; whether the text does nobody knows, so `begins` is called before it runs. Where it stops, a
        sentence says how.
        """
        exercise = self.exercises[number]
        # For the line that a message quotes.
        linecache.cache[ATTEMPT] = (len(text), None, text.splitlines(keepends=True), ATTEMPT)
        try:
            attempt = _Cell(text, ATTEMPT)
        except (SyntaxError, ValueError) as error:
            return f"not yet: Python cannot read it: {described(error)}", ""
        below = [_Cell(source) for source in exercise.below]
        cells = [*map(_Cell, exercise.above), attempt, *below]
        before = _behind(cells, [attempt, below[-1]])
        names = _names()
        _run([cell for cell in before if cell in cells[: len(exercise.above)]], names)
        if begins is not None:
            begins()
        try:
            printed = _run([attempt], names, ATTEMPT)
            said = _run(below, names)
        except (Exception, SystemExit) as error:
            return f"not yet: it stopped with {described(error)}", ""
        # A function of the attempt may print while it is checked.
        lines = said.splitlines()
        at = max((place for place, line in enumerate(lines) if line.startswith(VERDICTS)), default=0)
        return "\n".join(lines[at:]), _beginning([*printed.splitlines(), *lines[:at]])


def _beginning(lines):
    """The first of the lines that were printed, as one text."""
    shown = [line if len(line) < WIDTH else f"{line[:WIDTH]} ..." for line in lines[:LINES]]
    return "\n".join([*shown, "..."] if len(lines) > LINES else shown)


def _names():
    """What cells share before the first of them has run."""
    return {"__name__": "__main__", "display": lambda *shown: None}


def _run(cells, names, file="<page>"):
    """Run cells; return what they print."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        for cell in cells:
            exec(compile(cell.source, file, "exec"), names)
    return printed.getvalue()


class Provider(importlib.abc.MetaPathFinder):
    """Fetches an archive when a module that it brings is first imported, and so only for pages that do.

    fetch : function of an archive's name, which returns the zip archive, compressed by gzip
    archives : name -> {"brings": names of modules, "sha256": hash of these bytes}
    folder : where modules are looked for
    """

    def __init__(self, fetch, archives, folder):
        self.fetch, self.archives, self.folder = fetch, dict(archives), folder

    def find_spec(self, name, path=None, target=None):
        archive = next((known for known, one in self.archives.items() if name in one["brings"]), None)
        if archive is None:
            return None
        data = self.fetch(archive)
        if hashlib.sha256(data).hexdigest() != self.archives[archive]["sha256"]:
            raise expected(archive, "an archive with the hash that the site lists", "other bytes")
        del self.archives[archive]
        zipfile.ZipFile(io.BytesIO(gzip.decompress(data))).extractall(self.folder)
        importlib.invalidate_caches()
        return importlib.machinery.PathFinder.find_spec(name, path)

    def install(self):
        """Ask it whenever a module is not found elsewhere."""
        sys.meta_path.append(self)
