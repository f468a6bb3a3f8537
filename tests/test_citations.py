"""Citations without Sphinx: every key of every chapter has its words, and nothing else changes."""

import json
from pathlib import Path

import citations
import pytest

BOOK = Path(__file__).parents[1] / "book"
EVERY = citations.every()
CELL = {"cell_type": "markdown", "id": "a", "source": "Here {cite}`one2024`, {doc}`06_codes`."}
CITED = {"one2024": "([One 2024](https://example.org))", "two2023": "(Two 2023)"}


def cited(source, kind="markdown"):
    (cell,) = citations.cited([CELL | {"cell_type": kind, "source": source}], CITED)
    assert cell["id"] == "a"
    return cell["source"]


def test_keys_become_words_and_other_roles_stay():
    assert cited(CELL["source"]) == "Here ([One 2024](https://example.org)), {doc}`06_codes`."
    assert cited("{cite}`one2024,two2023`") == "([One 2024](https://example.org)), (Two 2023)"
    assert cited(["One\n", "{cite}`two2023`\n", "end"]) == ["One\n", "(Two 2023)\n", "end"]


def test_code_and_what_cites_nothing_stay_as_they_are():
    assert cited("x = '{cite}`one2024`'", "code") == "x = '{cite}`one2024`'"
    assert citations.cited([CELL | {"source": "None."}], CITED) == [CELL | {"source": "None."}]


def test_a_key_that_nobody_has_is_named():
    with pytest.raises(ValueError, match="`three` names what is not in the book"):
        cited("{cite}`three`")


@pytest.mark.parametrize("path", sorted(BOOK.glob("*.ipynb")), ids=lambda path: path.stem)
def test_no_chapter_keeps_a_key(path):
    cells = json.loads(path.read_text("utf-8"))["cells"]
    written = citations.cited(cells, EVERY)
    assert "{cite" in json.dumps(cells) and "{cite" not in json.dumps(written)
    assert json.dumps(written).count("://") > json.dumps(cells).count("://")
