"""Directives and roles as plain Markdown."""

import myst
import pytest

NAMES = {
    "doc": {"06_codes": "Codes"},
    "ref": {"thm-a": "Theorem (A)", "ex-a": "Exercise (By hand)"},
    "cite": {"one2024": "(One 2024)", "two2023": "(Two 2023)"},
}
NESTED = """Before.

::::{exercise} By hand
:label: ex-a
How many?

:::{dropdown} Hint
Count, as in {prf:ref}`thm-a`.
:::
::::

After."""


def test_nested_directives_are_parsed():
    before, exercise, after = myst.blocks(NESTED)
    assert (before, after) == ("Before.", "After.")
    assert (exercise.name, exercise.title, exercise.options) == ("exercise", "By hand", {"label": "ex-a"})
    question, hint = exercise.body
    assert question == "How many?"
    assert hint.folded and hint.title == "Hint"


def test_a_fence_closes_with_as_many_marks_or_more():
    (outer,) = myst.blocks("````{note}\n```{tip} Inner\nx\n```\ny\n`````")
    assert [getattr(one, "name", one) for one in outer.body] == ["tip", "y"]


def test_code_is_left_alone():
    code = "```python\n:::{solution} x\n```"
    assert myst.blocks(code) == [code]


def test_a_fence_that_never_closes_is_named():
    with pytest.raises(ValueError, match=r"':::\{note\} Open' is never closed"):
        myst.blocks("Text\n:::{note} Open\nmore")


def test_written_without_myst():
    assert myst.plain(NESTED, NAMES) == (
        "Before.\n\n### Exercise: By hand\n\nHow many?\n\n"
        "<details><summary>Hint</summary>\n\nCount, as in *Theorem (A)*.\n\n</details>\n\nAfter."
    )


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        (":::{prf:theorem} A\n:label: thm-a\n$x$\n:::", "**Theorem (A).** $x$"),
        (":::{prf:lemma}\n$x$\n:::", "**Lemma.** $x$"),
        (":::{prf:proof}\nTrivial.\n:::", "*Proof.* Trivial. ∎"),
        (
            ":::{admonition} See\n:class: dropdown tip\nx\n:::",
            "<details><summary>See</summary>\n\nx\n\n</details>",
        ),
        (":::{admonition} In short\nx\n:::", "**In short**\n\nx"),
        (":::{note}\nx\n:::", "**Note**\n\nx"),
        (
            ":::{solution} ex-a\n:class: dropdown\nx\n:::",
            "<details><summary>Solution</summary>\n\nx\n\n</details>",
        ),
        ("in {doc}`06_codes` and {doc}`here <06_codes>`", "in *Codes* and here"),
        ("{doc}`/book/06_codes`", "*Codes*"),
        ("{cite}`one2024,two2023`", "(One 2024), (Two 2023)"),
        ("{ref}`ex-a`", "*Exercise (By hand)*"),
        ("a {term}`feature <features>`", "a feature"),
    ],
)
def test_each_directive_and_role(source, wanted):
    assert myst.plain(source, NAMES) == wanted


def test_what_is_left_out_leaves_no_gap():
    source = "a\n\n:::{solution} ex-a\nx\n:::\n\nb"
    assert myst.plain(source, NAMES, leave_out=("solution",)) == "a\n\nb"


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (":::{carousel} X\ny\n:::", "carousel"),
        ("{eq}`x`", "eq"),
        ("{doc}`99_none`", "99_none"),
        ("{prf:ref}`thm-none`", "thm-none"),
    ],
)
def test_what_it_does_not_know_is_named(source, said):
    with pytest.raises(ValueError, match=said):
        myst.plain(source, NAMES)


def test_labels_of_statements_exercises_and_headings():
    theorem = ":::{prf:theorem}\n:label: thm-b\nx\n:::"
    inside = f"::::{{admonition}} Aside\n{theorem.replace('-b', '-c')}\n::::"
    source = f"(a-heading)=\n## Here\n\n{NESTED}\n\n{theorem}\n\n{inside}"
    exercise = {"ex-a": "Exercise (By hand)"}
    assert myst.labels(source) == {
        "a-heading": "Here", **exercise, "thm-b": "Theorem", "thm-c": "Theorem"
    }  # fmt: skip
