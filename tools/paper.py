"""A chapter's check and its exercise from a seed on paper: pages to print, and a key that explains.

Where students have no devices, or the room has no network, these do what the page does: the five
questions with boxes, a sheet with other numbers for each student, and, for whoever marks them, what a wrong
answer shows.
"""

import html
import re
from pathlib import Path

import quizzes

from superpos_lib.practice import LETTERS, draw

TEMPLATE = Path(__file__).with_name("templates") / "paper.html"
# A sheet for each student of a large class. `python -m superpos_lib.practice` prints more.
SEEDS = range(1, 41)
TOPIC = re.compile(r'\bdraw\("(\w+)", seed\)')
NAME = '<p class="name">Name: <span class="line wide"></span></p>'


def pages(notebook, title, rendered):
    """file name -> text of what a chapter has for paper. `rendered` makes HTML of MyST."""
    questions = quizzes.questions(notebook)
    topics = [
        name for cell in notebook.cells if cell.cell_type == "code" for name in TOPIC.findall(cell.source)
    ]
    tasks = [draw(topics[0], seed) for seed in SEEDS] if topics else []
    made, key = {}, []
    if questions:
        made["check.html"] = _page(f"Check: {title}", [NAME, *(_asked(one, rendered) for one in questions)])
        key += ["<h2>Check</h2>", *(_explained(one, rendered) for one in questions)]
    if tasks:
        made["sheets.html"] = _page(f"By hand: {title}", map(_sheet, tasks))
        key += ["<h2>Sheets</h2>", _table(tasks)]
    if key:
        made["key.html"] = _page(f"Key: {title}", key)
    return made


def _page(title, content):
    page = TEMPLATE.read_text("utf-8").replace("{{title}}", html.escape(title))
    return page.replace("{{content}}", "\n".join(content))


def _question(question, rendered, choices):
    text = rendered(f"**{question.number}.** {question.text}")
    return f'<div class="question">{text}<ol>{"".join(choices)}</ol></div>'


def _asked(question, rendered):
    """A question with a box for each answer."""
    choices = (
        f'<li><span class="box"></span>{letter} <div>{rendered(answer.text)}</div></li>'
        for letter, answer in question.lettered()
    )
    return _question(question, rendered, choices)


def _explained(question, rendered):
    """A question with the right answer marked, and what is said of each."""
    choices = (
        f"<li{' class=right' * answer.right}>{letter}{' ✓' * answer.right}"
        f"<div>{rendered(answer.text)}<div class=said>{rendered(answer.said)}</div></div></li>"
        for letter, answer in question.lettered()
    )
    return _question(question, rendered, choices)


def _sheet(task):
    """The task of one student, with room for the answers."""
    text = "".join(f"<p>{html.escape(line)}</p>" for line in task.text.split("\n"))
    parts = "".join(
        f'<li>{html.escape(part.question)}<br><span class="line"></span></li>' for part in task.parts
    )
    return (
        f'<section class="sheet"><h2>Sheet {task.seed}</h2>{NAME}{text}<ol type="a">{parts}</ol></section>'
    )


def _table(tasks):
    """The answers of every sheet, and below each the values that known mistakes lead to."""
    letters = LETTERS[: len(tasks[0].parts)]
    head = "".join(f'<th scope="col">({letter})</th>' for letter in letters)
    rows = "".join(
        f'<tr><th scope="row">{task.seed}</th>{"".join(map(_cell, task.parts))}</tr>' for task in tasks
    )
    return f'<table><thead><tr><th scope="col">sheet</th>{head}</tr></thead><tbody>{rows}</tbody></table>'


def _cell(part):
    mistakes = "".join(f"<small>{value}: {html.escape(why)}</small>" for value, why in part.mistakes)
    return f"<td><strong>{part.answer}</strong>{mistakes}</td>"
