"""Which symbols and terms of a page lead to their meaning."""

import lookups
import pytest
from docutils import nodes
from sphinx_design.dropdown import dropdown_title
from sphinx_proof.nodes import proof_node, theorem_node


def prose(text):
    """A paragraph; formulas stand between dollar signs."""
    parts = text.split("$")
    made = [nodes.math("", part) if place % 2 else nodes.Text(part) for place, part in enumerate(parts)]
    return nodes.paragraph("", "", *made)


def page(*parts):
    return nodes.section("", *parts)


def linked(node):
    """Its text, with what is a link in brackets: <n> is the first on its page, <<n>> is not."""
    shown = ""
    for one in node.findall(lambda leaf: not leaf.children):
        text, reference = one.astext(), one
        while reference is not None and not isinstance(reference, nodes.reference):
            reference = reference.parent
        if reference is not None:
            assert reference["internal"] and reference["refuri"] == f"#{text.lower().rstrip('s')}"
            text = f"<<{text}>>" if lookups.AGAIN in reference["classes"] else f"<{text}>"
        shown += text
    return shown


@pytest.mark.parametrize(
    ("parts", "shown"),
    [
        (["With $n$ and $m$ to $n$.", "As $n$ grows"], "With <n> and <m> to n.As <<n>> grows"),
        (["The $n+1$ and $n$."], "The n+1 and <n>."),
        (["No letters."], "No letters."),
    ],
)
def test_the_first_of_each_letter_in_each_part(parts, shown):
    tree = page(*(page(prose(part)) for part in parts))
    before = tree.astext()
    lookups.link_symbols(tree, {"n": "#n", "m": "#m"})
    assert linked(tree) == shown and tree.astext() == before


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("A hub, hubs and Hubs.", "A <hub>, hubs and Hubs."),
        ("Hubs, a clip, a read-out", "<Hubs>, a <clip>, a <read-out>"),
        ("the clip-on of a subhub, hubbub", "the clip-on of a subhub, hubbub"),
        ("A hub cap, a hub", "A <hub cap>, a <hub>"),
    ],
)
def test_the_first_of_each_term_as_a_word(text, shown):
    tree = page(prose(text))
    terms = ("hub", "clip", "hub cap", "read-out")
    lookups.link_terms(tree, {term: f"#{term}" for term in terms})
    assert linked(tree) == shown and tree.astext() == text


@pytest.mark.parametrize(
    "box",
    [
        *(proof_node, nodes.title, nodes.block_quote, nodes.reference, nodes.admonition, nodes.literal),
        dropdown_title,
    ],
)
def test_what_is_left_alone(box):
    tree = page(box("", prose("A hub of $n$.")), theorem_node("", prose("Then $n$ hubs.")))
    lookups.link_symbols(tree, {"n": "#n"})
    lookups.link_terms(tree, {"hub": "#hub"})
    first, second = tree.children
    assert not [one for one in first.findall(nodes.reference) if "lookup" in one["classes"]]
    assert linked(second) == "Then <n> <hubs>."


def test_ids_differ_where_letters_do():
    letters = [
        "d",
        "D",
        "D_1",
        "m",
        "m'",
        r"\delta",
        r"\lambda",
        r"\Lambda",
        "s_i",
        "S",
        "I_h",
        r"\bar x",
        "x",
    ]
    made = [lookups.identity(letter) for letter in letters]
    assert len(set(made)) == len(letters) and all(one.startswith("symbol-") for one in made)


@pytest.mark.parametrize(
    ("letter", "words"),
    [
        ("m'", "m prime"),
        ("C", "C"),
        (r"\theta", "theta"),
        ("s_i", "s i"),
        (r"\bar x", "x bar"),
        (r"\mathcal F", "F"),
        (r"\mathit{off}", "off"),
        ("(a_i, b_i)", "(a i, b i)"),
        (r"\ell_r", "ell r"),
    ],
)
def test_letters_have_names_in_words(letter, words):
    tree = page(prose(f"Of ${letter}$."))
    lookups.link_symbols(tree, {letter: "#there"})
    (reference,) = tree.findall(nodes.reference)
    assert reference["reftitle"] == words
