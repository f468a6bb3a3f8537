"""Code is folded: each cell of a page is a line that opens, below the figure that the cell draws.

Notebooks keep their cells as they are. A cell that readers change (tag `exercise`) is never folded. Opening
needs no script; `folds.js` opens what an address leads to, and all code at once.
"""

import ast
import re

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

CLASS = "folded-code"
FIGURE = re.compile(r"<(?:img|svg|figure)\b")
# Lines that only IPython understands.
MAGIC = re.compile(r"^(\s*)[%!].*$", re.MULTILINE)
# What a summary says of a cell stays in one line on a phone.
LONGEST = 44
ALL_CODE = (
    '<p class="all-code"><label><input type="checkbox" role="switch" autocomplete="off">'
    " Show all code</label></p>"
)


class folded_code(nodes.Element):
    """The code of a cell, and what to say of it while it is folded."""


def visit_folded_code(writer, node):
    writer.body.append(f'<details class="{CLASS}"><summary>{writer.encode(node["summary"])}</summary>\n')


def depart_folded_code(writer, node):
    writer.body.append("</details>\n")


def names(statement):
    """What a statement of a cell binds."""
    match statement:
        case ast.FunctionDef(name=name):
            yield name
        case ast.Assign(targets=targets):
            for target in targets:
                yield from (one.id for one in ast.walk(target) if isinstance(one, ast.Name))


def summary(source, tags, draws):
    """What a folded cell is, in a few words: its first comment, or what its statements do."""
    if "check" in tags:
        return "Code of the check"
    if draws:
        return "Code of this figure"
    if source.startswith("#"):
        comment = source.splitlines()[0].lstrip("# ").rstrip(".")
        if len(comment) <= LONGEST:
            return f"Code: {comment}"
    statements = ast.parse(MAGIC.sub(r"\1pass", source)).body
    if all(isinstance(one, ast.Import | ast.ImportFrom) for one in statements):
        return "Code: imports"
    bound = list(dict.fromkeys(name for one in statements for name in names(one)))
    if any(isinstance(one, ast.Assert) for one in statements):
        return "Code of a checked claim"
    return f"Code that defines {listed(bound)}" if bound else "Code of the output"


def listed(words):
    """As many of them as there is room for."""
    text = words[0]
    for word in words[1:]:
        if len(f"{text}, {word}") > LONGEST:
            return f"{text}, …"
        text = f"{text}, {word}"
    return text


def draws_figure(cell):
    """Whether a cell's output is a picture or an explorer."""
    raws = (node.astext() for node in cell.findall(nodes.raw))
    return any(True for _ in cell.findall(nodes.image)) or any(map(FIGURE.search, raws))


def is_cell(node):
    return isinstance(node, nodes.container) and node.get("nb_element") == "cell_code"


def fold(cell):
    """Fold the code of a cell; if it draws, put it below. Returns whether there was any."""
    code = next((one for one in cell if one.get("nb_element") == "cell_code_source"), None)
    tags = {name.removeprefix("tag_") for name in cell["classes"]}
    cell.attributes.pop("hide_mode", None)
    if code is None or "exercise" in tags:
        return False
    draws = draws_figure(cell)
    folded = folded_code("", summary=summary(code.astext(), tags, draws))
    cell.replace(code, folded)
    folded += code
    if draws:
        cell.remove(folded)
        cell += folded
    return True


class Folding(SphinxPostTransform):
    """Every code cell of every page, and one switch for all."""

    # After outputs have been chosen, and before MyST-NB folds what a notebook asks for.
    default_priority = 198
    formats = ("html",)

    def run(self):
        found = [fold(cell) for cell in list(self.document.findall(is_cell))]
        if any(found):
            title = next(self.document.findall(nodes.title))
            title.parent.insert(1, nodes.raw("", ALL_CODE, format="html"))


def setup(app):
    app.add_node(folded_code, html=(visit_folded_code, depart_folded_code))
    app.add_post_transform(Folding)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
