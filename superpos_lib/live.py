"""What runs in the reader's browser: a chapter's cells, as far as its explorers need them.

There is no notebook server there, and nobody looks at the other cells' output. So `Page` runs, in
order, only the cells that an explorer's figure can depend on, and then draws frames on demand, for
any values. What is not specific to a browser is all here, so that it is tested without one.
"""

import ast
import builtins
import gzip
import hashlib
import importlib.abc
import importlib.machinery
import io
import json
import re
import symtable
import sys
import zipfile

from ._arguments import expected
from .explore import Explorer

__all__ = ["Page", "Provider"]

# Lines that only IPython understands: "%pip install ...", "!ls".
MAGIC = re.compile(r"^(\s*)[%!].*$", re.MULTILINE)


def _tables(table):
    yield table
    for child in table.get_children():
        yield from _tables(child)


class _Cell:
    """A cell's source, and what it does to the names that all cells share."""

    def __init__(self, source):
        self.source = MAGIC.sub(r"\1pass", source)
        tree = ast.parse(self.source)
        top = symtable.symtable(self.source, "<cell>", "exec")
        self.binds = {s.get_name() for s in top.get_symbols() if s.is_assigned() or s.is_imported()}
        self.uses = {
            symbol.get_name()
            for table in _tables(top)
            for symbol in table.get_symbols()
            if symbol.is_referenced() and (table is top or symbol.is_global())
        } - set(dir(builtins))
        # Names that stand for code. To mention one changes nothing; to mention data may change them.
        self.code = {s.get_name() for s in top.get_symbols() if s.is_imported() or s.is_namespace()}
        self.explores = any(
            isinstance(decorator, ast.Call) and getattr(decorator.func, "id", None) == "explore"
            for node in ast.walk(tree)
            for decorator in getattr(node, "decorator_list", ())
        )


def needed(sources):
    """Those of the cells, in order, on which an explorer's figure can depend.

    A cell is kept if it declares an explorer, if it binds a name that a kept cell below uses, or if it
    mentions data so used: it may change them, as a random generator changes when it is used.

    >>> needed(["import math", "a = 1", "b = []", "b.append(a)", "math.pi", "@explore()\\ndef f(): b"])
    ['a = 1', 'b = []', 'b.append(a)', '@explore()\\ndef f(): b']
    """
    cells = [_Cell(source) for source in sources]
    code = set().union(*(cell.code for cell in cells))
    wanted, kept = set(), []
    for cell in reversed(cells):
        if cell.explores or wanted & (cell.binds | (cell.uses - code)):
            wanted |= cell.uses
            kept.append(cell.source)
    return kept[::-1]


class Page:
    """A chapter's notebook, given as the text of its file, on its way to being run."""

    def __init__(self, notebook):
        cells = json.loads(notebook)["cells"]
        self.cells = needed(["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"])
        self.explorers = {}
        self._names = {"__name__": "__main__", "display": lambda *shown: None}

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
        return explorer.frame(explorer.values(texts), layout)


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
