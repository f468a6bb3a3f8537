"""Formulas in plain signs, and what a folded cell is called."""

import folding
import plain
import pytest


@pytest.mark.parametrize(
    ("source", "signs"),
    [
        (r"\sqrt{m' \log m'}", "√(m' log m')"),
        (r"\sqrt{m'} \log m'", "√(m') log m'"),
        (r"n_{in} \le n", "n_in ≤ n"),
        (r"2^{-k}", "2^(-k)"),
        (r"\tfrac12", "1/2"),
        (r"\log_2(m'!)", "log₂(m'!)"),
        (r"\max(0, s)", "max(0, s)"),
        ("2{,}500", "2,500"),
        ("x^{10}", "x¹⁰"),
        ("a - b", "a - b"),
        (r"\begin{aligned} x \end{aligned}", plain.LEFT_OUT),
        (r"\sqrt{", plain.LEFT_OUT),
        ("+".join("abcdefghijklmnopqrst"), plain.LEFT_OUT),
    ],
)
def test_a_formula_has_plain_signs_or_is_left_out(source, signs):
    assert plain.formula(source) == signs


@pytest.mark.parametrize(
    ("source", "tags", "draws", "said"),
    [
        ("import numpy as np", (), False, "Code: imports"),
        ("# Draw a code.\nx = 1", (), False, "Code: Draw a code"),
        ("x = 1\ny, z = 2, 3", (), False, "Code that defines x, y, z"),
        ("def f():\n    a = 1", (), False, "Code that defines f"),
        ("x = 1\nassert x", (), False, "Code of a checked claim"),
        ("%pip install x\nprint(1)", (), False, "Code of the output"),
        ("x = 1", (), True, "Code of this figure"),
        ("print(verdict(fault))", ("check",), False, "Code of the check"),
        (
            " = ".join(f"a_long_name_{i}" for i in range(9)) + " = 1",
            (),
            False,
            "Code that defines a_long_name_0, a_long_name_1, a_long_name_2, …",
        ),
    ],
)
def test_a_folded_cell_says_what_it_is(source, tags, draws, said):
    assert folding.summary(source, set(tags), draws) == said
