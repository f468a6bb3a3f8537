"""What chapters need to open as notebooks, as far as it can be tested without a browser."""

import json
from types import SimpleNamespace

import notebooks
import pytest
import runtime


def prepared(runtime_bytes=1):
    app, config = SimpleNamespace(), SimpleNamespace(explore_runtime_bytes=runtime_bytes)
    notebooks.prepare(app, config)
    return app, config


def test_a_book_whose_pages_have_no_python_has_no_notebooks(monkeypatch):
    monkeypatch.setattr(notebooks, "assemble", lambda: pytest.fail("nothing to make"))
    app, config = prepared(runtime_bytes=0)
    assert not config.notebooks_offered and app.notebooks_trouble is None


def test_a_part_that_cannot_be_had_is_said_and_the_book_is_built(monkeypatch, capsys, tmp_path):
    def missing():
        raise runtime.Missing("micropip cannot be had")

    monkeypatch.setattr(notebooks, "assemble", missing)
    app, config = prepared()
    assert not config.notebooks_offered
    app.config, app.builder, app.outdir = config, SimpleNamespace(format="html"), tmp_path
    notebooks.publish(app, None)
    said = capsys.readouterr().err
    assert said == "The book is built, but no chapter will open as a notebook: micropip cannot be had.\n"
    assert not list(tmp_path.iterdir())


def test_the_list_names_every_file(tmp_path):
    paths = [tmp_path / name for name in ("01_a.ipynb", "02_b.ipynb")]
    for path in paths:
        path.write_text("{}")
    listed = json.loads(notebooks.listing(paths))
    assert (listed["type"], listed["path"]) == ("directory", "")
    assert [one["path"] for one in listed["content"]] == ["01_a.ipynb", "02_b.ipynb"]
    assert all(one["type"] == "notebook" and one["size"] == 2 for one in listed["content"])


def test_a_kernel_gets_pure_python_with_its_licences():
    names = [name for one in notebooks.PACKAGES for name in notebooks.installed(one)]
    assert "IPython/core/interactiveshell.py" in names
    # Where Matplotlib looks for what it shows figures with.
    assert any(name.endswith("entry_points.txt") and name.startswith("matplotlib_inline") for name in names)
    assert any(name.startswith("ipython-") and "licenses/" in name for name in names)
    assert not [name for name in names if name.endswith((".so", ".pyd", ".dylib", ".pyc"))]
    assert not [name for name in names if "/tests/" in name or name.startswith("..")]


def test_modules_that_pages_leave_out_are_given_back():
    unused = json.loads(runtime.LIST.read_text())["unused"]
    assert notebooks.left_out_of_pages("pdb.py", unused)
    assert not notebooks.left_out_of_pages("json/decoder.py", unused)
    # The folder of encodings cannot be in two places.
    assert not notebooks.left_out_of_pages("encodings/cp850.py", unused)


def test_a_chapter_is_published_with_citations_and_its_edition(tmp_path):
    cells = [{"cell_type": "markdown", "source": ["See\n", "{cite}`one`"]}, {"cell_type": "code"}]
    (tmp_path / "a.ipynb").write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4}))
    shown = json.loads(notebooks.published(tmp_path / "a.ipynb", {"one": "(One 2024)"}))
    assert shown["cells"] == [{"cell_type": "markdown", "source": ["See\n", "(One 2024)"]}, cells[1]]
    assert shown["metadata"] == notebooks.METADATA | {"edition": notebooks.edition({"cells": cells})}
