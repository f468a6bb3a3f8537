"""A notebook's first code cell, which finds the library wherever the notebook has been opened.

    make addresses

A clone has the library a folder above. Colab fetches the notebook alone from the repository, so there the
cell has to know the repository's address: with `repository_address` in `_config.yml` this writes it into
each chapter. Without one, chapters name no address. In the book's own environment and in JupyterLite the
library is there and the cell does nothing. Pages have nothing to install, and leave it out.
"""

import re
import sys
from pathlib import Path

import nbformat
import yaml
from docutils import nodes

ROOT = Path(__file__).resolve().parent.parent
FROM_CLONE = """\
# Where the library is missing (a notebook opened away from home), install it from the project's folder.
try:
    import superpos_lib
except ModuleNotFoundError:
    %pip install --quiet .."""
FROM_ANYWHERE = """\
# Where the library is missing, install it: from the project's folder, or from its repository.
from pathlib import Path

try:
    import superpos_lib
except ModuleNotFoundError:
    home = ".." if Path("../superpos_lib").is_dir() else "git+{address}"
    %pip install --quiet {{home}}"""
# What installs the library in either of them.
INSTALLS = re.compile(r"^( *)(?:home = .*\n *)?%pip install --quiet (?:\.\.|\{home\})$", re.MULTILINE)
SAYS = re.compile(r"^# Where the library is missing.*$", re.MULTILINE)


def configured():
    """The repository's address in _config.yml, or nothing."""
    config = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
    return config["sphinx"]["config"]["repository_address"].rstrip("/")


def first_cell(address):
    return FROM_ANYWHERE.format(address=address) if address else FROM_CLONE


def from_wheel(source, wheel):
    """The cell where the library comes from a wheel beside the notebook."""
    said = SAYS.sub(
        "# Where the library is missing, install it: from the wheel beside this notebook.", source
    )
    return INSTALLS.sub(lambda found: f"{found[1]}%pip install --quiet ./{wheel}", said)


def write(path, address):
    """Bring a chapter's first code cell up to date. Returns whether it was not."""
    notebook = nbformat.read(path, 4)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code" and INSTALLS.search(cell.source)]
    if len(cells) != 1:
        raise ValueError(f"{path.name}: expected one cell that installs the library, got {len(cells)}")
    (cell,) = cells
    old, cell.source = cell.source, first_cell(address)
    if cell.source == old:
        return False
    nbformat.write(notebook, path)
    return True


def leave_out(app, doctree):
    """Take the cell out of a page."""
    for cell in list(doctree.findall(nodes.container)):
        if cell.get("nb_element") == "cell_code" and INSTALLS.search(cell.astext()):
            cell.parent.remove(cell)


def setup(app):
    app.connect("doctree-read", leave_out)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def main():
    address = configured()
    changed = [path.name for path in sorted((ROOT / "book").glob("*.ipynb")) if write(path, address)]
    print(f"{len(changed)} notebooks changed; they now install from {address or 'the project alone'}.")


if __name__ == "__main__":
    sys.exit(main())
