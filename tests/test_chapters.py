"""What a page shows as text and formulas, as far as it can be seen in the notebooks themselves."""

import json
import pathlib
import re

import pytest

CHAPTERS = sorted((pathlib.Path(__file__).parents[1] / "book").glob("*.ipynb"))


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_commands_in_formulas_have_one_backslash(path):
    """Two begin a new line, and the command's name is shown as text."""
    text = "\n".join(
        "".join(cell["source"])
        for cell in json.loads(path.read_text())["cells"]
        if cell["cell_type"] == "markdown"
    )
    assert not re.findall(r".{0,30}\\\\[A-Za-z,;!].{0,20}", text)


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_code_cells_have_twelve_lines_at_most(path):
    """What is longer is library work, or two thoughts."""
    cells = [cell for cell in json.loads(path.read_text())["cells"] if cell["cell_type"] == "code"]
    lengths = {cell["id"]: len("".join(cell["source"]).splitlines()) for cell in cells}
    assert not {cell: length for cell, length in lengths.items() if length > 12}
