"""The check at the end of a chapter as data: questions, answers, and what is said of each answer.

Chapters write it in MyST: a numbered paragraph for each question, and under it a dropdown for each answer.
The page shows that as it stands; learning management systems and paper need the parts.
"""

import re
from dataclasses import dataclass

import myst

HEADING = "## Check yourself"
NUMBERED = re.compile(r"\*\*(\d+)\.\*\* (.+?)(?=\n\n\*\*\d+\.\*\*|\Z)", re.DOTALL)
LETTERS = "abcdefgh"


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
    found = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and cell.source.startswith(HEADING):
            for block in myst.blocks(cell.source):
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
