"""What a page shows as text and formulas, as far as it can be seen in the notebooks themselves."""

import json
import pathlib
import re

import home
import pytest
import yaml
from some import some

ROOT = pathlib.Path(__file__).parents[1]
CHAPTERS = sorted((ROOT / "book").glob("*.ipynb"))


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_commands_in_formulas_have_one_backslash(path):
    """Two begin a new line, and the command's name is shown as text."""
    text = "\n".join(
        "".join(cell["source"])
        for cell in json.loads(path.read_text())["cells"]
        if cell["cell_type"] == "markdown"
    )
    twice = re.findall(r".{0,30}\\\\[A-Za-z,;!].{0,20}", text)
    assert not twice, f"{path.name}: one backslash is enough: {twice}"


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_code_cells_have_twelve_lines_at_most(path):
    """What is longer is library work, or two thoughts."""
    cells = [cell for cell in json.loads(path.read_text())["cells"] if cell["cell_type"] == "code"]
    sources = {cell["id"]: "".join(cell["source"]) for cell in cells}
    # (The cell that finds the library is no chapter's, and shown closed.)
    own = {cell: source for cell, source in sources.items() if not home.finds_library(source)}
    assert len(own) == len(sources) - 1, "One cell, the first, finds the library: copy another chapter's"
    lengths = {cell: len(source.splitlines()) for cell, source in own.items()}
    long = {cell: length for cell, length in lengths.items() if length > 12}
    assert not long, (
        f"{path.name}: cells of more than 12 lines, by their ids: {long}. No reader takes in more at once: "
        "put what computes into superpos_lib, what draws into superpos_lib.figures, or cut the cell in two."
    )


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_notebooks_are_stored_without_outputs(path):
    """The build runs them; what is stored would grow old beside the code, and hide changes in a diff."""
    code = [cell for cell in json.loads(path.read_text())["cells"] if cell["cell_type"] == "code"]
    kept = {cell["id"]: cell["outputs"] for cell in code if cell["outputs"] or cell["execution_count"]}
    assert not kept, "Strip the outputs: jupyter nbconvert --clear-output --inplace, or Clear All Outputs"


def test_chapters_have_their_numbers_in_the_side_bar():
    """Pages speak of chapters by number; the number stands before the heading, or its beginning."""
    parts = yaml.safe_load((ROOT / "_toc.yml").read_text())["parts"]
    pages = [one for part in parts for one in part["chapters"]]
    listed = {pathlib.Path(one["file"]).name: one.get("title") for one in pages}
    for path in some(CHAPTERS[:-1]):
        first = json.loads(path.read_text())["cells"][0]["source"][0]
        line = listed.get(path.stem) or "nothing"
        number, _, title = line.partition(" ")
        assert number == path.stem[:2] and title and first.startswith(f"# {title}"), (
            f'{path.name}: _toc.yml lists it with the title "{line}". Pages speak of chapters by number: '
            f'the title there is "{path.stem[:2]}" and then what "{first.strip()}" begins with.'
        )
