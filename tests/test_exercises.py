"""Exercises that the machine checks: every start is "not yet", every solution in the book is "solved"."""

import ast
import json
import re
from functools import cache
from pathlib import Path

import myst
import nbformat
import pytest
from some import some

from superpos_lib import live
from superpos_lib.live import CHECK, EXERCISE, Page

BOOK = Path(__file__).parent.parent / "book"
# The first chapter is to be read in half an hour, and what the last one asks nobody can check.
WITHOUT = ("00_half_an_hour", "18_open_questions")
CHAPTERS = sorted(path for path in BOOK.glob("[0-9]*.ipynb") if path.stem not in WITHOUT)
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
    "ex-training-code": "return np.argsort(W[:, j] @ W / np.linalg.norm(W, axis=0))[-2]",
    "ex-circuit-rules": 'rules_of_mine = "alarm = button or smoke and heat and not test"',
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
    pytest.param(path, number, label, id=f"{path.stem}-{label}")
    for path in CHAPTERS
    for number, (label, _, _) in enumerate(tagged(path))
]
every_exercise = pytest.mark.parametrize(("path", "number", "label"), ATTEMPTS)


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_each_chapter_has_an_exercise_that_the_machine_checks(path):
    assert tagged(path), (
        f'{path.name}: no cell has the tag "exercise" (and the one below it "check"), by which readers '
        "try something and hear whether it is right: see *An exercise in code* in CONTRIBUTING.md."
    )
    assert len(tagged(path)) == len(page(path).exercises)


@every_exercise
def test_an_exercise_has_three_hints_and_a_hidden_solution(path, number, label):
    solution = tagged(path)[number][2]
    assert "dropdown" in solution.options.get("class", ""), (
        f"{label}: its solution stands open; `:class: dropdown` folds it."
    )
    cells = nbformat.read(path, 4).cells
    text = next(cell.source for cell in cells if f":label: {label}\n" in cell.source)
    hints = text.split(f":label: {label}\n")[1].count("{dropdown}")
    assert hints >= 3, (
        f"{label}: {hints} hints ({{dropdown}} inside the exercise), and three are wanted, so that who is "
        "stuck gets one step and not the solution: where to look, the idea, and the last step but one."
    )


@every_exercise
def test_the_start_is_not_yet_right_and_the_check_says_why(path, number, label):
    said, printed = page(path).check(number, page(path).exercises[number].start)
    assert said.startswith("not yet: ") and any(sign.isdigit() for sign in said), said
    assert not printed


def first_code(path, number):
    """What the solution says first between backticks, where it is not listed above."""
    body = "\n".join(map(str, tagged(path)[number][2].body))
    return re.search("`([^`]+)`", body)[1]


def solution(path, number, label):
    """The exercise's start with the solution put in its place."""
    start = page(path).exercises[number].start
    given = SOLUTIONS[label] if label in SOLUTIONS else first_code(path, number)
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
    given = SOLUTIONS.get(label) or ""
    text = "\n".join(cell.source for cell in nbformat.read(path, 4).cells)
    assert all(line in text for line in given.splitlines())


# What beginners write in place of a value, as lines that are added to the solution; `{name}` is a name that
# the cell asks for. None and the rest of these must be answered without Python's own words about operands.
VALUES = {
    "nothing": "{name} = None",
    "a text": "{name} = str({name})",
    "a text that is no number": "{name} = 'ten'",
    "an empty list": "{name} = []",
    "a list around it": "{name} = [{name}]",
    "a dictionary": "{name} = {{}}",
    "an array": "import numpy\n{name} = numpy.array([1.5, 2.5])",
    "a function in place of its value": "{name} = lambda *given: None",
    "print in place of a value": "{name} = print({name})",
    "a complex number": "{name} = 3 + 4j",
    "no number": "{name} = float('nan')",
    "far too much": "{name} = 10**7",
    "less than nothing": "{name} = -1",
    "half": "{name} = 0.5",
    "other lists": "{name} = [[0.5, None], 'ab']",
    "another name": "{name}_2 = {name}\ndel {name}",
}
# And in place of a function: `{name}` and `{arguments}` as the start has them.
FUNCTIONS = {
    "no return": "def {name}({arguments}):\n    1",
    "print": "def {name}({arguments}):\n    print(1)",
    "a text": "def {name}({arguments}):\n    return '1'",
    "a list": "def {name}({arguments}):\n    return [1]",
    "an array": "import numpy\ndef {name}({arguments}):\n    return numpy.array([1.5])",
    "half": "def {name}({arguments}):\n    return 0.5",
    "too few arguments": "def {name}():\n    return 1",
    "too many arguments": "def {name}({arguments}, more):\n    return 1",
    "an exception": "def {name}({arguments}):\n    return 1 / 0",
    "a name that is nowhere": "def {name}({arguments}):\n    return nowhere",
    "no end of calls": "def {name}({arguments}):\n    return {name}({arguments})",
    "no function": "{name} = 1",
    "a class": "class {name}:\n    pass",
}
# Words of Python that mean nothing to a reader who never wrote an operator.
FOREIGN = re.compile(
    r"Traceback|unsupported operand|not supported between|not subscriptable|not iterable|argument"
    r"|NoneType|has no len|has no attribute|invalid literal|must be|pow\(\)|object cannot|unhashable"
    r"|could not (convert|broadcast)|inhomogeneous|truth value|TypeError|AttributeError|ValueError|KeyError"
)


def asked_for(source):
    """(name, arguments or None) of all that a start asks for."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef):
            yield node.name, ", ".join(one.arg for one in node.args.args)
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                yield from ((one.id, None) for one in ast.walk(target) if isinstance(one, ast.Name))


def checked_names(path, number):
    """The names that the check of an exercise looks at, of those that its start gives."""
    exercise = page(path).exercises[number]
    below = "\n".join(exercise.below)
    return [one for one in asked_for(exercise.start) if re.search(rf"\b{one[0]}\b", below)]


@cache
def above(path, number, label):
    """The names that cells above an exercise give, once for all attempts, and the cells below it."""
    exercise = page(path).exercises[number]
    cells = [
        live._Cell(source) for source in (*exercise.above, solution(path, number, label), *exercise.below)
    ]
    first, names = len(exercise.above), live._names()
    live._run([cell for cell in live._behind(cells, cells[first:]) if cell in cells[:first]], names)
    return names, cells[first + 1 :]


def answered(path, number, label, text):
    """What the check says of a text, as in a notebook."""
    names, below = above(path, number, label)
    names = {**names}
    live._run([live._Cell(text)], names)
    lines = live._run(below, names).splitlines()
    return "\n".join(lines[next(n for n, one in enumerate(lines) if one.startswith(live.VERDICTS)) :])


@every_exercise
def test_a_beginners_mistakes_are_answered_in_words(path, number, label):
    wrote, tried = solution(path, number, label), 0
    for name, arguments in checked_names(path, number):
        for what, text in (VALUES if arguments is None else FUNCTIONS).items():
            line = text.format(name=name, arguments=arguments)
            if name == "answers" and what in ("nothing", "another name"):
                continue  # where there are no answers the check shows the question
            said = answered(path, number, label, f"{wrote}\n{line}")
            tried += 1
            if name == "rules_of_mine" and what == "a text":
                assert said.startswith("solved")  # it is one
                continue
            if said.startswith("solved"):  # as 0.5 of the weights, or another seed, may be
                assert name in ("seed", "levels", "kept") and what in ("far too much", "half"), (what, name)
                continue
            assert said.startswith("not yet: "), (what, name, said)
            assert not FOREIGN.search(said), (what, name, said)
    assert tried >= 10


@pytest.mark.parametrize(
    ("path", "number", "label"), [one for one in ATTEMPTS if not one.id.endswith("-numbers")]
)
def test_a_name_without_a_value_and_a_function_without_return_are_told_so(path, number, label):
    for name, arguments in some(checked_names(path, number)):
        if arguments is None:
            said = answered(path, number, label, f"{solution(path, number, label)}\n{name} = None")
            assert re.match(rf"not yet: {name} is None, and it should be ", said), said
        else:
            said = answered(path, number, label, f"def {name}({arguments}):\n    print(1)")
            assert said.startswith(f"not yet: {name} gave None; did you mean return?")


def test_tags_stand_in_the_file_as_in_the_page():
    for path in some(CHAPTERS):
        tags = [
            tag
            for cell in json.loads(path.read_text("utf-8"))["cells"]
            for tag in cell["metadata"].get("tags", ())
        ]
        assert tags.count(EXERCISE) == tags.count(CHECK) == len(page(path).exercises)
