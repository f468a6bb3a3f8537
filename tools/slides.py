"""Slides from a chapter's own cells: a page that opens in any browser, without a network, beside MathJax.

A chapter's title, its claims and definitions, each figure, short code with what it printed, its exercises
with the cell to change, and each question of its check become slides. A figure can be moved where the
folder of its states lies beside the file, as in a chapter's pack. All other text is on the sheet of notes.
"""

import base64
import html
import json
import re
from dataclasses import dataclass, field
from pathlib import Path

import figures_of_page as figures
import myst
import quizzes
from markdown_it import MarkdownIt
from mdit_py_plugins.amsmath import amsmath_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin

TEMPLATE = Path(__file__).with_name("templates") / "slides.html"
# What a class is asked.
QUESTION = re.compile(r"\*\*[^*]+\?\*\*|\*\*Before you[^*]+\*\*.+", re.DOTALL)
# What fits on a slide, in lines.
LINES = 14
# A figure higher than that, in widths, stands beside its heading.
TALL = 0.75
# A cell to change stands below its question, if it has so many lines at most.
SHORT = 5
EXERCISE, CHECK = "exercise", "check"


@dataclass
class Slide:
    """A heading, HTML, notes, and whether it goes on under the heading of an earlier slide.

    A slide of prose also knows the paragraph that it shows last.
    """

    heading: str
    content: str
    notes: list = field(default_factory=list)
    follows: bool = False
    last: str = ""


def _formula(content, options=None):
    """What MathJax looks for."""
    opening, closing = ("\\[", "\\]") if options is None or options["display_mode"] else ("\\(", "\\)")
    return f"{opening}{html.escape(content)}{closing}"


MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable("table")
MARKDOWN.use(dollarmath_plugin, renderer=_formula)
MARKDOWN.use(amsmath_plugin, renderer=_formula)


def deck(notebook, table, folder):
    """The whole file. `notebook` has its outputs; frames are in `folder`; `table` is for `myst.written`."""
    made = []
    for cell in notebook.cells:
        if quizzes.is_check(cell):
            made += [_question(one, table) for one in quizzes.asked(cell.source)]
        elif cell.cell_type == "markdown":
            for block in myst.blocks(cell.source):
                _prose(block, table, made) if isinstance(block, str) else _directive(block, table, made)
        elif "hide-input" not in cell.metadata.get("tags", ()):
            _code(cell, folder, made)
    # A heading with nothing of its own is said again by what comes under it.
    made = [slide for slide in made if slide.content]
    sheets = "\n".join(_sheet(number, slide) for number, slide in enumerate(made, 1))
    page = TEMPLATE.read_text("utf-8")
    return page.replace("{{title}}", html.escape(made[0].heading)).replace("{{slides}}", sheets)


def rendered(source, table):
    """HTML of MyST, of a text or of blocks."""
    found = myst.blocks(source) if isinstance(source, str) else source
    return MARKDOWN.render(myst.written(found, table)).strip()


def _html(text):
    return MARKDOWN.render(text)


def _prose(text, table, made):
    """A heading begins a slide, which shows the paragraph after it, what a colon announces, and questions.

    The rest are notes.
    """
    for paragraph in re.split(r"\n{2,}", myst.written([text], table)):
        slide, heading = (made[-1] if made else None), re.fullmatch(r"#{1,3} (.+)", paragraph)
        if heading:
            made.append(Slide(heading[1], "", last=":"))
        elif slide.last.endswith(":"):
            slide.content += _html(paragraph)
            slide.last = paragraph
        else:
            asked = QUESTION.findall(paragraph) if slide.last else []
            slide.content += "".join(map(_html, asked))
            if asked != [paragraph]:
                slide.notes.append(_html(paragraph))


def _directive(block, table, made):
    """What is stated or asked is a slide of its own; proofs, hints and solutions are notes."""
    stated = block.name.startswith("prf:") and block.name != "prf:proof"
    content = myst.written([block], table)
    if not block.folded and block.name not in ("prf:proof", "solution"):
        short = myst.written(block.body, table, ("dropdown",))
        kind = "" if block.name == "admonition" else f"{block.kind.capitalize()}: "
        made.append(Slide(f"{kind}{block.title}", _html(short), follows=stated))
        content = myst.written([one for one in block.body if getattr(one, "folded", False)], table)
    if content:
        made[-1].notes.append(_html(content.replace("<details>", "<details open>")))


def _question(question, table):
    """A question of the check with its answers; which one is right, and why, is in the notes."""
    answers = "".join(f"<li>{rendered(one.text, table)}</li>" for one in question.answers)
    explained = "".join(
        f"<li>{'<strong>Right.</strong> ' * one.right}{rendered(one.said, table)}</li>"
        for one in question.answers
    )
    content = f"{rendered(question.text, table)}<ol type=a>{answers}</ol>"
    return Slide(f"Check yourself: {question.number}", content, [f"<ol type=a>{explained}</ol>"])


def _code(cell, folder, made):
    """A figure is a slide, and so are the cell that an exercise changes and short code with its output."""
    section = next((slide.heading for slide in reversed(made) if not slide.follows), "")
    tags = cell.metadata.get("tags", ())
    if EXERCISE in tags:
        text, asked = f"<pre>{html.escape(cell.source)}</pre>", made[-1]
        if asked.heading.startswith("Exercise: ") and len(cell.source.splitlines()) <= SHORT:
            asked.content += text
        else:
            made.append(Slide(section, text, follows=True))
        return
    shown = [figure for figure in map(figures.explorer, cell.outputs) if figure]
    made += [Slide(section, _figure(figure, folder), follows=True) for figure in shown]
    printed = "".join(output.get("text", "") for output in cell.outputs if output.output_type == "stream")
    if printed and CHECK not in tags and len(f"{cell.source}\n{printed}".splitlines()) <= LINES:
        text = f"<pre>{html.escape(cell.source)}</pre><pre class=printed>{html.escape(printed)}</pre>"
        made.append(Slide(section, text, follows=True))
    elif not shown:
        made[-1].notes.append(f"<pre>{html.escape(cell.source)}\n\n{html.escape(printed)}</pre>")


def _figure(figure, folder):
    """A figure in its first state, and controls that fetch the others."""
    alt, file = figure.frames[0]
    data = base64.b64encode((folder / file).read_bytes()).decode()
    image = f'<img src="data:image/svg+xml;base64,{data}" alt="{html.escape(alt)}">'
    fields = "".join(
        f"<label{' hidden' * (len(values) == 1)}>{html.escape(figure.labels[name])} <select>"
        + "".join(f"<option>{html.escape(value)}</option>" for value in values)
        + "</select></label>"
        for name, values in figure.controls.items()
    )
    states = html.escape(json.dumps([[f"figures/{file}", alt] for file, alt, _ in figure.named()]))
    width, height = figure.size
    kind = "figure tall" if height > TALL * width else "figure"
    button = '<button type="button" data-larger aria-pressed="false">Larger</button>'
    return f'<div class="{kind}" data-states="{states}"><p class=controls>{fields}{button}</p>{image}</div>'


def _sheet(number, slide):
    heading = MARKDOWN.renderInline(slide.heading)
    notes = f"<aside>{''.join(slide.notes)}</aside>" if slide.notes else ""
    level = "h1" if number == 1 else "h2"
    main = f"<div class=slide><{level}>{heading}</{level}>{slide.content}</div>"
    return f'<section id="{number}" aria-label="Slide {number}">{main}{notes}</section>'
