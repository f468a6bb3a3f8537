"""Chapter packs: one zip a chapter with all that a teacher needs to use it elsewhere.

    make packs

A pack holds the notebook for students (no solutions), the one for instructors, the same with its outputs,
slides, pages to print with a key (paper.py), every figure, the library as a wheel, exact requirements and
licences. The text is plain Markdown in it: what only the book's build understands is written out (myst.py).
Packs are made whenever the book is, and each chapter links to its own.
"""

import base64
import functools
import html
import importlib.metadata
import io
import shutil
import zipfile
from pathlib import Path

import citations
import figures_of_page as figures
import myst
import nbformat
import notebooks
import paper
import runtime
import slides
from jupyter_cache import get_cache
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from sphinx.errors import ExtensionError
from sphinx_offline import frames_folder, mathjax

from superpos_lib import __version__

FOLDER = "_packs"
ROOT = Path(__file__).resolve().parent.parent
# What chapters run on; the pack's requirements are these and all that they need.
NEEDED = ("numpy", "scipy", "matplotlib", "ipywidgets", "ipykernel")
LICENCES = ("LICENSE", "LICENSE-text", "CITATION.cff")
README = """# {title}

One chapter of "Computing in Superposition: an interactive textbook", version {version}, to use as it is or
to change.

- `student.ipynb`: the chapter, exercises with hints, no solutions.
- `instructor.ipynb`: the same with solutions. `executed.ipynb`: with solutions and all outputs.
- `slides.html`: opens in any browser, without a network. Arrow keys turn; N shows the chapter's text.
  Figures can be moved: keep the folder `figures/` beside it.
- `figures/`: every state of every figure as SVG; `figures/README.md` has a text for each, for those who do
  not see it.
{paper}
To run the notebooks, with Python 3.11 to 3.13, in this folder:

    python3 -m venv .venv
    .venv/bin/python -m pip install -r requirements.txt jupyterlab
    .venv/bin/jupyter lab student.ipynb

(On Windows: `py -m venv .venv`, and `.venv\\Scripts` in place of `.venv/bin`.)

Code: BSD-3-Clause (`LICENSE`). Text and figures: CC BY 4.0 (`LICENSE-text`): change what you like, and say
where it came from (`CITATION.cff`).
"""
# What a README says of pages to print, where a chapter has them.
PAPER = {
    "check.html": "the five questions at the chapter's end, to print.",
    "sheets.html": f"the exercise from a seed, to print: {len(paper.SEEDS)} sheets, other numbers on each.",
    "key.html": "the answers to these, and what each wrong one shows.",
}


def requirements(wheel):
    """The pins of `NEEDED` and of all that they need, and the library's own wheel."""
    pins = {}
    for line in (ROOT / "requirements.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            pins[canonicalize_name(Requirement(line).name)] = line
    wanted, waiting = set(), [canonicalize_name(name) for name in NEEDED]
    while waiting:
        name = waiting.pop()
        if name in wanted or name not in pins:
            continue
        wanted.add(name)
        try:
            requires = importlib.metadata.requires(name) or []
        except importlib.metadata.PackageNotFoundError:  # another platform's
            continue
        parsed = [Requirement(one) for one in requires]
        waiting += [canonicalize_name(one.name) for one in parsed if "extra" not in str(one.marker)]
    return "\n".join([f"./{wheel}", *(pins[name] for name in sorted(wanted))]) + "\n"


def names(chapters, titles):
    """How roles read, in all chapters: `myst.plain`'s tables, from notebooks and the bibliography."""
    references = {}
    for notebook in chapters:
        for cell in notebook.cells:
            if cell.cell_type == "markdown":
                references |= myst.labels(cell.source)
    return {"doc": titles, "ref": references, "cite": citations.every()}


def is_solution(cell, before):
    """Whether a code cell belongs to the solution in the Markdown before it: it is hidden on the page."""
    return (
        cell.cell_type == "code"
        and "hide-input" in cell.metadata.get("tags", ())
        and before is not None
        and any(getattr(block, "name", "") == "solution" for block in myst.blocks(before.source))
    )


def rewritten(notebook, table, folder, leave_out=()):
    """The notebook in plain Markdown, without directives that are left out."""
    new = nbformat.v4.new_notebook(metadata=notebook.metadata)
    text = None
    for cell in notebook.cells:
        if leave_out and is_solution(cell, text):
            continue
        if cell.cell_type == "markdown":
            text = cell
            source = myst.plain(cell.source, table, leave_out)
            if source:
                new.cells.append(nbformat.v4.new_markdown_cell(source, id=cell.id))
        else:
            outputs = [standing_alone(output, folder) for output in cell.outputs]
            kept = {"id": cell.id, "metadata": cell.metadata, "execution_count": cell.execution_count}
            new.cells.append(nbformat.v4.new_code_cell(cell.source, outputs=outputs, **kept))
    return new


def standing_alone(output, folder):
    """The output as it is, and an explorer as its first picture."""
    figure = figures.explorer(output)
    if figure is None:
        return output
    alt, file = figure.frames[0]
    data = base64.b64encode((folder / file).read_bytes()).decode()
    image = (
        f'<img src="data:image/svg+xml;base64,{data}" alt="{html.escape(alt)}" style="background:white">'
    )
    return nbformat.v4.new_output("display_data", {"text/html": image, "text/plain": alt})


def pack(name, source, executed, table, folder, wheel):
    """file name -> bytes of all that the pack of one chapter holds."""
    wheel_name, wheel_bytes = wheel
    shown = [figures.explorer(output) for cell in executed.cells for output in cell.get("outputs", ())]
    pictures, texts = {}, [f"# Figures of {table['doc'][name]}", ""]
    for figure in filter(None, shown):
        for file, alt, drawn in figure.named():
            pictures[f"figures/{file}"] = (folder / drawn).read_bytes()
            texts.append(f"- `{file}`: {alt}")
    clean = nbformat.from_dict(source)
    books = {
        "student.ipynb": rewritten(clean, table, folder, ("solution",)),
        "instructor.ipynb": rewritten(clean, table, folder),
        "executed.ipynb": rewritten(executed, table, folder),
    }
    printed = paper.pages(clean, table["doc"][name], functools.partial(slides.rendered, table=table))
    about = "".join(f"- `{file}`: {PAPER[file]}\n" for file in printed)
    readme = README.format(title=table["doc"][name], version=__version__, paper=about)
    return {
        "README.md": readme.encode(),
        **{file: nbformat.writes(book).encode() for file, book in books.items()},
        "slides.html": slides.deck(executed, table, folder).encode(),
        **{file: text.encode() for file, text in printed.items()},
        **mathematics(),
        "figures/README.md": "\n".join([*texts, ""]).encode(),
        **pictures,
        wheel_name: wheel_bytes,
        "requirements.txt": requirements(wheel_name).encode(),
        **{file: (ROOT / file).read_bytes() for file in LICENCES},
    }


@functools.cache
def mathematics():
    """What slides need of MathJax: one script and its fonts."""
    folder = mathjax()
    files = [
        folder / "tex-chtml.js",
        *sorted((folder / "output" / "chtml" / "fonts" / "woff-v2").iterdir()),
    ]
    return {f"mathjax/{file.relative_to(folder).as_posix()}": file.read_bytes() for file in files}


def zipped(name, content):
    """A zip of one folder, the same bytes for the same content."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as out:
        for file, data in content.items():
            entry = zipfile.ZipInfo(f"{name}/{file}", runtime.DATE)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            out.writestr(entry, data)
    return buffer.getvalue()


def titles(app):
    """The title of every page, by the last part of its name."""
    return {name.rsplit("/", 1)[-1]: title.astext() for name, title in app.env.titles.items()}


def chapters(app):
    """The book's notebooks but its front page, by the names of their pages."""
    found = notebooks.chapters(app)
    return {name: path for name, path in found.items() if name != app.config.root_doc}


def link(app, pagename, templatename, context, doctree):
    """Put a link to the pack among a chapter's buttons."""
    if doctree is not None and pagename in chapters(app):
        name = pagename.rsplit("/", 1)[-1]
        context["header_buttons"].append(
            {
                "type": "link",
                "url": context["pathto"](f"{FOLDER}/{name}.zip", 1),
                "text": "Chapter pack",
                "tooltip": "For teachers: notebooks with solutions and without, slides, figures, paper",
                "icon": "fas fa-box-archive",
                "label": "chapter-pack",
            }
        )


def publish(app, error):
    """Write a pack for each chapter into the site."""
    if error or app.builder.format != "html":
        return
    wanted = chapters(app)
    sources = {name.rsplit("/", 1)[-1]: nbformat.read(path, 4) for name, path in wanted.items()}
    everywhere = [nbformat.read(path, 4) for path in notebooks.chapters(app).values()]
    wheel = f"superpos_lib-{__version__}-py3-none-any.whl", runtime.library()
    folder = Path(app.outdir) / FOLDER
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    table = names(everywhere, titles(app))
    # Outputs are where the build keeps them, and a notebook that ran in an earlier build is not run again.
    cache = get_cache(frames_folder(app).parent)
    for pagename in wanted:
        name = pagename.rsplit("/", 1)[-1]
        _, executed = cache.merge_match_into_notebook(sources[name])
        try:
            content = pack(name, sources[name], executed, table, frames_folder(app), wheel)
        except ValueError as reason:
            raise ExtensionError(f"{pagename}: no chapter pack, since {reason}") from reason
        (folder / f"{name}.zip").write_bytes(zipped(name, content))


def setup(app):
    # After the theme's own buttons, and the notebook's.
    app.connect("html-page-context", link, priority=610)
    app.connect("build-finished", publish)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
