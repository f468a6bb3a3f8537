"""The check at the end of a chapter as data: questions, answers, and what is said of each answer.

    python tools/quizzes.py book/06_codes.ipynb

Chapters write it in MyST: a numbered paragraph for each question, and under it a dropdown for each answer.
The page shows that as it stands; learning management systems and paper need the parts. The command brings
answers into an order that depends on their texts alone, so that nobody's habit decides where the right one
is, and the same text has the same place everywhere.
"""

import hashlib
import re
import sys
from dataclasses import dataclass
from pathlib import Path

import myst
import nbformat

HEADING = "## Check yourself"
NUMBERED = re.compile(r"\*\*(\d+)\.\*\* (.+?)(?=\n\n\*\*\d+\.\*\*|\Z)", re.DOTALL)
LETTERS = "abcdefgh"
# The dropdowns of one question, each with the line break that ends it.
ANSWERS = re.compile(r"(?:^(:{3,})\{dropdown\}.*?^\1$\n?)+", re.MULTILINE | re.DOTALL)
ANSWER = re.compile(r"^(:{3,})\{dropdown\} (?P<text>.*?)\n.*?^\1$", re.MULTILINE | re.DOTALL)
# Of the seeds below 3,000 the one with which right answers are most evenly in each place, and in three
# places at least in every check.
SEED = 1142


@dataclass(frozen=True)
class Answer:
    """What can be chosen, what is then said of it, and whether it is right."""

    text: str
    said: tuple
    right: bool


@dataclass(frozen=True)
class Question:
    """A question of a chapter's check and its answers, in MyST."""

    number: int
    text: str
    answers: tuple

    def lettered(self):
        """(letter, answer) for each answer."""
        return list(zip(LETTERS, self.answers, strict=False))


def questions(notebook):
    """The questions of a chapter's check, in order; none if the chapter has no check.

    A ValueError names an answer without a question, and what is no answer.
    """
    return [one for cell in notebook.cells if is_check(cell) for one in asked(cell.source)]


def is_check(cell):
    return cell.cell_type == "markdown" and cell.source.startswith(HEADING)


def asked(source):
    """The questions of a check, from its Markdown."""
    found = []
    for block in myst.blocks(source):
        _add(block, found)
    return [Question(number, text, tuple(answers)) for number, text, answers in found]


def _add(block, found):
    if isinstance(block, str):
        found += [(int(number), text.strip(), []) for number, text in NUMBERED.findall(block)]
        return
    kinds = block.options.get("class-container", "").split()
    if block.name != "dropdown" or "answer" not in kinds or not found:
        raise ValueError(f"expected an answer below a question, got {{{block.name}}} {block.title}")
    found[-1][2].append(Answer(block.title, block.body, "right" in kinds))


def place(text):
    """What answers are sorted by."""
    return hashlib.sha256(f"{SEED} {text}".encode()).digest()


def shuffled(source):
    """The source of a check with the answers to each question in the order of `place`.

    >>> print(shuffled(":::{dropdown} Yes\\nNo.\\n:::\\n:::{dropdown} No\\nYes.\\n:::"))
    :::{dropdown} No
    Yes.
    :::
    :::{dropdown} Yes
    No.
    :::
    """

    def ordered(found):
        answers = sorted(ANSWER.finditer(found[0]), key=lambda one: place(one["text"]))
        return "\n".join(one[0] for one in answers) + "\n" * found[0].endswith("\n")

    return ANSWERS.sub(ordered, source)


def main(paths):
    for path in map(Path, paths):
        notebook = nbformat.read(path, 4)
        for cell in notebook.cells:
            if is_check(cell):
                cell.source = shuffled(cell.source)
        nbformat.write(notebook, path)


if __name__ == "__main__":
    main(sys.argv[1:])
