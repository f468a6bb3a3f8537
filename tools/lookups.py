"""Symbols and terms lead to what they mean, where a reader meets them first.

`book/notation.md` says what each letter stands for, in which chapter it is first met, and which chapters
borrow it for something else. Wherever else a formula is such a letter and nothing more, the first one of a
section becomes a link to its row, which `preview.js` shows beside it. So does the first of each term of the
glossary on a page, unless it is a word of every day. Proofs and exercises, which have letters of their own,
headings, what is clicked on, and the boxes beside the text are left alone.
"""

import itertools
import re

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx_design.dropdown import dropdown_title
from sphinx_exercise.nodes import exercise_enumerable_node, exercise_node, solution_node
from sphinx_proof.nodes import proof_node

TABLES = "book/notation"
CHAPTER = re.compile(r"book/((\d\d)_\w+)$")
# Those links are after the first of a page.
CLASS, AGAIN = "lookup", "again"
# What a letter is said to be, or to be in, behind it.
SAID = re.compile(r"\s*(?:=|\\in\b).*", re.DOTALL)
# Words of every day, those that stand in every paragraph, and those that mean something else as well.
EVERYDAY = {
    *("active", "capacity", "clip", "code", "exhaustive", "feature", "floor", "heavy", "least squares"),
    *("light", "load", "machine", "matching", "meeting", "mixed", "neuron", "overlap", "owner"),
    *("parameters", "power law", "row", "sampled", "star", "superposition", "targeted", "weight"),
}
LEFT_ALONE = (
    *(nodes.title, nodes.reference, addnodes.pending_xref, nodes.literal, nodes.FixedTextElement),
    *(nodes.table, nodes.block_quote, nodes.admonition, dropdown_title),
    *(proof_node, exercise_node, exercise_enumerable_node, solution_node),
)


def chapters(entry):
    """The chapters that an entry of a table names."""
    return {link["reftarget"] for link in entry.findall(addnodes.pending_xref) if link["reftype"] == "doc"}


def letters(entry):
    """The letters of an entry, as they are written in TeX."""
    return [SAID.sub("", formula.astext()) for formula in entry.findall(nodes.math)]


def rows(table):
    """Each row of a table but its head: (row, its entries)."""
    return [(row, list(row.findall(nodes.entry))) for row in next(table.findall(nodes.tbody)).children]


def tables_of_letters(document):
    """The tables of symbols and of what chapters borrow; that of colours comes after them."""
    return itertools.islice(document.findall(nodes.table), 2)


def identity(letter):
    """The id of the row that explains a letter: small letters alone, and each row has its own."""
    spelled = re.sub("[A-Z]", lambda capital: f" capital {capital[0]} ", letter.replace("'", " prime"))
    return nodes.make_id(f"symbol {spelled}")


def spoken(letter):
    """A letter in words, for who does not see it."""
    plain = re.sub(r"\\(?:mathcal|mathit|bar)\b", "", letter).replace("'", " prime ")
    return " ".join(re.sub(r"[\\{}_^]", " ", plain).split()) + (" bar" if "\\bar" in letter else "")


def explained(symbols):
    """From the table of symbols: {letter: (id of its row, the chapter where it is first met)}."""
    found = {}
    for _, (names, _, met) in rows(symbols):
        listed = letters(names)
        found |= {letter: (identity(listed[0]), min(chapters(met), default="")) for letter in listed}
    return found


def borrowed(table, chapter):
    """The letters that a chapter has borrowed for something else."""
    entries = [(names, where) for _, (names, where, _) in rows(table)]
    return {letter for names, where in entries if chapter in chapters(where) for letter in letters(names)}


def spellings(term):
    """One and many."""
    return term, (f"{term[:-1]}ies" if term.endswith("y") else f"{term}s")


def free(node):
    """Whether a node stands in running text."""
    while (node := node.parent) is not None:
        if isinstance(node, LEFT_ALONE):
            return False
    return True


def link(node, uri, *classes, **named):
    """A link around a node that has no place yet."""
    reference = nodes.reference(refuri=uri, internal=True, classes=[CLASS, *classes], **named)
    reference += node
    return reference


def link_symbols(page, uris):
    """Link the first of each letter in each part of a page; `uris` has their addresses."""
    met = set()
    for part in page.children:
        here = set()
        for formula in list(part.findall(nodes.math)):
            letter = formula.astext()
            if letter in uris and letter not in here and free(formula):
                again = [AGAIN] if letter in met else []
                named = link(formula.deepcopy(), uris[letter], *again, reftitle=spoken(letter))
                formula.parent.replace(formula, named)
                here.add(letter)
        met |= here


def link_terms(page, uris):
    """Link the first of each term on a page."""
    spelled = {spelling.lower(): term for term in uris for spelling in spellings(term)}
    longest_first = sorted(map(re.escape, spelled), key=len, reverse=True)
    pattern = re.compile(rf"(?<![\w-])(?:{'|'.join(longest_first)})(?![\w-])", re.IGNORECASE)
    left = dict(uris)
    for text in list(page.findall(nodes.Text)):
        parts, at = [], 0
        for found in pattern.finditer(text) if free(text) else ():
            if uri := left.pop(spelled[found[0].lower()], None):
                parts += [nodes.Text(text[at : found.start()]), link(nodes.Text(found[0]), uri)]
                at = found.end()
        if parts:
            text.parent.replace(text, [*parts, nodes.Text(text[at:])])


class Lookups(SphinxPostTransform):
    """Rows of the table that can be linked to, and the links of the chapters."""

    # After formulas have been put together with the signs that touch them.
    default_priority = 950
    formats = ("html",)

    def run(self):
        if self.env.docname == TABLES:
            symbols, _ = tables_of_letters(self.document)
            for row, (names, *_) in rows(symbols):
                row["ids"].append(identity(letters(names)[0]))
        elif match := CHAPTER.match(self.env.docname):
            symbols, borrows = tables_of_letters(self.env.get_doctree(TABLES))
            chapter, page = match[1], self.document[0]
            taken = borrowed(borrows, chapter)
            known = {a: one for a, (one, met) in explained(symbols).items() if met <= chapter}
            link_symbols(page, {a: self.uri(one) for a, one in known.items() if a not in taken})
            link_terms(page, dict(self.terms()))

    def uri(self, identity):
        return f"{self.app.builder.get_relative_uri(self.env.docname, TABLES)}#{identity}"

    def terms(self):
        """(term, address) for each of the glossary that is no word of every day."""
        for (kind, entry), (page, identity, *_) in self.env.get_domain("std").objects.items():
            if kind == "term" and page == TABLES:
                yield from ((one, self.uri(identity)) for one in entry.split(", ") if one not in EVERYDAY)


def setup(app):
    app.add_post_transform(Lookups)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
