"""A notebook's first code cell, which finds the library wherever the notebook has been opened.

    make addresses

In the book's own environment and in JupyterLite all is there, and the cell does nothing. A chapter's pack
has the library beside the notebook, as a wheel; a clone has it a folder above. Colab fetches the notebook
alone from the repository, so there the cell has to know the repository's address: with `repository_address`
in `_config.yml` this writes it into each chapter. Where the library is in none of these places, a sentence
says where to get it. Other people's projects in folders above are left alone, and so is whatever the kernel
has already: a NumPy exchanged under a running kernel breaks it. Pages leave the cell out, and notebooks
show it closed.
"""

import sys
from pathlib import Path

import nbformat
import yaml
from docutils import nodes

ROOT = Path(__file__).resolve().parent.parent
HEAD = "# Away from home, install what is missing, or say what to do.\n"
CELL = (
    HEAD
    + """\
import sys
from importlib import invalidate_caches, metadata, util
from pathlib import Path

here, browser = Path.cwd(), sys.platform == "emscripten"
needed = ["superpos_lib", "scipy>=1.15", "matplotlib>=3.10", "ipywidgets>=8.1"]
lacking = [] if browser else [n for n in needed if not util.find_spec(n.split(">")[0])]
if lacking:
    import subprocess

    loaded = [one.version for one in metadata.distributions(name="numpy")][:1]
    if loaded and int(loaded[0].split(".")[0]) < 2:
        sentence = f"This kernel has NumPy {loaded[0]}, and the library needs 2.0 or newer: "
        raise ImportError(sentence + "choose a kernel of another environment.")
    above = [one / "pyproject.toml" for one in here.parents]
    homes = [str(one) for one in here.glob("superpos_lib-*.whl")]
    homes += [
        str(one.parent)
        for one in above
        if one.is_file() and 'name = "superpos-lib"' in one.read_text("utf-8")
    ]
    if "superpos_lib" in lacking and not homes:
        sentence = "The library superpos_lib is not here: unpack the chapter's pack (a link "
        sentence += "at the top of its page in the book) and open the notebook in that folder."
        raise ModuleNotFoundError(sentence)
    wanted = [homes[0] if one == "superpos_lib" else one for one in lacking]
    keep = [f"numpy=={one}" for one in loaded]
    pip = [sys.executable, "-m", "pip", "install", "-q", *wanted, *keep]
    done = subprocess.run(pip, capture_output=True, text=True)
    if done.returncode:
        errors = [one for one in done.stderr.splitlines() if one.startswith("ERROR")]
        sentence = f"This kernel needs {', '.join(wanted)}, and pip could not install it: "
        raise ImportError(sentence + "".join(errors[-1:]))
    invalidate_caches()"""
)
# Where the repository's address goes in, if it is known: the place to look last.
LAST = '    if "superpos_lib" in lacking and not homes:\n'


def configured():
    """The repository's address in _config.yml, or nothing."""
    config = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
    return config["sphinx"]["config"]["repository_address"].rstrip("/")


def first_cell(address):
    """The cell's source. With a repository's address, that is where it looks last."""
    found = f'    homes.append("superpos-lib @ git+{address}")\n' if address else ""
    return CELL.replace(LAST, found + LAST)


def finds_library(source):
    """Whether a cell is the one that this module writes."""
    return source.startswith(HEAD)


def write(path, address):
    """Bring a chapter's first code cell up to date. Returns whether it was not."""
    notebook = nbformat.read(path, 4)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code" and finds_library(cell.source)]
    if len(cells) != 1:
        raise ValueError(f"{path.name}: expected one cell that finds the library, got {len(cells)}")
    (cell,) = cells
    old, cell.source = cell.source, first_cell(address)
    if cell.source == old:
        return False
    nbformat.write(notebook, path)
    return True


def leave_out(app, doctree):
    """Take the cell out of a page."""
    for cell in list(doctree.findall(nodes.container)):
        if cell.get("nb_element") == "cell_code" and finds_library(cell.astext()):
            cell.parent.remove(cell)


def setup(app):
    app.connect("doctree-read", leave_out)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def main():
    address = configured()
    changed = [path.name for path in sorted((ROOT / "book").glob("*.ipynb")) if write(path, address)]
    print(f"{len(changed)} notebooks changed; alone, they now install from {address or 'nowhere'}.")


if __name__ == "__main__":
    sys.exit(main())
