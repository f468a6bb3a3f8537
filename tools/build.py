"""Build the book into _build/html, if anything that it depends on changed since the last whole build.

    python tools/build.py

The stamps hold contents, not dates, and the list of files is part of them: a file that was deleted counts
as a change. The book's stamp is removed first and written last, so that a build cut short is never taken
for a finished one.
"""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "_build"
SITE = BUILD / "html"
RUNTIME = SITE / "_live"
STAMP = BUILD / "book.stamp"
EXECUTION_STAMP = BUILD / "execution.stamp"

# Outputs of notebooks come from these. jupyter-cache looks at the notebook alone, so we look at the rest.
EXECUTION = ("superpos_lib", "requirements.txt")
# What the site is made of; of tests, their docstrings. Where a name goes from among them, a page that
# nothing makes now may stay.
SOURCES = ("_config.yml", "_toc.yml", "book", "benchmarks", "tools", "tests")


def files(names):
    """All files below the named files and folders, without what tools leave there."""
    for name in names:
        path = ROOT / name
        below = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in below:
            parts = file.relative_to(ROOT).parts
            if file.is_file() and not {"__pycache__", ".ipynb_checkpoints"} & set(parts):
                yield file


def stamp(names):
    """A line for each file, name and contents, in one text that can be compared."""
    lines = [f"python {sys.version}"]
    for file in files(names):
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        lines.append(f"{digest} {file.relative_to(ROOT).as_posix()}")
    return "\n".join(lines)


def around_pages(text):
    """The lines of what is no page itself: where only such a thing changes, Sphinx would change nothing."""
    return [line for line in text.splitlines() if not line.endswith((".ipynb", ".md"))]


def names(text):
    return [line.split(" ", 1)[1] for line in text.splitlines()]


def read(path):
    return path.read_text() if path.exists() else ""


def run_jupyter_book():
    """Run it, warnings as errors; what kernels always say of their local connections is left out."""
    command = [sys.executable, "-c", "from jupyter_book.cli.main import main; main()"]
    command += ["build", "-W", "-n", "--keep-going", "-q", str(ROOT)]
    pipes = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, text=True, **pipes) as process:
        for line in process.stderr:
            if "Kernel is running over TCP" not in line:
                sys.stderr.write(line)
    return process.returncode


def build():
    """Bring _build/html up to date. Returns whether that worked; Sphinx has then said why not."""
    execution = stamp(EXECUTION)
    book = execution + "\n" + stamp(SOURCES)
    before = read(STAMP)
    # A site without the browser's Python is a whole book, and the next build tries again to get it.
    if before == book and RUNTIME.exists():
        return True
    STAMP.unlink(missing_ok=True)
    if read(EXECUTION_STAMP) != execution:
        shutil.rmtree(BUILD, ignore_errors=True)
    elif names(before) != names(book) or around_pages(before) != around_pages(book):
        shutil.rmtree(SITE, ignore_errors=True)
    BUILD.mkdir(exist_ok=True)
    EXECUTION_STAMP.write_text(execution)
    print("Building the book (some four minutes the first time) ...", flush=True)
    if run_jupyter_book():
        print("The book was not built: the first message above says where to look.", file=sys.stderr)
        return False
    STAMP.write_text(book)
    return True


if __name__ == "__main__":
    sys.exit(not build())
