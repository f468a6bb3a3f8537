"""Checks at the end of chapters: five questions, one right answer each, every answer explained."""

import re
from pathlib import Path

import myst
import nbformat
import pytest

CHAPTERS = sorted((Path(__file__).parent.parent / "book").glob("[0-9]*.ipynb"))
HEADING = "## Check yourself"


def check(path):
    """The blocks of the cell that holds the chapter's check, if it has one."""
    cells = [cell.source for cell in nbformat.read(path, 4).cells if cell.source.startswith(HEADING)]
    assert len(cells) <= 1
    return myst.blocks(cells[0]) if cells else []


WITH_CHECK = [path for path in CHAPTERS if check(path)]


def questions(path):
    """(number, text, answers) of each question of a chapter's check."""
    found = []
    for block in check(path):
        if isinstance(block, str):
            for number, text in re.findall(r"\*\*(\d)\.\*\* (.+?)(?=\n\*\*\d\.\*\*|\Z)", block, re.DOTALL):
                found.append((int(number), text.strip(), []))
        else:
            found[-1][2].append(block)
    return found


def test_there_are_checks():
    assert WITH_CHECK


@pytest.mark.parametrize("path", WITH_CHECK, ids=lambda path: path.stem)
def test_five_questions_with_one_right_answer_each(path):
    found = questions(path)
    assert [number for number, _, _ in found] == [1, 2, 3, 4, 5]
    for number, text, answers in found:
        assert text.endswith(("?", ".", ":", "$")), number
        assert 3 <= len(answers) <= 5, number
        assert {answer.name for answer in answers} == {"dropdown"}, number
        kinds = [answer.options["class-container"].split() for answer in answers]
        assert all(kind[0] == "answer" for kind in kinds), number
        assert sum("right" in kind for kind in kinds) == 1, number


@pytest.mark.parametrize("path", WITH_CHECK, ids=lambda path: path.stem)
def test_every_answer_is_explained_and_answers_differ(path):
    for number, _, answers in questions(path):
        titles = [answer.title for answer in answers]
        assert len(set(titles)) == len(titles), number
        for answer in answers:
            (explained,) = answer.body
            assert len(explained.split()) >= 5, (number, answer.title)


@pytest.mark.parametrize("path", WITH_CHECK, ids=lambda path: path.stem)
def test_the_right_answer_is_not_always_in_the_same_place(path):
    places = {
        ["right" in answer.options["class-container"].split() for answer in answers].index(True)
        for _, _, answers in questions(path)
    }
    assert len(places) > 1
