"""Mark a folder of notebooks that students handed in, by the checks that the book's pages use.

    python -m superpos_lib.marking 09_double_light.ipynb handed-in/ --csv marks.csv

Of what was handed in, only the cells of its exercises are run: each in the chapter as it was given out, in
a process of its own, which is ended when its time is over. Everything else, checks and printed verdicts
included, is the chapter's. That keeps honest marks right, and no more: a cell shares its process with the
check, and whoever wants to cheat can exchange `verdict` there. Nor is it a sandbox: a cell may do whatever
Python can do with your account, so mark where that is no matter.
"""

import argparse
import csv
import json
import multiprocessing
import sys
from collections import namedtuple
from pathlib import Path

from ._arguments import expected, whole
from .live import EXERCISE, Page

__all__ = ["Mark", "attempts", "mark", "mark_folder", "table"]

# One exercise of one notebook: "solved", "not yet", or "missing" where there is nothing to check; and why.
Mark = namedtuple("Mark", ["file", "exercise", "verdict", "said"])
SOLVED, NOT_YET, MISSING = "solved", "not yet", "missing"
SECONDS = 60  # for one exercise: the book's own take a few


def _tagged(notebook):
    """The cells of a notebook that are exercises: id -> source. Files before nbformat 4.5 have no ids."""
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    chosen = [cell for cell in cells if EXERCISE in cell.get("metadata", {}).get("tags", ())]
    return {cell.get("id", f"exercise-{at}"): "".join(cell["source"]) for at, cell in enumerate(chosen, 1)}


def _read(text):
    """`_tagged` of a notebook's text.

    Raises ValueError where it is none.
    """
    wanted = "the text of a notebook (format 4)"
    try:
        return _tagged(json.loads(text))
    except json.JSONDecodeError as error:
        raise expected("notebook", wanted, f"no JSON (line {error.lineno})") from None
    except (TypeError, KeyError, AttributeError):
        raise expected("notebook", wanted, "something else in JSON") from None


def attempts(chapter, notebook):
    """What a notebook has in place of a chapter's exercises.

    Parameters
    ----------
    chapter, notebook : str
        The texts of both files. Cells are the same if they have the same id; Jupyter keeps it.

    Returns
    -------
    dict
        For each exercise of the chapter, by the id of its cell: the text, or None if its cell is gone.

    Raises
    ------
    ValueError
        One of them is no notebook, or the chapter has no exercise.

    Examples
    --------
    >>> cell = {"id": "a", "cell_type": "code", "metadata": {"tags": ["exercise"]}, "source": "x = 0"}
    >>> chapter, mine = ({"cells": [cell | {"source": text}]} for text in ("x = 0", "x = 1"))
    >>> attempts(json.dumps(chapter), json.dumps(mine))
    {'a': 'x = 1'}
    """
    asked = _read(chapter)
    if not asked:
        raise expected("chapter", f'a notebook with cells tagged "{EXERCISE}"', "none")
    found = _read(notebook)
    return {name: found.get(name) for name in asked}


def _checked(chapter, number, text, answer):
    """In a process of its own: send what the check says of a text."""
    said, _ = Page(chapter).check(number, text)
    answer.send(said)


def mark(chapter, number, text, *, seconds=SECONDS):
    """The verdict on a text in place of a chapter's exercise, and the sentence of the check.

    Parameters
    ----------
    chapter : str
        The text of the chapter's notebook, as it was given out.
    number : int
        Which of its exercises, from 0 on.
    text : str
    seconds : int
        Until a check that has not ended is stopped.

    Returns
    -------
    tuple of str
        "solved" or "not yet", and why.

    Raises
    ------
    ValueError
        No exercise of that number, fewer than one second, or a chapter that is no notebook.
    """
    number = whole("number", number, 0, len(_read(chapter)) - 1)
    seconds = whole("seconds", seconds, 1)
    there, here = multiprocessing.Pipe(duplex=False)
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=_checked, args=(chapter, number, text, here), daemon=True)
    process.start()
    here.close()
    try:
        said = there.recv() if there.poll(seconds) else f"not yet: it did not end within {seconds} seconds"
    except EOFError:
        process.join()
        said = f"not yet: it ended Python itself (exit code {process.exitcode})"
    finally:
        process.kill()
        process.join()
        there.close()
    verdict, _, why = said.partition(": ")
    return (SOLVED if verdict == SOLVED else NOT_YET), why


def mark_folder(chapter, folder, *, seconds=SECONDS):
    """A `Mark` for each exercise of each notebook below a folder, one after another.

    Parameters
    ----------
    chapter, folder : path
    seconds : int
        As for `mark`.

    Raises
    ------
    ValueError
        The chapter cannot be read, the folder is none, or there is no notebook below it.
    """
    folder, given = Path(folder), _text(chapter)
    exercises = attempts(given, given)
    if not folder.is_dir():
        raise expected("folder", "a folder of notebooks", repr(str(folder)))
    files = [one for one in sorted(folder.rglob("*.ipynb")) if ".ipynb_checkpoints" not in one.parts]
    if not files:
        raise expected("folder", "at least one notebook (.ipynb) in it", repr(str(folder)))
    for path in files:
        name = path.relative_to(folder).as_posix()
        try:
            found = attempts(given, _text(path))
        except ValueError as error:
            yield from (Mark(name, one, MISSING, str(error)) for one in exercises)
            continue
        for number, (one, text) in enumerate(found.items()):
            if text is None:
                yield Mark(name, one, MISSING, "its cell is not in this notebook")
            else:
                yield Mark(name, one, *mark(given, number, text, seconds=seconds))


def _text(path):
    try:
        return Path(path).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise expected("notebook", "a file that can be read as text", f"{path}: {error}") from None


def table(marks):
    """Marks as text, in columns, and how many were solved.

    >>> print(table([Mark("anna.ipynb", "light-48", "solved", "right on every input")]))
    anna.ipynb  light-48  solved  right on every input
    1 of 1 solved
    """
    marks = list(marks)
    rows = [(*one[:3], " ".join(one.said.split())) for one in marks]
    wide = [max((len(row[at]) for row in rows), default=0) for at in range(3)]
    lines = ["  ".join([*(row[at].ljust(wide[at]) for at in range(3)), row[3]]) for row in rows]
    solved = sum(one.verdict == SOLVED for one in marks)
    return "\n".join([*lines, f"{solved} of {len(marks)} solved"])


def main(arguments=None):
    """Print a table of marks, and write it as CSV where that is asked for."""
    parser = argparse.ArgumentParser(
        prog="python -m superpos_lib.marking", description="Marks for a folder of notebooks."
    )
    parser.add_argument("chapter", help="the notebook as it was given out")
    parser.add_argument("folder", help="where the students' notebooks are, also in folders below it")
    parser.add_argument("--seconds", type=int, default=SECONDS, help=f"for one exercise ({SECONDS})")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="write the table there as well")
    chosen = parser.parse_args(arguments)
    try:
        marks = list(mark_folder(chosen.chapter, chosen.folder, seconds=chosen.seconds))
        if chosen.csv:
            with chosen.csv.open("w", encoding="utf-8", newline="") as out:
                csv.writer(out).writerows([Mark._fields, *marks])
    except (OSError, ValueError) as error:
        parser.error(str(error))
    print(table(marks))


if __name__ == "__main__":
    sys.exit(main())
