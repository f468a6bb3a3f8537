"""Formulas and the signs that touch them, numbers and their %."""

import pytest
import unbroken
from docutils import nodes


def paragraph(*parts):
    return nodes.paragraph(
        "", "", *[nodes.math("", "x") if part is None else nodes.Text(part) for part in parts]
    )


def kept(node):
    """A paragraph's text, with what may not be broken in brackets; a formula is an x."""
    return "".join(f"<{one.astext()}>" if isinstance(one, nodes.inline) else one.astext() for one in node)


@pytest.mark.parametrize(
    ("parts", "shown"),
    [
        (
            ["Let ", None, ". Then ", None, ", or (", None, ") and ", None, "."],
            "Let <x.> Then <x,> or <(x)> and <x.>",
        ),
        ([None, ", (", None], "<x,> <(x>"),
        (["(", None, ")"], "<(x)>"),
        ([None, " and ", None, "-th"], "x and x-th"),
        ([None, None], "xx"),
        ([None], "x"),
    ],
)
def test_signs_stay_with_their_formula(parts, shown):
    node = paragraph(*parts)
    for formula in list(node.findall(nodes.math)):
        unbroken.keep_together(formula)
    assert kept(node) == shown
    assert node.astext() == paragraph(*parts).astext()
    assert all(one.parent is not None for one in node.findall(nodes.math))


def test_a_number_stays_with_its_percent_sign():
    node = paragraph("99 % of 5 % 3")
    unbroken.keep_percents(node[0])
    assert node.astext() == "99\xa0% of 5\xa0% 3"
