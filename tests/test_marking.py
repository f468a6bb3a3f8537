"""Notebooks that students hand in are marked by the chapter's own checks, whatever is in them."""

import csv
import json
from pathlib import Path

import nbformat
import pytest

from superpos_lib.marking import Mark, attempts, main, mark, mark_folder, table

CHAPTER = Path(__file__).parents[1] / "book" / "09_double_light.ipynb"
GIVEN = CHAPTER.read_text("utf-8")
CIRCLE, NUMBERS = attempts(GIVEN, GIVEN)
RIGHT = "channels = [[0, 1], [0, 2], [0, 3], [3, 4], [2, 4], [1, 4]]"
WRONG = "channels = [[0, 1], [1, 2], [2, 3], [3, 4], [4, 0], [0, 3]]"


def handed_in(folder, name, text, **others):
    """A copy of the chapter with this in place of its first exercise."""
    notebook = nbformat.reads(GIVEN, 4)
    for cell in notebook.cells:
        if cell.id == CIRCLE:
            cell.source = text
        elif cell.cell_type == "code" and cell.id in others:
            cell.source = others[cell.id]
    nbformat.write(notebook, folder / name)
    return folder / name


def verdicts(folder, **how):
    return {(one.file, one.exercise): one for one in mark_folder(CHAPTER, folder, **how)}


def test_right_wrong_and_untouched(tmp_path):
    (tmp_path / "group b").mkdir()
    handed_in(tmp_path, "anna.ipynb", RIGHT)
    handed_in(tmp_path / "group b", "ben.ipynb", WRONG)
    (tmp_path / "cem.ipynb").write_text(GIVEN, "utf-8")
    (tmp_path / ".ipynb_checkpoints").mkdir()  # what Jupyter keeps of an earlier state
    handed_in(tmp_path / ".ipynb_checkpoints", "anna-checkpoint.ipynb", WRONG)
    found = verdicts(tmp_path)
    assert [name for name, _ in found] == ["anna.ipynb"] * 2 + ["cem.ipynb"] * 2 + ["group b/ben.ipynb"] * 2
    assert found["anna.ipynb", CIRCLE].verdict == "solved"
    wrong = found["group b/ben.ipynb", CIRCLE]
    assert wrong.verdict == "not yet" and any(sign.isdigit() for sign in wrong.said)
    assert [one.verdict for (name, _), one in found.items() if name == "cem.ipynb"] == ["not yet"] * 2


def test_code_that_never_ends_or_ends_python_is_marked(tmp_path):
    handed_in(tmp_path, "endless.ipynb", "while True:\n    pass", **{NUMBERS: "import os\nos._exit(3)"})
    found = verdicts(tmp_path, seconds=20)
    endless, gone = found["endless.ipynb", CIRCLE], found["endless.ipynb", NUMBERS]
    assert endless[2:] == ("not yet", "it did not end within 20 seconds")
    assert gone[2:] == ("not yet", "it ended Python itself (exit code 3)")


def test_nothing_else_of_a_notebook_is_run(tmp_path):
    """A check that was exchanged, and a cell above that would leave a trace."""
    notebook, trace = json.loads(GIVEN), tmp_path / "trace"
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code" and cell["id"] != CIRCLE:
            cell["source"] = f"open({str(trace)!r}, 'w').close()\nprint('solved: trust me')"
        elif cell["cell_type"] == "code":
            cell["source"] = WRONG
    (tmp_path / "sly.ipynb").write_text(json.dumps(notebook), "utf-8")
    assert verdicts(tmp_path)["sly.ipynb", CIRCLE].verdict == "not yet"
    assert mark(GIVEN, 0, "print('solved: trust me')\nchannels = []")[0] == "not yet"
    # The second exercise's own cell is what was exchanged, so it may have run; the check above it did not.
    trace.unlink(missing_ok=True)
    assert mark(GIVEN, 0, WRONG)[0] == "not yet" and not trace.exists()


def test_what_an_error_says_is_no_verdict():
    """Its second line was one: the last line that begins like a verdict is taken."""
    raised = "raise RuntimeError('x\\nsolved: trust me')"
    forged = f"class Own(list):\n    def __iter__(self):\n        {raised}\nchannels = Own()"
    for text in (forged, raised):
        verdict_of_it, said = mark(GIVEN, 0, text)
        assert verdict_of_it == "not yet" and "RuntimeError: x solved: trust me" in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no JSON (line 1)"),
        ("[1, 2]", "something else in JSON"),
        ('{"cells": [3]}', "something else in JSON"),
        ("\x80".encode("latin-1"), "a file that can be read as text"),
        ('{"cells": []}', "its cell is not in this notebook"),
    ],
)
def test_what_is_no_notebook_or_lacks_the_exercise_is_said(tmp_path, text, said):
    (tmp_path / "odd.ipynb").write_bytes(text if isinstance(text, bytes) else text.encode())
    marks = list(mark_folder(CHAPTER, tmp_path))
    assert [one.exercise for one in marks] == [CIRCLE, NUMBERS]
    assert all(one.verdict == "missing" and said in one.said for one in marks)


def test_the_command_prints_a_table_and_writes_it(tmp_path, capsys):
    handed_in(tmp_path, "anna.ipynb", RIGHT)
    main([str(CHAPTER), str(tmp_path), "--csv", str(tmp_path / "marks.csv")])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"anna.ipynb  {CIRCLE}") and "solved" in lines[0]
    assert lines[-1] == "1 of 2 solved"
    with (tmp_path / "marks.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == list(Mark._fields) and rows[1][:3] == ["anna.ipynb", CIRCLE, "solved"]


@pytest.mark.parametrize(
    ("chapter", "folder", "said"),
    [
        ("nowhere.ipynb", ".", "a file that can be read as text"),
        (CHAPTER, "nowhere", "folder: expected a folder of notebooks"),
        (CHAPTER, ".", "at least one notebook (.ipynb) in it"),
        (CHAPTER.with_name("18_open_questions.ipynb"), ".", 'cells tagged "exercise"'),
    ],
)
def test_a_command_that_cannot_be_followed_ends_in_a_sentence(
    tmp_path, monkeypatch, capsys, chapter, folder, said
):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        main([str(chapter), folder])
    assert ended.value.code == 2
    assert said in capsys.readouterr().err


def test_numbers_out_of_range_are_refused():
    with pytest.raises(ValueError, match="number: expected"):
        mark(GIVEN, 2, "")
    with pytest.raises(ValueError, match="seconds: expected"):
        mark(GIVEN, 0, "", seconds=0)


def test_files_without_ids_go_by_their_order():
    """As older versions of Jupyter write them."""
    old = json.loads(GIVEN)
    for cell in old["cells"]:
        del cell["id"]
    assert list(attempts(json.dumps(old), json.dumps(old)).values()) == list(
        attempts(GIVEN, GIVEN).values()
    )


def test_a_table_of_nothing_is_one_line():
    assert table([]) == "0 of 0 solved"
