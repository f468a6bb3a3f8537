"""Python in archives, compiled beforehand: two thirds of the time that imports take in a browser go there.

Bytecode belongs to one version of Python, so bytecode.mjs runs this in the Python that pages run on. It is
larger than source once both are compressed. So only what a page imports that draws a figure is compiled.
"""

import importlib
import importlib.util
import io
import marshal
import sys
import sysconfig
import zipfile

# Archives are named by their hashes, and no source stands beside the bytecode to compare it with.
UNCHECKED = (1).to_bytes(4, "little") + bytes(8)
MODULES = """
    ast builtins dataclasses decimal fractions functools gzip hashlib html importlib.abc inspect itertools
    json pathlib string symtable matplotlib.lines matplotlib.patches matplotlib.path matplotlib.ticker
    scipy.sparse.linalg
"""
# Pyodide writes two slashes there.
FOLDER = "/" + sysconfig.get_path("purelib").lstrip("/")


def draw():
    """Import what superpos_lib does, and draw a figure as a page does."""
    for name in MODULES.split():
        importlib.import_module(name)
    from matplotlib.figure import Figure

    figure = Figure(layout="constrained")
    figure.suptitle("$x^2$")
    figure.subplots(1, 2)[0].plot([0, 1])
    figure.savefig(io.BytesIO(), format="svg")


def imported():
    """The files of modules that were imported, by their names in an archive."""
    files = [getattr(module, "__file__", None) or "" for module in sys.modules.values()]
    places = [f"{FOLDER}/", *(f"{place}/" for place in sys.path if place.endswith(".zip"))]
    return {file.removeprefix(place) for file in files for place in places if file.startswith(place)}


def compiled(archive, wanted):
    """A zip archive with bytecode in place of the source of those modules that are wanted."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as source, zipfile.ZipFile(buffer, "w") as out:
        for info in source.infolist():
            data = source.read(info)
            if info.filename.endswith(".py") and info.filename in wanted:
                code = compile(data, f"{FOLDER}/{info.filename}", "exec", dont_inherit=True)
                data = importlib.util.MAGIC_NUMBER + UNCHECKED + marshal.dumps(code)
                info = zipfile.ZipInfo(info.filename + "c", info.date_time)
            out.writestr(info, data)
    return buffer.getvalue()
