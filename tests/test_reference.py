"""Pages made from docstrings, and that every statement of the book has a test that names it."""

from pathlib import Path

import pytest
import reference
from sphinx.errors import ExtensionError

from superpos_lib import Code, bounds

ROOT = Path(__file__).parent.parent
CHAPTERS = sorted((ROOT / "book").glob("*.ipynb"))
DOCSTRING = """One sentence with m' * n and `a * b`.

    x = C y

Theorem: thm-a, thm-b.

Parameters
----------
m, n : int
    Features and
    neurons.
rng : numpy.random.Generator

Raises
------
ValueError
    Too few.

Examples
--------
>>> 1 + 1
2
"""
MARKDOWN = """One sentence with m' \\* n and `a * b`.

```text
x = C y
```

Proved: {prf:ref}`thm-a`, {prf:ref}`thm-b`.

**Parameters**

- `m, n` (int): Features and neurons.
- `rng` (numpy.random.Generator)

**Raises**

- `ValueError`: Too few.

**Examples**

```python
>>> 1 + 1
2
```"""


def test_a_docstring_as_markdown():
    assert reference.markdown(DOCSTRING) == MARKDOWN


def test_tables_stay_tables():
    assert (
        reference.markdown("A.\n\n| m | n |\n|---|---|\n| 1 | 2 |")
        == "A.\n\n| m | n |\n|---|---|\n| 1 | 2 |"
    )


def test_a_table_between_rules_keeps_its_columns():
    table = "====  ====\nm     n\n====  ====\n4     2\n====  ===="
    assert reference.markdown(f"A.\n\n{table}") == f"A.\n\n```text\n{table}\n```"


def test_the_reference_holds_every_public_name():
    text = reference.library()
    for module in reference.modules():
        # Colours and such are no one's entrance to the library.
        for name in filter(lambda name: callable(getattr(module, name)), getattr(module, "__all__", ())):
            assert f"### {name}\n" in text, f"{module.__name__}.{name}"
    assert f"({reference.target('superpos_lib.codes', Code)})=" in text
    assert f"({reference.target('superpos_lib.bounds', bounds.capacity)})=" in text


def test_every_statement_is_checked_by_a_test():
    stated = reference.statements(CHAPTERS)
    assert len(stated) > 40
    unchecked = stated.keys() - reference.mentions(ROOT / "tests").keys()
    assert not unchecked, "no test's docstring names it"


def test_the_table_names_functions_and_tests():
    table = reference.behind(CHAPTERS)
    (row,) = [line for line in table.split("\n") if "`capacity-theorem`" in line]
    assert "[`capacity`](superpos_lib.bounds.capacity)" in row
    assert "capacity lies between the explicit bounds (`test_bounds`)" in row


def test_a_name_that_no_chapter_states_is_an_error():
    with pytest.raises(ExtensionError, match="and no chapter states it"):
        reference.behind(CHAPTERS[:2])
