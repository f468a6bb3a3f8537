"""Chapters' text without MyST: its directives and roles as Markdown that any notebook editor shows.

::::{exercise} By hand          ### Exercise: By hand
:label: ex-hand
How many?                       How many?

:::{dropdown} Hint              <details><summary>Hint</summary>
Count.                          Count.
:::                             </details>
::::
"""

import re
from dataclasses import dataclass, field

OPEN = re.compile(r"^ {0,3}(?P<fence>:{3,}|`{3,}|~{3,})(?:\{(?P<name>[\w:.-]+)\}[ \t]*(?P<title>.*))?")
OPTION = re.compile(r"^\s*:(?P<key>[\w-]+):[ \t]*(?P<value>.*)$")
ROLE = re.compile(r"\{(?P<name>[\w:.-]+)\}(?P<ticks>`+)(?P<text>.+?)(?P=ticks)", re.DOTALL)
EXPLICIT = re.compile(r"(?P<shown>.*?)\s*<(?P<target>[^>]+)>", re.DOTALL)
HEADING_LABEL = re.compile(r"^\((?P<label>[\w:.-]+)\)=\n#+ (?P<title>.+)$", re.MULTILINE)
# Which of the tables of names a role looks into.
TABLES = {"doc": "doc", "ref": "ref", "numref": "ref", "prf:ref": "ref", "cite": "cite", "cite:t": "cite"}


@dataclass(frozen=True)
class Directive:
    """`:::{name} title`, its options, and what stands inside: texts and directives."""

    name: str
    title: str
    options: dict = field(default_factory=dict)
    body: tuple = ()

    @property
    def kind(self):
        """What a reader calls it: "theorem" for `prf:theorem`."""
        return self.name.removeprefix("prf:")

    @property
    def folded(self):
        return self.name == "dropdown" or "dropdown" in self.options.get("class", "").split()


def blocks(source):
    """The texts and directives of a Markdown source, in order.

    A ValueError names a fence that never closes.
    """
    found, text, lines = [], [], source.split("\n")
    at = 0
    while at < len(lines):
        opening = OPEN.match(lines[at])
        if not opening:
            text.append(lines[at])
            at += 1
            continue
        end = _closing(lines, at, opening["fence"])
        if opening["name"] is None:
            text += lines[at : end + 1]
        else:
            found += [*_joined(text), _directive(opening, lines[at + 1 : end])]
            text = []
        at = end + 1
    return [*found, *_joined(text)]


def _joined(lines):
    text = "\n".join(lines).strip("\n")
    return [text] if text.strip() else []


def _closing(lines, at, fence):
    close = re.compile(rf"^ {{0,3}}{fence[0]}{{{len(fence)},}}\s*$")
    for number in range(at + 1, len(lines)):
        if close.match(lines[number]):
            return number
    raise ValueError(f"{lines[at].strip()!r} is never closed")


def _directive(opening, lines):
    options = {}
    while lines and (option := OPTION.match(lines[0])):
        options[option["key"]] = option["value"].strip()
        lines = lines[1:]
    return Directive(opening["name"], opening["title"].strip(), options, tuple(blocks("\n".join(lines))))


def labels(source):
    """label -> how a reference to it reads, for all that a Markdown source labels."""
    found = {match["label"]: match["title"].strip() for match in HEADING_LABEL.finditer(source)}
    for one in directives(source):
        if "label" in one.options:
            kind = one.kind.capitalize()
            found[one.options["label"]] = f"{kind} ({one.title})" if one.title else kind
    return found


def directives(source):
    """All directives of a Markdown source, also those within others."""
    waiting = blocks(source)
    while waiting:
        one = waiting.pop(0)
        if isinstance(one, Directive):
            yield one
            waiting[:0] = one.body


def plain(source, names, leave_out=()):
    """The source as plain Markdown with a little HTML, without the directives whose names are left out.

    `names` says how roles read: {"doc": {"06_codes": "Codes"}, "ref": ..., "cite": ...}. A ValueError
    names a role or a directive that this function does not know, or a target that nobody has.
    """
    return written(blocks(source), names, leave_out)


def written(found, names, leave_out=()):
    """`plain` of texts and directives that `blocks` found."""
    parts = (_text(one, names) if isinstance(one, str) else _block(one, names, leave_out) for one in found)
    return "\n\n".join(part for part in parts if part)


def _block(directive, names, leave_out):
    if directive.name in leave_out:
        return ""
    inside = written(directive.body, names, leave_out)
    title, kind = _text(directive.title, names), directive.kind.capitalize()
    if directive.name == "solution" or directive.folded:
        return _folded("Solution" if directive.name == "solution" else title, inside)
    if directive.name == "exercise":
        return f"### Exercise: {title}\n\n{inside}"
    if directive.name == "prf:proof":
        return f"*Proof.* {inside} ∎"
    if directive.name.startswith("prf:"):
        return f"**{kind} ({title}).** {inside}" if title else f"**{kind}.** {inside}"
    if directive.name in ("admonition", "note", "important", "tip", "warning", "grid-item-card"):
        return f"**{title or kind}**\n\n{inside}"
    if directive.name == "grid":
        return inside
    raise ValueError(f"a directive that nothing here can write without MyST: {directive.name}")


def _folded(summary, inside):
    return f"<details><summary>{summary}</summary>\n\n{inside}\n\n</details>"


def _text(text, names):
    return ROLE.sub(lambda role: _role(role["name"], role["text"], names), text)


def _role(name, text, names):
    explicit = EXPLICIT.fullmatch(text)
    target = (explicit["target"] if explicit else text).strip()
    if name == "term":
        return explicit["shown"] if explicit else text
    table = TABLES.get(name)
    if table is None:
        raise ValueError(f"a role that nothing here can write without MyST: {name}")
    keys = [key.strip().rsplit("/", 1)[-1] for key in (target.split(",") if table == "cite" else [target])]
    for key in keys:
        if key not in names[table]:
            raise ValueError(f"{{{name}}}`{text}` names what is not in the book")
    if explicit:
        return explicit["shown"]
    shown = (names[table][key] for key in keys)
    return ", ".join(shown) if table == "cite" else f"*{next(shown)}*"
