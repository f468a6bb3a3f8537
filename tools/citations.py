"""How citations read where no Sphinx sets them: in packs and in the notebooks that browsers open."""

from pathlib import Path

import myst
from pybtex.database import parse_file
from pybtex.richtext import Text

BIBLIOGRAPHY = Path(__file__).resolve().parent.parent / "book" / "references.bib"


def every():
    """key -> citation of everything in the bibliography."""
    return {key: citation(entry) for key, entry in parse_file(str(BIBLIOGRAPHY)).entries.items()}


def citation(entry):
    """(Adler and Shavit 2024), as a link where there is one; without authors it is the title."""
    people = [str(Text.from_latex(" ".join(one.last_names))) for one in entry.persons.get("author", ())]
    if len(people) > 2 or "others" in people[1:]:
        people = [f"{people[0]} and others"]
    who = " and ".join(people) or str(Text.from_latex(entry.fields["title"]))
    label = " ".join([who, entry.fields.get("year", "")]).strip()
    return f"([{label}]({entry.fields['url']}))" if "url" in entry.fields else f"({label})"


def cited(cells, citations):
    """Cells of a notebook's file with citations in place of their keys, all else as it was."""
    return [cell if cell["cell_type"] != "markdown" else _cited(cell, citations) for cell in cells]


def _cited(cell, citations):
    """The source is one text or a list of its lines."""
    text = "".join(cell["source"])
    written = myst.ROLE.sub(lambda role: _role(role, citations), text)
    if written == text:
        return cell
    return cell | {
        "source": written if isinstance(cell["source"], str) else written.splitlines(keepends=True)
    }


def _role(role, citations):
    if myst.TABLES.get(role["name"]) != "cite":
        return role[0]
    return myst.plain(role[0], {"cite": citations})
