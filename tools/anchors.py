"""Addresses within a page: each id once, and the same when something is added before it.

sphinx-exercise numbers solutions that have no label by their position, and it and sphinx-proof give the
content of every solution, exercise and statement the same id. Here a solution is named after its exercise,
a proof after what it proves, and the content of each after the whole.
"""

import re
from collections import Counter

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx_exercise.nodes import solution_node

NUMBERED = re.compile(r".*-solution-\d+$")
CONTENT = {"exercise-content", "solution-content", "proof-content"}


def named_after(exercise):
    return f"sol-{exercise.removeprefix('ex-')}"


class Anchors(SphinxPostTransform):
    """On every page, as links see it."""

    default_priority = 960
    formats = ("html",)

    def run(self):
        stated, proofs = "", Counter()
        for node in self.document.findall(nodes.Element):
            if isinstance(node, solution_node) and NUMBERED.match(node["ids"][0]):
                node["ids"][:] = [named_after(node["target_label"])]
            elif node.get("realtype"):
                stated = node["ids"][0]
            elif isinstance(node, nodes.admonition) and node["ids"] == ["proof"]:
                proofs[stated] += 1
                node["ids"][:] = [f"proof-of-{stated}" + f"-{proofs[stated]}" * (proofs[stated] > 1)]
            elif isinstance(node, nodes.section) and CONTENT & set(node["ids"]):
                node["ids"][:] = [f"{one}-content" for one in node.parent["ids"][:1]]


def setup(app):
    app.add_post_transform(Anchors)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
