"""Pages made from docstrings, and that every statement of the book has a test that names it."""

import re
from pathlib import Path

import nbformat
import pytest
import reference
from nbformat.v4 import new_markdown_cell, new_notebook
from sphinx.errors import ExtensionError

from superpos_lib import Code, bounds

ROOT = Path(__file__).parent.parent
PAGES = [*sorted((ROOT / "book").glob("*.ipynb")), *sorted((ROOT / "book").glob("*.md"))]
DOCSTRING = """One sentence with m' * n, C_r < |w|, {1} and `a * b`.

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
MARKDOWN = """One sentence with m' \\* n, C\\_r \\< \\|w\\|, \\{1} and `a * b`.

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


def test_fields_are_a_list():
    fields = "n : neurons\nfailures : on how many, with *at\n    most* 2 * 3 of m_0"
    shown = "- `n`: neurons\n- `failures`: on how many, with *at most* 2 \\* 3 of m\\_0"
    assert reference.markdown(f"A.\n\n{fields}") == f"A.\n\n{shown}"
    assert not reference.markdown(f"A.\n\n{fields}\nno field").startswith("A.\n\n-")


def test_emphasis_stays_emphasis():
    said = "*Proof.* For **every** a * b, c*d and *m_0* of `*args*`: **kwargs."
    shown = "*Proof.* For **every** a \\* b, c\\*d and \\*m\\_0\\* of `*args*`: \\*\\*kwargs."
    assert reference.markdown(said) == shown


def test_no_address_in_memory_is_shown():
    assert not re.search(r" at 0x[0-9a-f]+>", reference.library())


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
    # Links know no capitals: the class Choice, and the function choice beside it.
    targets = [line.lower() for line in text.split("\n") if re.fullmatch(r"\(superpos_lib[\w.-]*\)=", line)]
    assert len(set(targets)) == len(targets) > 50


def test_every_statement_is_checked_by_a_test():
    stated = reference.statements(PAGES)
    assert len(stated) > 40
    unchecked = stated.keys() - reference.mentions(ROOT / "tests").keys()
    assert not unchecked, "no test's docstring names it"


def test_the_table_names_functions_and_tests():
    table = reference.behind(PAGES)
    (row,) = [line for line in table.split("\n") if "`capacity-theorem`" in line]
    assert "[`capacity`](superpos_lib.bounds.capacity)" in row
    assert "capacity lies between the explicit bounds (`test_bounds`)" in row


def test_the_appendix_is_in_the_table():
    (row,) = [line for line in reference.behind(PAGES).split("\n") if "`tail-above`" in line]
    assert "{doc}`Tail bounds <tail_bounds>`" in row
    assert "four bounds are above the truth" in row


def test_a_name_that_no_chapter_states_is_an_error():
    with pytest.raises(ExtensionError, match="and no page states it"):
        reference.behind(PAGES[:2])


def stated(folder, *texts):
    """A chapter that states these."""
    path = folder / "99_new.ipynb"
    cells = [new_markdown_cell(f":::{{prf:theorem}} {text}\nx\n:::") for text in texts]
    nbformat.write(new_notebook(cells=cells), path)
    return path


def test_a_statement_without_a_label_is_an_error(tmp_path):
    with pytest.raises(ExtensionError, match=r"99_new\.ipynb: theorem \(Nameless\) has no label"):
        reference.statements([stated(tmp_path, "Nameless")])


def test_a_bar_in_a_title_ends_no_column(tmp_path):
    new = stated(tmp_path, "Of size $|c|$\n:label: thm-new")
    (row,) = [line for line in reference.behind([*PAGES, new]).split("\n") if "thm-new" in line]
    assert re.split(r"(?<!\\)\|", row)[1] == " {prf:ref}`thm-new` Of size $\\|c\\|$ "
