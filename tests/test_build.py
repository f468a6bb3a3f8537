"""When the book is built again, and how much of it."""

import re
import sys

import build
import pytest

RUN, COLOUR = build.run_jupyter_book, re.compile(r"\x1b\[[\d;]*m")


@pytest.fixture
def book(tmp_path, monkeypatch):
    """A folder with a book of one page, and what the builds of it left standing."""
    (tmp_path / "book").mkdir()
    (tmp_path / "superpos_lib").mkdir()
    for name in ("requirements.txt", "_config.yml", "_toc.yml", "book/page.md", "book/style.css"):
        (tmp_path / name).write_text(name)
    (tmp_path / "superpos_lib" / "codes.py").write_text("")
    site = tmp_path / "_build" / "html"
    for name, path in {
        "ROOT": tmp_path,
        "BUILD": tmp_path / "_build",
        "SITE": site,
        "RUNTIME": site / "_live",
        "STAMP": tmp_path / "_build" / "book.stamp",
        "EXECUTION_STAMP": tmp_path / "_build" / "execution.stamp",
    }.items():
        monkeypatch.setattr(build, name, path)
    stood = []

    def run_jupyter_book():
        kept = [name for name in ("outputs", "html/page.html") if (tmp_path / "_build" / name).exists()]
        stood.append(kept)
        (site / "_live").mkdir(parents=True, exist_ok=True)
        (site / "page.html").touch()
        (tmp_path / "_build" / "outputs").touch()
        return True, []

    monkeypatch.setattr(build, "run_jupyter_book", run_jupyter_book)
    assert build.build()
    stood.clear()
    return tmp_path, stood


def test_an_unchanged_book_is_not_built_again(book):
    assert build.build()
    assert book[1] == []


@pytest.mark.parametrize(
    ("changed", "stands"),
    [
        ("book/page.md", ["outputs", "html/page.html"]),
        # Sphinx, which looks at pages alone, would leave the old one in the site.
        ("book/style.css", ["outputs"]),
        ("_config.yml", ["outputs"]),
        ("book/new.md", ["outputs"]),
        ("superpos_lib/codes.py", []),
    ],
)
def test_what_a_change_leaves_standing(book, changed, stands):
    folder, stood = book
    (folder / changed).write_text("changed")
    assert build.build()
    assert stood == [stands]


def test_a_build_that_failed_is_done_again(book, monkeypatch):
    folder, stood = book
    (folder / "book" / "page.md").write_text("changed")
    with monkeypatch.context() as patched:
        patched.setattr(build, "run_jupyter_book", lambda: (False, []))
        assert not build.build()
    assert build.build()
    assert len(stood) == 1


SAID = [
    "[TerminalIPythonApp] WARNING: Kernel is running over TCP",
    "\x1b[31m/a/book/19_next.ipynb:30001: WARNING: undefined label: 'ex-x' [ref.ref]\x1b[39;49;00m",
    "Traceback (most recent call last):",
    '  raise ValueError("expected: one")',
    "ValueError: rows: expected a whole number, got 1.5",
    "/a/book/19_next.ipynb:30001: WARNING: undefined label: 'ex-x' [ref.ref]",
    "/a/book/20_last.ipynb: ERROR: Unknown directive type",
    "build finished with problems, 3 warnings.",
]
CAUSES = [
    "/a/book/19_next.ipynb:30001: WARNING: undefined label: 'ex-x' [ref.ref]",
    "ValueError: rows: expected a whole number, got 1.5",
    "/a/book/20_last.ipynb: ERROR: Unknown directive type",
]


def test_what_stopped_a_build_is_said_again_at_its_end(book, monkeypatch, capsys):
    ran = "import sys; sys.stderr.write(" + repr("\n".join([*SAID, ""])) + "); sys.exit(1)"
    monkeypatch.setattr(build, "COMMAND", [sys.executable, "-c", ran])
    monkeypatch.setattr(build, "run_jupyter_book", RUN)
    (book[0] / "book" / "page.md").write_text("changed")
    assert not build.build()
    lines = capsys.readouterr().err.splitlines()
    assert [COLOUR.sub("", one) for one in lines[:7]] == [COLOUR.sub("", one) for one in SAID[1:]]
    assert lines[7:] == ["The book was not built. From what stands above:", *(f"  {one}" for one in CAUSES)]


def test_many_messages_are_counted_and_none_is_said():
    many = build.summary([f"ERROR: {number}" for number in range(13)]).splitlines()
    assert len(many) == 1 + build.REPEATED + 1 and many[-1] == "  and 3 more, above"
    assert "more" not in build.summary([f"ERROR: {number}" for number in range(build.REPEATED)])
    assert build.summary([]).endswith("what stands above says why.")
