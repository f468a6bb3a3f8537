"""Checks at the end of chapters: five questions, one right answer each, every answer explained."""

from pathlib import Path

import nbformat
import pytest
import quizzes
from nbformat.v4 import new_markdown_cell, new_notebook
from some import some

CHAPTERS = sorted((Path(__file__).parent.parent / "book").glob("[0-9]*.ipynb"))


def questions(path):
    return quizzes.questions(nbformat.read(path, 4))


WITH_CHECK = [path for path in CHAPTERS if questions(path)]


def test_every_chapter_has_a_check():
    """In a cell of its own, that begins with its heading: else packs and cartridges do not find it."""
    assert WITH_CHECK == CHAPTERS


@pytest.mark.parametrize("path", WITH_CHECK, ids=lambda path: path.stem)
def test_five_questions_with_one_right_answer_each(path):
    found = questions(path)
    numbers = [question.number for question in found]
    assert numbers == [1, 2, 3, 4, 5], f"{path.name}: five questions make a check, not {numbers}"
    for question in found:
        assert question.text.endswith(("?", ".", ":", "$")), question.number
        assert 3 <= len(question.answers) <= 5, question.number
        right = sum(answer.right for answer in question.answers)
        assert right == 1, f"question {question.number}: one answer is `answer right`, and not {right}"


@pytest.mark.parametrize("path", WITH_CHECK, ids=lambda path: path.stem)
def test_every_answer_is_explained_and_answers_differ(path):
    for question in some(questions(path)):
        texts = [answer.text for answer in question.answers]
        assert len(set(texts)) == len(texts), question.number
        for answer in question.answers:
            (explained,) = answer.said
            assert len(explained.split()) >= 5, (
                f"question {question.number}: say why {answer.text!r} is right, or what it mixes up"
            )


@pytest.mark.parametrize("path", WITH_CHECK, ids=lambda path: path.stem)
def test_the_right_answer_is_not_always_in_the_same_place(path):
    places = {[answer.right for answer in question.answers].index(True) for question in questions(path)}
    assert len(places) > 1, f"{path.name}: right answers stand in one place; run tools/quizzes.py on it"


@pytest.mark.parametrize("choices", [3, 4])
def test_all_places_have_the_right_answer_about_equally_often(choices):
    """Else "never the last one" would be a good guess (in the whole book it was, 20 times of 22)."""
    asked = [one for path in WITH_CHECK for one in questions(path) if len(one.answers) == choices]
    places = [[answer.right for answer in one.answers].index(True) for one in asked]
    often = [places.count(place) for place in range(choices)]
    assert sum(often) == len(asked) > 15
    assert 0.6 * len(asked) / choices <= min(often), f"run tools/quizzes.py on chapters: {often}"
    assert max(often) <= 1.6 * len(asked) / choices, f"run tools/quizzes.py on chapters: {often}"


def test_a_place_depends_on_the_texts_alone(tmp_path):
    path = tmp_path / "chapter.ipynb"
    answers = [f":::{{dropdown}} {name}\n:class-container: answer\nSaid of {name}.\n:::" for name in "ABCD"]
    orders = set()
    for turn in range(4):
        given = "\n".join(answers[turn:] + answers[:turn])
        check = new_markdown_cell(
            f"## Check yourself\n\n**1.** Which?\n\n{given}\n\n**2.** And?\n\n{given}"
        )
        nbformat.write(new_notebook(cells=[check]), path)
        quizzes.main([path])
        first, second = questions(path)
        assert first.answers == second.answers
        assert [one.said for one in first.answers] == [(f"Said of {one.text}.",) for one in first.answers]
        orders.add(tuple(answer.text for answer in first.answers))
    assert len(orders) == 1 and set(*orders) == set("ABCD")


def test_what_is_no_answer_to_a_question_is_named():
    stray = "## Check yourself\n\n**1.** Why?\n\n:::{note} Look\nHere.\n:::"
    with pytest.raises(ValueError, match=r"expected an answer below a question, got \{note\} Look"):
        quizzes.questions(new_notebook(cells=[new_markdown_cell(stray)]))
    orphan = "## Check yourself\n\n:::{dropdown} Yes\n:class-container: answer\nSo it is.\n:::"
    with pytest.raises(ValueError, match=r"got \{dropdown\} Yes"):
        quizzes.questions(new_notebook(cells=[new_markdown_cell(orphan)]))
