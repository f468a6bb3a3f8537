"""A notebook's first code cell: the same in every chapter, and right wherever the notebook is opened."""

import shutil
from pathlib import Path

import home
import nbformat
import pytest
from docutils import nodes
from IPython.core.interactiveshell import InteractiveShell

ROOT = Path(__file__).parent.parent
ADDRESS = "https://example.org/a/b"


def installing(path):
    return [cell.source for cell in nbformat.read(path, 4).cells if home.INSTALLS.search(cell.source)]


@pytest.mark.parametrize("path", sorted((ROOT / "book").glob("*.ipynb")), ids=lambda path: path.stem)
def test_each_chapter_finds_the_library_as_the_configuration_says(path):
    assert installing(path) == [home.first_cell(home.configured())], "run `make addresses`"


def asked_for(source, folder, monkeypatch):
    """What `%pip` is asked for when the cell runs in this folder and there is no library."""
    asked = []
    shell = InteractiveShell()
    shell.register_magic_function(asked.append, "line", "pip")
    monkeypatch.chdir(folder)
    monkeypatch.setitem(__import__("sys").modules, "superpos_lib", None)
    shell.run_cell(source).raise_error()
    return asked


@pytest.fixture
def clone(tmp_path):
    (tmp_path / "superpos_lib").mkdir()
    (tmp_path / "book").mkdir()
    return tmp_path / "book"


@pytest.mark.parametrize("address", ["", ADDRESS])
def test_in_a_clone_it_comes_from_the_folder_above(clone, address, monkeypatch):
    assert asked_for(home.first_cell(address), clone, monkeypatch) == ["install --quiet .."]


def test_a_notebook_alone_has_it_from_the_repository(tmp_path, monkeypatch):
    asked = asked_for(home.first_cell(ADDRESS), tmp_path, monkeypatch)
    assert asked == [f"install --quiet git+{ADDRESS}"]


@pytest.mark.parametrize("address", ["", ADDRESS])
def test_in_a_pack_it_comes_from_the_wheel(tmp_path, address, monkeypatch):
    cell = home.from_wheel(home.first_cell(address), "a.whl")
    assert asked_for(cell, tmp_path, monkeypatch) == ["install --quiet ./a.whl"]
    assert "git+" not in cell and "from its repository" not in cell and "project's folder" not in cell


def test_where_the_library_is_nothing_is_installed(tmp_path, monkeypatch):
    shell = InteractiveShell()
    shell.register_magic_function(lambda line: pytest.fail(line), "line", "pip")
    monkeypatch.chdir(tmp_path)
    shell.run_cell(home.first_cell(ADDRESS)).raise_error()


def test_chapters_are_written_and_stay_notebooks(tmp_path):
    path = tmp_path / "chapter.ipynb"
    shutil.copy(ROOT / "book" / "06_codes.ipynb", path)
    before = path.read_bytes()
    assert home.write(path, ADDRESS)
    assert installing(path) == [home.first_cell(ADDRESS)]
    assert not home.write(path, ADDRESS)
    home.write(path, home.configured())
    assert path.read_bytes() == before


def test_a_notebook_without_such_a_cell_is_an_error(tmp_path):
    path = tmp_path / "empty.ipynb"
    nbformat.write(nbformat.v4.new_notebook(), path)
    with pytest.raises(ValueError, match=r"empty\.ipynb: expected one cell .* got 0"):
        home.write(path, "")


def test_pages_leave_the_cell_out():
    others = ["%pip install --quiet numpy", "import superpos_lib"]
    sources = [home.first_cell(""), home.first_cell(ADDRESS), *others]
    page = nodes.section("", nodes.paragraph(text=sources[0]))
    for source in sources:
        page += nodes.container("", nodes.literal_block(text=source), nb_element="cell_code")
    home.leave_out(None, page)
    assert [node.astext() for node in page] == [sources[0], *others]
