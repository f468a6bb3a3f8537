"""What CONTRIBUTING.md shows runs; a chapter that `make chapter` begins passes the tests of chapters."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import chapter
import nbformat
import pytest
import yaml

ROOT = Path(__file__).parents[1]
GUIDE = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
EXAMPLES = re.findall(r"^```python\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
# What a chapter's tests read of the repository.
NEEDED = (
    "book",
    "superpos_lib",
    "tests",
    "tools",
    "benchmarks",
    "_toc.yml",
    "_config.yml",
    "pyproject.toml",
)


def test_examples_run_one_after_another():
    names = {"__name__": "examples"}
    for example in EXAMPLES:
        exec(example, names)
    assert len(EXAMPLES) == 6 and names["rows_of"].function(64).get_suptitle() == "n = 64"


def test_files_and_commands_that_it_names_are_there():
    named = set(re.findall(r"`((?:superpos_lib|tests|tools|benchmarks|book)/[\w./]*)`", GUIDE))
    assert named and not [one for one in named if not (ROOT / one).exists()]
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"\bmake ([a-z]+)", GUIDE))
    assert {"chapter", "try", "test"} <= targets
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in targets)


@pytest.fixture
def copy(tmp_path):
    """The repository's text in another folder."""
    for name in NEEDED:
        path = ROOT / name
        if path.is_dir():
            shutil.copytree(path, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "*.jsonl"))
        else:
            shutil.copy(path, tmp_path / name)
    return tmp_path


def begin(copy, *arguments):
    call = [sys.executable, str(copy / "tools" / "chapter.py"), *arguments]
    return subprocess.run(call, cwd=copy, capture_output=True, text=True, check=False)


def test_a_chapter_that_is_begun_passes_the_tests_of_chapters(copy):
    done = begin(copy, "19_next_step", "The next step")
    assert done.returncode == 0 and "make try NAME=19_next_step" in done.stdout, done.stderr
    parts = yaml.safe_load((copy / "_toc.yml").read_text("utf-8"))["parts"]
    files = [one["file"] for part in parts for one in part["chapters"]]
    at = files.index("book/19_next_step")
    assert files[at - 1].startswith("book/18_") and not files[at + 1].startswith("book/1")
    tests = [f"tests/test_{name}.py" for name in ("chapters", "quizzes", "exercises")]
    call = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-k",
        "19_next_step",
    ]
    ran = subprocess.run(
        [*call, "--nbval-lax", *tests, "book/19_next_step.ipynb"],
        cwd=copy, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout[-3000:]
    cells = nbformat.read(copy / "book" / "19_next_step.ipynb", 4).cells
    code = sum(cell.cell_type == "code" for cell in cells)
    assert int(re.search(r"(\d+) passed", ran.stdout)[1]) >= code + 12


@pytest.mark.parametrize(
    ("name", "title", "said"),
    [
        ("next", "The next step", "NAME is two digits"),
        ("19_Next", "The next step", "NAME is two digits"),
        ("19_next", " ", "TITLE is what stands above"),
        ("19_next", 'The "next" step', "TITLE is what stands above"),
        ("07_next", "The next step", "There is a chapter 07 already: 07_permutation.ipynb"),
    ],
)
def test_what_cannot_be_begun_is_said_and_changes_nothing(copy, name, title, said):
    before = (copy / "_toc.yml").read_text("utf-8"), sorted((copy / "book").iterdir())
    done = begin(copy, name, title)
    assert done.returncode == 1 and said in done.stderr
    assert before == ((copy / "_toc.yml").read_text("utf-8"), sorted((copy / "book").iterdir()))


def test_a_chapter_may_come_before_all_others():
    toc = (ROOT / "_toc.yml").read_text("utf-8")
    without = re.sub(r"      - file: book/00_\w+\n.*\n", "", toc)
    first = next(chapter.LISTED.finditer(without)).group()
    made = chapter.listed(without, "00_before", "Before")
    assert made.index("book/00_before") < made.index(first)
