"""A notebook's first code cell: the same in every chapter, and right wherever the notebook is opened."""

import importlib.metadata
import importlib.util
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from types import SimpleNamespace

import home
import nbformat
import pytest
from docutils import nodes

ROOT = Path(__file__).parent.parent
ADDRESS = "https://example.org/a/b"


def finding(path):
    return [cell.source for cell in nbformat.read(path, 4).cells if home.finds_library(cell.source)]


@pytest.mark.parametrize("path", sorted((ROOT / "book").glob("*.ipynb")), ids=lambda path: path.stem)
def test_each_chapter_finds_the_library_as_the_configuration_says(path):
    assert finding(path) == [home.first_cell(home.configured())], "run `make addresses`"


@pytest.fixture
def run(monkeypatch):
    """Run the cell in a folder where so much is lacking. Returns what pip is asked for, if it is."""

    def run(folder, address="", lacking=("superpos_lib",), numpy=("2.0.2",), fails=""):
        asked, find = [], importlib.util.find_spec
        versions = [SimpleNamespace(version=one) for one in numpy]
        there = lambda name: None if name in lacking else find("sys")  # noqa: E731
        monkeypatch.setattr(importlib.util, "find_spec", there)
        monkeypatch.setattr(importlib.metadata, "distributions", lambda name: versions)

        def pip(command, **options):
            asked.append(command)
            said = f"WARNING: x\nERROR: first\nERROR: {fails}\n[notice] y\n"
            return SimpleNamespace(returncode=bool(fails), stderr=said)

        monkeypatch.setattr(subprocess, "run", pip)
        monkeypatch.chdir(folder)
        exec(home.first_cell(address), {"__name__": "__main__"})
        assert all(one[:5] == [sys.executable, "-m", "pip", "install", "-q"] for one in asked)
        return [one[5:] for one in asked]

    return run


def project(folder, name):
    """A Python project in a folder, and a folder for notebooks below it."""
    (folder / "pyproject.toml").write_text(f'[project]\nname = "{name}"\n')
    (folder / "a folder" / "book").mkdir(parents=True)
    return folder / "a folder" / "book"


@pytest.mark.parametrize("address", ["", ADDRESS])
def test_in_a_clone_it_comes_from_the_folder_above(tmp_path, address, run):
    book = project(tmp_path, "superpos-lib")
    assert run(book, address) == [[str(tmp_path), "numpy==2.0.2"]]
    assert run(book, address, numpy=()) == [[str(tmp_path)]]


@pytest.mark.parametrize("address", ["", ADDRESS])
def test_in_a_pack_it_comes_from_the_wheel(tmp_path, address, run):
    (tmp_path / "superpos_lib-1-py3-none-any.whl").touch()
    assert run(tmp_path, address) == [[str(tmp_path / "superpos_lib-1-py3-none-any.whl"), "numpy==2.0.2"]]


def test_a_notebook_alone_has_it_from_the_repository(tmp_path, run):
    book = project(tmp_path, "somebody-elses")
    assert run(book, ADDRESS) == [[f"superpos-lib @ git+{ADDRESS}", "numpy==2.0.2"]]


def test_what_figures_need_is_installed_where_it_lacks(tmp_path, run):
    lacking = ("scipy", "ipywidgets", "matplotlib")
    wanted = ["scipy>=1.15", "matplotlib>=3.10", "ipywidgets>=8.1"]
    assert run(tmp_path, lacking=lacking) == [[*wanted, "numpy==2.0.2"]]
    assert run(tmp_path, lacking=lacking[:2]) == [[wanted[0], wanted[2], "numpy==2.0.2"]]
    extra = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert set(wanted) < set(extra["notebooks"])


def test_an_old_numpy_is_left_alone_and_the_reader_told(tmp_path, run):
    book = project(tmp_path, "superpos-lib")
    with pytest.raises(ImportError, match=r"NumPy 1\.26\.4, and the library needs 2\.0 or newer"):
        run(book, numpy=("1.26.4",))


def test_what_pip_could_not_do_is_said_in_its_words(tmp_path, run):
    with pytest.raises(ImportError, match=r"scipy>=1\.15, and pip could not install it: ERROR: no net"):
        run(tmp_path, lacking=("scipy",), fails="no net")


@pytest.mark.parametrize("address", ["", ADDRESS])
def test_where_all_is_there_nothing_is_installed(tmp_path, address, run, monkeypatch):
    assert run(tmp_path, address, lacking=()) == []
    # In the browser SciPy comes when it is first used, and looking for it would fetch it.
    monkeypatch.setattr(sys, "platform", "emscripten")
    assert run(tmp_path, address, lacking=("scipy",)) == []


@pytest.mark.parametrize("name", ["", "somebody-elses"])
def test_in_a_new_environment_a_notebook_alone_says_where_the_library_is(tmp_path, name):
    """With a Python of its own, in an empty folder and below another project, which stays uninstalled."""
    folder = project(tmp_path, name) if name else tmp_path
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv"], check=True)
    (folder / "cell.py").write_text(home.first_cell(""))
    python = tmp_path / "venv" / "bin" / "python"
    done = subprocess.run([python, "-I", "cell.py"], cwd=folder, capture_output=True, text=True)
    last = done.stderr.splitlines()[-1]
    assert last.startswith("ModuleNotFoundError: The library superpos_lib is not here: unpack the")
    assert "pip" not in last


def test_chapters_are_written_and_stay_notebooks(tmp_path):
    path = tmp_path / "chapter.ipynb"
    shutil.copy(ROOT / "book" / "06_codes.ipynb", path)
    before = path.read_bytes()
    assert home.write(path, ADDRESS)
    assert finding(path) == [home.first_cell(ADDRESS)]
    assert not home.write(path, ADDRESS)
    home.write(path, home.configured())
    assert path.read_bytes() == before


def test_a_notebook_without_such_a_cell_is_an_error(tmp_path):
    path = tmp_path / "empty.ipynb"
    nbformat.write(nbformat.v4.new_notebook(), path)
    with pytest.raises(ValueError, match=r"empty\.ipynb: expected one cell that finds .* got 0"):
        home.write(path, "")


def test_pages_leave_the_cell_out():
    others = ["%pip install --quiet numpy", "import superpos_lib"]
    sources = [home.first_cell(""), home.first_cell(ADDRESS), *others]
    page = nodes.section("", nodes.paragraph(text=sources[0]))
    for source in sources:
        page += nodes.container("", nodes.literal_block(text=source), nb_element="cell_code")
    home.leave_out(None, page)
    assert [node.astext() for node in page] == [sources[0], *others]
