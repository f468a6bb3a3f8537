"""Exercises that the machine checks: every start is "not yet", every solution in the book is "solved"."""

import ast
import json
from functools import cache
from pathlib import Path

import myst
import nbformat
import pytest
from some import some

from superpos_lib.live import CHECK, EXERCISE, Page

BOOK = Path(__file__).parent.parent / "book"
CHAPTERS = sorted(path for path in BOOK.glob("[0-9]*.ipynb") if path.stem != "18_open_questions")
# The label of an exercise, and what its solution says to write: a text in the book, as it stands there.
SOLUTIONS = {
    "ex-superposition-fano": "mine = [(2, 3, 6), (2, 4, 5)]",
    "ex-compute-xor": "first = Layer((np.vstack([A, A]),), [0, 0, -1, -1])\n"
    "second = Layer((np.hstack([one, -2 * one]),), np.zeros(2), relu=False)",
    "exercise-deck": "characters = 47",
    "exercise-own": "outputs = 2_716_252",
    "exercise-below-one": "levels, kept = 1, 0.3",
    "ex-codes-lines": "return a * i + b",
    "exercise-code": "q = Permutation(np.argsort(p.then(p).then(p).order))",
    "ex-influence-small": "channels = [[0, 1], [0, 2], [1, 2], [2, 3], [2, 4], [3, 4]]",
    "ex-light-cycle": "channels = [[0, 1], [0, 2], [0, 3], [3, 4], [2, 4], [1, 4]]",
    "ex-heavy-code": "rows = seven + [{t, (t + 2) % 7, (t + 3) % 7} for t in range(7)]",
    "ex-mixed-code": "channels = [list(two) for two in combinations(range(5), 2)]",
    "ex-super-code": "channels = [[0, 1, 7], [2, 3, 8], [4, 5, 6], [7, 9, 10], [8, 11, 12], [13, 14, 15]]",
    "ex-whole-code": "channels = [[0, 1], [1, 2], [2, 3], [4, 5], [6, 7], [8, 9], [0, 9]]",
    "ex-proof-pass": "never = np.flatnonzero(~pairs.truth(targeted).any(axis=1))\n"
    "mine = crossed(never[0], never[1])",
    "ex-proof-own": None,
    "ex-tight-code": "neurons, seed = 66, 0",
    "ex-superposition-numbers": 'answers = draw("superposition", seed).answers',
    "ex-compute-numbers": 'answers = draw("computing", seed).answers',
    "ex-counting-numbers": 'answers = draw("counting", seed).answers',
    "ex-bound-numbers": 'answers = draw("bound", seed).answers',
    "ex-limits-numbers": 'answers = draw("compression", seed).answers',
    "ex-codes-numbers": 'answers = draw("codes", seed).answers',
    "ex-permutation-numbers": 'answers = draw("permutation", seed).answers',
    "ex-influence-numbers": 'answers = draw("influence", seed).answers',
    "ex-light-numbers": 'answers = draw("double_light", seed).answers',
    "ex-heavy-numbers": 'answers = draw("double_heavy", seed).answers',
    "ex-mixed-numbers": 'answers = draw("mixed", seed).answers',
    "ex-super-numbers": 'answers = draw("super_heavy", seed).answers',
    "ex-whole-numbers": 'answers = draw("whole", seed).answers',
}


@cache
def page(path):
    return Page(path.read_text("utf-8"))


def tagged(path):
    """Of each exercise of a chapter: its label, its directive, the text of its solution and code below."""
    cells = nbformat.read(path, 4).cells
    directives = [one for cell in cells for one in myst.directives(cell.source)]
    asked, found = None, []
    for cell in cells:
        for one in myst.directives(cell.source) if cell.cell_type == "markdown" else ():
            asked = one if one.name == "exercise" else asked
        if EXERCISE in cell.metadata.get("tags", ()):
            label = asked.options["label"]
            solution = next(one for one in directives if one.name == "solution" and one.title == label)
            found.append((label, asked, solution))
    return found


ATTEMPTS = [
    pytest.param(path, number, label, id=label)
    for path in CHAPTERS
    for number, (label, _, _) in enumerate(tagged(path))
]
every_exercise = pytest.mark.parametrize(("path", "number", "label"), ATTEMPTS)


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_each_chapter_has_an_exercise_that_the_machine_checks(path):
    assert tagged(path)
    assert len(tagged(path)) == len(page(path).exercises)


@every_exercise
def test_an_exercise_has_three_hints_and_a_hidden_solution(path, number, label):
    solution = tagged(path)[number][2]
    assert "dropdown" in solution.options["class"]
    cells = nbformat.read(path, 4).cells
    text = next(cell.source for cell in cells if f":label: {label}\n" in cell.source)
    assert text.split(f":label: {label}\n")[1].count("{dropdown}") >= 3


@every_exercise
def test_the_start_is_not_yet_right_and_the_check_says_why(path, number, label):
    said, printed = page(path).check(number, page(path).exercises[number].start)
    assert said.startswith("not yet: ") and any(sign.isdigit() for sign in said), said
    assert not printed


def solution(path, number, label):
    """The exercise's start with the solution put in its place."""
    start, given = page(path).exercises[number].start, SOLUTIONS[label]
    if given is None:
        cells = nbformat.read(path, 4).cells
        (given,) = (cell.source for cell in cells if "def is_safe_indeed" in cell.source)
        return given.split("\n\n\n")[0].replace("is_safe_indeed", "is_safe")
    if not given.startswith("return"):
        return f"{start}\n{given}"
    return f"{start.splitlines()[0]}\n    {given}"


@every_exercise
def test_the_books_solution_is_solved(path, number, label):
    said, _ = page(path).check(number, solution(path, number, label))
    assert said.startswith("solved: "), said
    given = SOLUTIONS[label] or ""
    text = "\n".join(cell.source for cell in nbformat.read(path, 4).cells)
    assert all(line in text for line in given.splitlines())


def bound(source):
    """The names that a start asks for."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef):
            yield f"{node.name} = lambda *given: {{}}"
        else:
            names = [name.id for name in ast.walk(node.targets[0]) if isinstance(name, ast.Name)]
            yield from (f"{name} = {{}}" for name in names)


WRONG = ("None", "-1", "'ten'", "[[[]]]", "[0.5, None]", "3 + 4j")


@every_exercise
@pytest.mark.parametrize("wrong", WRONG)
def test_an_answer_of_another_kind_is_answered_in_words(path, number, label, wrong):
    start = page(path).exercises[number].start
    for line in some(bound(start)):
        said, _ = page(path).check(number, f"{start}\n{line.format(wrong)}")
        assert said.startswith("not yet: ") and "Traceback" not in said, (line, said)


def test_tags_stand_in_the_file_as_in_the_page():
    for path in some(CHAPTERS):
        tags = [
            tag
            for cell in json.loads(path.read_text("utf-8"))["cells"]
            for tag in cell["metadata"].get("tags", ())
        ]
        assert tags.count(EXERCISE) == tags.count(CHECK) == len(page(path).exercises)
