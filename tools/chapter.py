"""Begin a chapter: a notebook that passes every test of chapters, and its line in the table of contents.

    python tools/chapter.py 19_next_step "The next step"

(No template of Jupyter Book knows this book's rules; tests/test_contributing.py holds the two together.)
"""

import re
import sys
from pathlib import Path

import home
import nbformat
import quizzes
from nbformat.v4 import new_code_cell, new_markdown_cell

ROOT = Path(__file__).resolve().parent.parent
NAME = re.compile(r"\d\d_[a-z][a-z0-9_]*")
LISTED = re.compile(r'^      - file: book/(\d\d)_\w+\n        title: ".*"\n', re.MULTILINE)

HEAD = """# {title}

> The chapter's claim, in one or two sentences.

::::{{admonition}} In this chapter
**You will be able to**

- say what one can do after it, a line each.

**You need** chapter {{doc}}`01_superposition`. **Time:** about 30 minutes with the exercises.

**Where things come from.** What is the paper's {{cite}}`adler2024complexity`, and what is ours.
::::"""
QUESTION = """## A question

Say what is to be found out, and give the smallest example. Before a figure stands the question that it
answers:

**How many more neurons does it take to store a hundred times as many features?**"""
IMPORTS = """from math import comb

from superpos_lib import choice, explore
from superpos_lib.codes import provable_size
from superpos_lib.figures.scale import line_up"""
EXPLORER = """@explore(v=choice(1, 2, 4, label="active features v"), alt="Neurons to store.")
def {stem}_example(v):
    sizes = {{m: provable_size(1, comb(m, 2), threshold=0.75 / v)[0] for m in (10**2, 10**4, 10**6)}}
    rows = [(f"{{m:,}} features", n, "", m == 10**6) for m, n in sizes.items()]
    headline = f"{{v}} active: {{sizes[10**6]:,}} neurons for a million"
    return line_up(rows, "neurons", headline, reach=(20, 10_000))"""
SEEN = """:::{admonition} What to see
:class: dropdown tip
What the reader should have seen, with its numbers.
:::"""
EXERCISE = """## Exercises

::::{{exercise}} In code: sets of two
:label: ex-{label}-sets

Four features are to be stored, each as a set of *two* neurons, no two sets the same. What is the smallest
number of neurons? The attempt takes too few.

:::{{dropdown}} First hint
Three neurons have three sets of two.
:::
:::{{dropdown}} Second hint
Count the sets of two of four neurons.
:::
:::{{dropdown}} Third hint
There are $\\binom n2$ of them.
:::
::::"""
ATTEMPT = "neurons = 3  # change this line"
CHECK = """from superpos_lib.verdicts import verdict


def fault():
    sets = comb(max(neurons, 0), 2)
    if sets < 4:
        return f"{neurons} neurons have {sets} sets of two, and there are 4 features"
    return f"{neurons - 1} neurons are enough, too" if comb(neurons - 1, 2) >= 4 else None


print(verdict(fault, "six sets, four of them used", neurons=int))"""
SOLUTION = """:::{{solution}} ex-{label}-sets
:label: sol-{label}-sets
:class: dropdown
`neurons = 4`: four neurons have $\\binom 42 = 6$ sets of two, and three have only three.
:::"""
QUIZ = """## Check yourself

Choose an answer; it opens and says whether it is right.

{questions}"""
ASKED = """**{number}.** What is {number} times {number}?

:::{{dropdown}} It is {right}
:class-container: answer right
Yes, since {number} times {number} is {right}. Put a question of the chapter here.
:::
:::{{dropdown}} It is {more}
:class-container: answer
That is one more than it should be. Say what such a mistake is.
:::
:::{{dropdown}} It is {less}
:class-container: answer
That is one less than it should be. Say what such a mistake is.
:::"""
END = """## What was proved, what was measured

**Proved here:** nothing yet. **Measured:** nothing yet.

**Next.** Say where to go on."""


def finds_library():
    """The first code cell of the chapters that there are: it finds the library, or says what to do."""
    first = next(ROOT.joinpath("book").glob("01_*.ipynb"))
    cells = nbformat.read(first, 4).cells
    return next(cell for cell in cells if cell.cell_type == "code" and home.finds_library(cell.source))


def skeleton(name, title):
    """The notebook of a chapter `name`: each part that readers expect, with an example in its place."""
    stem = name[3:]
    label = stem.replace("_", "-")
    asked = [ASKED.format(number=n, right=n * n, more=n * n + 1, less=n * n - 1) for n in range(2, 7)]
    asked = [text.replace(f"**{n}.**", f"**{n - 1}.**", 1) for n, text in enumerate(asked, 2)]
    first = finds_library()
    cells = [
        new_markdown_cell(HEAD.format(title=title)),
        new_markdown_cell(QUESTION),
        new_code_cell(first.source, metadata=first.metadata),
        new_code_cell(IMPORTS),
        new_code_cell(EXPLORER.format(stem=stem)),
        new_markdown_cell(SEEN),
        new_markdown_cell(EXERCISE.format(label=label)),
        new_code_cell(ATTEMPT, metadata={"tags": ["exercise"]}),
        new_code_cell(CHECK, metadata={"tags": ["check"]}),
        new_markdown_cell(SOLUTION.format(label=label)),
        new_markdown_cell(QUIZ.format(questions="\n\n".join(asked))),
        new_markdown_cell(END),
    ]
    for number, cell in enumerate(cells):
        cell.id = f"{label}-{number:02}"[:64]
    about = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    return nbformat.v4.new_notebook(cells=cells, metadata=about | {"language_info": {"name": "python"}})


def listed(contents, name, title):
    """The table of contents with this chapter behind the last one that has a lower number."""
    before = [one for one in LISTED.finditer(contents) if one[1] < name[:2]]
    line = f'      - file: book/{name}\n        title: "{name[:2]} {title}"\n'
    at = before[-1].end() if before else next(LISTED.finditer(contents)).start()
    return contents[:at] + line + contents[at:]


def begin(name, title):
    """Write both files; a sentence for whoever asked for what cannot be."""
    path, contents = ROOT / "book" / f"{name}.ipynb", ROOT / "_toc.yml"
    if not NAME.fullmatch(name):
        return f"NAME is two digits and words in small letters, as in 19_next_step, and not {name!r}."
    if not title.strip() or '"' in title:
        return f'TITLE is what stands above the chapter, as in TITLE="The next step", and not {title!r}.'
    taken = [one.name for one in path.parent.glob(f"{name[:2]}_*.ipynb")]
    if taken:
        return f"There is a chapter {name[:2]} already: {taken[0]}."
    nbformat.write(skeleton(name, title), path)
    quizzes.main([path])
    contents.write_text(listed(contents.read_text("utf-8"), name, title), "utf-8")
    print(f"book/{name}.ipynb is there, and in _toc.yml. Try it: make try NAME={name}")
    return None


if __name__ == "__main__":
    sys.exit(begin(*sys.argv[1:3]) if len(sys.argv) == 3 else __doc__)
