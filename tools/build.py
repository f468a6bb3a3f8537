"""Build the book into _build/html, if anything that it depends on changed since the last whole build.

    python tools/build.py

The stamps hold contents, not dates, and the list of files is part of them: a file that was deleted counts
as a change. The book's stamp is removed first and written last, so that a build cut short is never taken
for a finished one.
"""

import hashlib
import re
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
COMMAND = [sys.executable, "-c", "from jupyter_book.cli.main import main; main()"]
COMMAND += ["build", "-W", "-n", "--keep-going", "-q", str(ROOT)]
# What a message that stops a build looks like: Sphinx's of a page, and the last line of a traceback.
CAUSE = re.compile(r"(: |^)(WARNING|ERROR|CRITICAL|SEVERE): |^(\w+\.)*\w*(Error|Exception|Warning): ")
COLOUR = re.compile(r"\x1b\[[\d;]*m")
REPEATED = 10


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
    """Run it, warnings as errors. Returns whether that went well, and the messages if not.

    All of what it says is shown at once, but what kernels always say of their local connections.
    """
    pipes, causes = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}, {}
    with subprocess.Popen(COMMAND, text=True, **pipes) as process:
        for line in process.stderr:
            if "Kernel is running over TCP" not in line:
                sys.stderr.write(line)
                said = COLOUR.sub("", line).strip()
                if CAUSE.search(said):
                    causes[said] = None
    return process.returncode == 0, [*causes]


def summary(causes):
    """What stands at the end of a build that failed, where whoever waits for it looks."""
    if not causes:
        return "The book was not built: what stands above says why."
    more = len(causes) - REPEATED
    shown = [f"  {one}" for one in causes[:REPEATED]] + [f"  and {more} more, above"] * (more > 0)
    return "\n".join(["The book was not built. From what stands above:", *shown])


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
    good, causes = run_jupyter_book()
    if not good:
        print(summary(causes), file=sys.stderr)
        return False
    STAMP.write_text(book)
    return True


if __name__ == "__main__":
    sys.exit(not build())
