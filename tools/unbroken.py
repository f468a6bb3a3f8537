"""What stays in one line: a formula with the sign behind it or the bracket before it, a number with its %.

For a browser a formula is a box, and a line may end between it and a full stop.
"""

import re

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

CLASS = "unbroken"
BEHIND = re.compile(r"[.,;:!?)\]’”]+")
BEFORE = re.compile(r"[(\[“‘]+$")
PERCENT = re.compile(r"(?<=\d) (?=%)")
# Code, formulas, and the HTML of figures.
AS_IT_IS = nodes.literal | nodes.math | nodes.FixedTextElement


def split(text, at):
    """The two parts of a text, without what would be empty."""
    return [nodes.Text(part) for part in (text[:at], text[at:]) if part]


def keep_together(formula):
    """Put an inline formula and the signs that touch it into one node, which may not be broken."""
    parent, group = formula.parent, nodes.inline(classes=[CLASS])
    place = parent.index(formula)
    inside = [formula]
    behind = parent[place + 1] if place + 1 < len(parent) else None
    if isinstance(behind, nodes.Text) and (signs := BEHIND.match(behind)):
        first, *rest = split(str(behind), signs.end())
        parent[place + 1 : place + 2] = rest
        inside = [formula, first]
    before = parent[place - 1] if place else None
    if isinstance(before, nodes.Text) and (signs := BEFORE.search(before)):
        *rest, last = split(str(before), signs.start())
        parent[place - 1 : place] = rest
        inside = [last, *inside]
    if len(inside) > 1:
        place = parent.index(formula)
        parent[place : place + 1] = [group]
        group.extend(inside)


def keep_percents(text):
    """A number and its % with a space between them at which no line ends."""
    text.parent.replace(text, nodes.Text(PERCENT.sub("\xa0", text)))


class Unbroken(SphinxPostTransform):
    """Both, on every page."""

    default_priority = 900
    formats = ("html",)

    def run(self):
        for formula in list(self.document.findall(nodes.math)):
            keep_together(formula)
        for text in list(self.document.findall(nodes.Text)):
            if PERCENT.search(text) and not isinstance(text.parent, AS_IT_IS):
                keep_percents(text)


def setup(app):
    app.add_post_transform(Unbroken)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
