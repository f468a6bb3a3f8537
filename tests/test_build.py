"""When the book is built again, and how much of it."""

import build
import pytest


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
        return 0

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
        patched.setattr(build, "run_jupyter_book", lambda: 1)
        assert not build.build()
    assert build.build()
    assert len(stood) == 1
