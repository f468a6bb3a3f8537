"""What runs in the reader's browser, as far as it can be tested without one."""

import ast
import functools
import gzip
import hashlib
import importlib
import io
import json
import symtable
import sys
import zipfile
from pathlib import Path

import pytest
from matplotlib.textpath import TextToPath
from some import some

from superpos_lib import choice, explore
from superpos_lib.explore import LAYOUTS
from superpos_lib.live import Page, Provider, _Cell, _tables, _texts, needed

BOOK = Path(__file__).parent.parent / "book"
EXPLORER = "@explore(n=choice(1, 3), alt='A picture.')\ndef picture(n):\n    return draw(data, n)"


def notebook(*sources):
    """A notebook's text; a source that begins with "#exercise" or "#check" has that tag."""
    cells = [
        {
            "cell_type": "code",
            "metadata": {"tags": [source.split()[0][1:]] if source.startswith("#") else []},
            "source": source.splitlines(keepends=True),
        }
        for source in sources
    ]
    return json.dumps({"cells": [{"cell_type": "markdown", "source": ["No code."]}, *cells]})


def test_cells_that_no_explorer_can_depend_on_are_left_out():
    kept = [
        "from superpos_lib import choice, explore",
        "from matplotlib.figure import Figure",
        "draw = lambda data, n: Figure()",
        "data = []",
        "data.append(1)",
        EXPLORER,
    ]
    rest = ["import slow", "slow.check(draw)", "other = 1", "print(other)"]
    mixed = [rest[0], *kept[:4], rest[2], kept[4], rest[3], kept[5], "data.clear()"]
    assert needed(mixed) == kept


def test_cells_are_kept_for_the_explorers_that_are_named():
    first, second = "@explore()\ndef f(): a", "@explore()\ndef g(): b"
    cells = ["from superpos_lib import explore", "a = 1", first, "b = []", "b.append(1)", second]
    for names, kept in (
        (["f"], cells[:3]),
        ({"g"}, [cells[0], *cells[3:]]),
        ([], []),
        (["f", "g"], cells),
        (None, cells),
    ):
        assert needed(cells, names) == kept
        assert Page(notebook(*cells), names).cells == kept


def test_names_inside_functions_count_and_local_ones_do_not():
    cells = [
        "a = 1",
        "x = 2",
        "def f():\n    x = a\n    return x",
        "@explore()\ndef g(): return [f() for _ in range(3)]",
    ]
    assert needed(cells) == [cells[0], *cells[2:]]


def test_lines_for_ipython_and_display_do_no_harm():
    page = Page(
        notebook(
            "try:\n    import superpos_lib\nexcept ImportError:\n    %pip install --quiet ..\ndata = [1]",
            "from superpos_lib import choice, explore\nfrom matplotlib.figure import Figure\n"
            "def draw(data, n):\n    return Figure()",
            "display(data)",
            EXPLORER,
        )
    )
    assert [page.run(index) for index in range(len(page.cells))] == [[], [], [], ["picture"]]
    assert page.draw("picture", {"n": "2"}, "wide").alt == "A picture. n = 2."


def test_values_that_a_cell_replaces_are_not_looked_for_above_it():
    draw = "@explore()\ndef f(): return a, b"
    assert needed(["a = 0", "a.slow()", "a = []\nb = a", "a.append(1)", draw]) == [
        "a = []\nb = a",
        "a.append(1)",
        draw,
    ]
    for conditional in (
        "if x:\n    a = b = 1",
        "for a in x:\n    b = a",
        "while x:\n    a = b = 1",
        "try:\n    a = b = 1\nexcept E:\n    pass",
        "match x:\n    case [a, b]:\n        pass",
    ):
        assert needed(["a = 0", "b = 1", conditional, draw]) == ["a = 0", "b = 1", conditional, draw]
    for certain in (
        "if x:\n    a = b = 1\nelse:\n    b = a = 2",
        "with x as (a, b):\n    pass",
        "import a, b",
        "def a(): b\nb = 1",
        "try:\n    x\nfinally:\n    a = b = 1",
    ):
        assert needed(["a = 0", certain, draw]) == [certain, draw]


def test_to_mention_what_never_changes_changes_nothing():
    draw = "@explore()\ndef f(): return net, rng"
    cells = ["net = double_light(p)", "rng = default_rng(0)", "slow(net)", "use(rng)", draw]
    assert needed(cells) == [cells[0], cells[1], cells[3], draw]
    # Unless the name stands for something else elsewhere.
    assert needed([*cells[:2], "net = [1]", *cells[2:]]) == [
        "rng = default_rng(0)",
        "net = [1]",
        *cells[2:],
    ]


EXERCISE = [
    "data, unused = [1], 1 / 1",
    "def helper(n):\n    return data[0] + n",
    "#exercise\nanswer = helper(0)",
    "wanted = 3",
    "#check\nprint('solved' if answer == wanted else f'not yet: {answer} is not {wanted}')",
    "data = [7]",
]


def test_a_text_is_checked_as_if_it_stood_in_its_cell():
    page = Page(notebook(*EXERCISE))
    (exercise,) = page.exercises
    assert exercise.start == EXERCISE[2]
    assert page.check(0, exercise.start) == ("not yet: 1 is not 3", "")
    assert page.check(0, "answer = helper(2)") == ("solved", "")
    assert page.check(0, "print('here', data)\nanswer = 3") == ("solved", "here [1]")
    assert page.check(0, "%time\nanswer = 3") == ("solved", "")


def test_an_attempt_changes_neither_the_next_one_nor_the_page():
    draw = "@explore(n=choice(1, 3), alt='A picture.')\ndef picture(n): return Figure(figsize=(data[0], 1))"
    imports = "from superpos_lib import choice, explore\nfrom matplotlib.figure import Figure"
    page = Page(notebook(imports, *EXERCISE[:-1], draw))
    for index in range(len(page.cells)):
        page.run(index)
    before = page.draw("picture", {"n": "1"}, "wide")
    assert page.check(0, "data[0], wanted, helper = 9, 9, None\nanswer = 9")[0] == "not yet: 9 is not 3"
    assert page.check(0, "answer = helper(2)")[0] == "solved"
    assert page.draw("picture", {"n": "1"}, "wide") == before


def test_a_text_begins_when_the_cells_that_it_needs_have_run():
    began = []
    page = Page(notebook("began = []\ndata = began", *EXERCISE[1:-1]))
    said, _ = page.check(0, "answer = 3", lambda: began.append(True))
    assert (said, began) == ("solved", [True])
    page = Page(notebook("data = 1 / 0", *EXERCISE[1:-1]))
    with pytest.raises(ZeroDivisionError):
        page.check(0, "answer = helper(2)", lambda: began.append(True))
    assert began == [True]


def test_only_what_an_attempt_can_depend_on_is_run():
    slow = "raise RuntimeError('slow')"
    page = Page(notebook("ready = 1", slow, "import math", "spare = 2", *EXERCISE[:-1]))
    assert page.check(0, "answer = 3")[0] == "solved"
    assert page.check(0, "answer = spare + math.floor(1.5)")[0] == "solved"


STOPS = {
    "answer = 1\nanswer /= 0": "ZeroDivisionError: division by zero, in line 2: answer /= 0",
    "def f():\n    return helper('a')\nanswer = f()": "TypeError: ",
    "answer = nowhere": "NameError: name 'nowhere' is not defined, in line 1: answer = nowhere",
    "exit()": "",
    "import sys\nsys.exit(2)": "SystemExit: 2, in line 2: sys.exit(2)",
    "assert False": "AssertionError, in line 1: assert False",
    "def f():\n    f()\nf()": "RecursionError: maximum recursion depth exceeded",
}


@pytest.mark.parametrize("text", STOPS)
def test_where_an_attempt_stops_one_sentence_says_how(text):
    said, _ = Page(notebook(*EXERCISE)).check(0, text)
    assert said.startswith(f"not yet: it stopped with {STOPS[text]}"), said
    assert "\n" not in said


def test_an_attempt_that_is_no_python_is_said():
    page = Page(notebook(*EXERCISE))
    for text in ("answer = (1,", "answer = 1 +* 2", "if 1:\nanswer = 1", "answer = 1\x00"):
        said, _ = page.check(0, text)
        assert said.startswith("not yet: Python cannot read it: "), said
        assert "\n" not in said


def test_what_an_attempt_prints_is_shown_as_far_as_anybody_reads():
    page = Page(notebook(*EXERCISE))
    said, printed = page.check(0, "for n in range(99):\n    print(n, 'x' * 999)\nanswer = 3")
    assert said == "solved" and printed.startswith("0 xxx") and printed.endswith("\n...")
    assert len(printed) < 5000
    # Also what it prints while it is checked.
    number = (
        "class Number(int):\n    def __eq__(self, other):\n        print('asked')\n        return False\n"
    )
    assert page.check(0, number + "answer = Number(3)") == ("not yet: 3 is not 3", "asked")


def test_an_exercise_needs_a_check_of_its_own():
    for cells in (["#exercise\na = 1"], ["#exercise\na = 1", "#exercise\nb = 2", "#check\na"]):
        with pytest.raises(ValueError, match="cells: expected a cell tagged"):
            Page(notebook(*cells))


TITLES = """from superpos_lib import choice, explore
from matplotlib.figure import Figure
@explore(n=choice(1, 3), alt="A plot.")
def picture(n):
    figure = Figure(layout="constrained")
    figure.suptitle(f"$x^{n}$ against $x$")
    figure.subplots().plot([0, n])
    return figure"""


def test_texts_are_measured_once_and_frames_are_the_books(monkeypatch):
    measured, measure = [], TextToPath.get_text_width_height_descent
    monkeypatch.setattr(
        TextToPath,
        "get_text_width_height_descent",
        lambda self, text, *how: measured.append(text) or measure(self, text, *how),
    )
    _texts.cache_clear()
    page = Page(notebook(TITLES))
    page.run(0)
    draw = {layout: functools.partial(page.draw, "picture", layout=layout) for layout in LAYOUTS}
    frames = {(n, layout): draw[layout](texts={"n": n}) for n in "13" for layout in LAYOUTS}
    assert "$x^1$ against $x$" in measured
    measured.clear()
    assert {(n, layout): draw[layout](texts={"n": n}) for n, layout in frames} == frames
    assert not measured
    # Elsewhere matplotlib is as it was, and draws the same.
    explorer = page.explorers["picture"]
    assert {(n, layout): explorer.frame({"n": int(n)}, layout) for n, layout in frames} == frames
    assert measured


def test_an_exception_in_a_cell_passes():
    page = Page(notebook("data = 1 / 0", "draw = data", EXPLORER))
    with pytest.raises(ZeroDivisionError):
        page.run(0)


@pytest.mark.parametrize("chapter", sorted(BOOK.glob("*.ipynb")), ids=lambda path: path.stem)
def test_the_cells_of_every_chapter_can_be_read(chapter):
    page = Page(chapter.read_text("utf-8"))
    declared = sum("@explore(" in cell for cell in page.cells)
    assert declared == chapter.read_text("utf-8").count('"@explore(')


def used(tables):
    """The module's names that code in these tables uses, inside functions as well."""
    symbols = (symbol for one in tables for table in _tables(one) for symbol in table.get_symbols())
    return {symbol.get_name() for symbol in symbols if symbol.is_global() and symbol.is_referenced()}


def bound_again(sources):
    """explorer -> names that it uses, itself or through functions, and that a cell below binds again."""
    cells = [_Cell(source) for source in sources]
    below, behind, explorers = {}, {}, {}
    for place, cell in enumerate(cells):
        for name in cell.binds | cell.code:
            below[name] = place
        for function in symtable.symtable(cell.source, "<cell>", "exec").get_children():
            # A lambda has a name that nobody can use: what it uses, whatever its cell binds may use.
            names = cell.binds if function.get_name() == "lambda" else {function.get_name()}
            for name in names:
                behind.setdefault(name, set()).update(used([function]))
        for node in ast.parse(cell.source).body if cell.explores else ():
            if getattr(node, "decorator_list", ()):
                explorers[node.name] = place
    found = {}
    for explorer, place in explorers.items():
        names, further = set(), {explorer}
        while further:
            names |= further
            further = set().union(*(behind.get(name, set()) for name in further)) - names
        if again := {name for name in names if below.get(name, -1) > place}:
            found[explorer] = again
    return found


def test_names_bound_again_below_an_explorer_are_found():
    draw = "@explore(n=choice(1, 3), alt='A picture.')\ndef picture(n):\n    return helper(n)"
    helper = "def helper(n):\n    return [data * n for _ in range(n)]"
    assert bound_again(["data = 1", helper, draw, "def other(data):\n    n = data"]) == {}
    for again in ("data = 2", "for data in range(3): pass", "import data", "def data(): pass"):
        assert bound_again(["data = 1", helper, draw, again]) == {"picture": {"data"}}
        assert bound_again(["data = 1", "helper = lambda n: data", draw, again]) == {"picture": {"data"}}
    assert bound_again([helper, draw, helper]) == {"picture": {"helper"}}
    assert bound_again(["data = 1", helper, draw, draw]) == {}


@pytest.mark.parametrize("chapter", sorted(BOOK.glob("*.ipynb")), ids=lambda path: path.stem)
def test_no_chapter_binds_again_below_an_explorer_what_it_uses(chapter):
    """On a page that runs all cells have run when a figure is drawn: it would use the later value."""
    cells = json.loads(chapter.read_text("utf-8"))["cells"]
    assert bound_again(["".join(one["source"]) for one in cells if one["cell_type"] == "code"]) == {}


def ends(explorer):
    """The book's values, with one control at a time at an end of its reach that no frame was drawn for."""
    first = explorer.combinations()[0]
    for name, control in explorer.controls.items():
        for value in set((control.reach or ())[:2]) - set(control.values):
            yield first | {name: value}


# All of them take a core two minutes; those of a few show that the ends of ranges are reached.
ENDS = [
    path if path.stem[:2] in ("01", "06", "13") else pytest.param(path, marks=pytest.mark.thorough)
    for path in sorted(BOOK.glob("*.ipynb"))
]


@pytest.mark.parametrize("chapter", ENDS, ids=lambda path: path.stem)
def test_figures_can_be_drawn_as_far_as_their_controls_go(chapter):
    page, at_once = Page(chapter.read_text("utf-8")), {}
    for index in range(len(page.cells)):
        for name in page.run(index):
            explorer = page.explorers[name]
            at_once[name] = explorer.frame(explorer.combinations()[-1])
    for name, explorer in some(page.explorers.items()):
        # The book draws where an explorer is declared, a page that runs draws when all cells have run.
        assert explorer.frame(explorer.combinations()[-1]) == at_once[name]
        for values in ends(explorer):
            assert explorer.frame(values).svg


def declared(**controls):
    return explore(**controls, alt="A picture.")(lambda n: None)


def test_values_between_and_beyond_those_declared():
    explorer = declared(n=choice(64, 128, 256))
    assert explorer.values({"n": "100"}) == {"n": 100}
    for text in ("63", "257", "64.5", "many"):
        with pytest.raises(ValueError, match=r"value: expected|invalid literal"):
            explorer.values({"n": text})


def test_reach_of_a_control():
    assert choice(1, 2, 4).reach == (1, 4, 1)
    assert choice(-4, -2).reach == (-4, -2, 1)
    assert choice(4, 8, wide=(2, 64)).reach == (2, 64, 1)
    assert choice(0.5, 0.75).reach == (0.5, 0.75, 0.01)
    for fixed in (
        choice("a", "b"),
        choice(1, 2, wide=()),
        choice(0.5),
        choice(7),
        choice(1, 2, 3),
        choice(0.1, 1 / 3, 0.5),
    ):
        assert fixed.reach is None
    with pytest.raises(ValueError, match="value: expected one of 1, 2"):
        choice(1, 2, wide=()).parse("3")


def test_one_value_with_a_wide_range_shows_on_demand_only():
    assert choice(2, wide=(0, 9)).on_demand_only
    assert not any(one.on_demand_only for one in (choice(2), choice(2, 3), choice(2, 3, wide=(0, 9))))


@pytest.mark.parametrize("wide", [(2, 9), (1, 2), (1,)])
def test_a_wide_range_must_enclose_the_values(wide):
    with pytest.raises(ValueError, match="wide: expected two numbers that enclose all values"):
        choice(1, 2, 3, wide=wide)
    with pytest.raises(ValueError, match="wide"):
        choice("a", wide=(1, 2))


def packed(**modules):
    """An archive of modules of one line each; "__" in a name stands for a folder."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, source in modules.items():
            archive.writestr(name.replace("__", "/") + ".py", source)
    return gzip.compress(buffer.getvalue())


@pytest.fixture
def provided(tmp_path, monkeypatch):
    """Install a Provider of archives, each named by the module that it brings; list what it fetches."""

    def install(archives, sha256=None):
        hashes = {name: sha256 or hashlib.sha256(data).hexdigest() for name, data in archives.items()}
        known = {name: {"brings": [name], "sha256": hashes[name]} for name in archives}
        fetched = []
        monkeypatch.setattr(sys, "meta_path", [*sys.meta_path])
        monkeypatch.syspath_prepend(str(tmp_path))
        Provider(lambda name: fetched.append(name) or archives[name], known, str(tmp_path)).install()
        return fetched

    return install


def test_an_archive_is_fetched_when_its_module_is_first_imported_and_only_then(provided):
    fetched = provided(
        {
            "parted": packed(parted__near="answer = 1"),
            "parted.far": packed(parted__far="answer = 2"),
            "parted.never": packed(),
        }
    )
    assert fetched == []
    assert importlib.import_module("parted.near").answer == 1
    assert fetched == ["parted"]
    assert importlib.import_module("parted.far").answer == 2
    assert fetched == ["parted", "parted.far"]
    # As SciPy asks for a module that need not be there.
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("parted._local")
    assert fetched == ["parted", "parted.far"]


def test_an_archive_with_another_hash_is_refused_each_time(provided, tmp_path):
    fetched = provided({"forged": packed(forged="")}, sha256="0" * 64)
    for _ in range(2):
        with pytest.raises(ValueError, match="forged: expected"):
            importlib.import_module("forged")
    assert fetched == ["forged", "forged"]
    assert list(tmp_path.iterdir()) == []
