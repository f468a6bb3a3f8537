"""Tasks in, results out: what every sweep has in common.

A sweep is a module with three functions: `tasks()`, a list of tasks, each a small dictionary that JSON can
hold; `measure(task)`, which takes one and gives a dictionary back; and `table(records)`, text. What is
measured depends on the task alone: its seed is in it. Each finished task becomes a line of a file, written
at once, so that a run that was stopped, by whatever, goes on where it was.
"""

import argparse
import asyncio
import concurrent.futures
import contextlib
import datetime
import importlib
import json
import os
import pathlib
import platform
import shlex
import subprocess
import sys
import time

import numpy as np
from tqdm import tqdm

__all__ = ["columns", "finished", "main", "run"]

ROOT = pathlib.Path(__file__).parent.parent
# In the package, so that the book's pages have them wherever they run.
RESULTS = ROOT / "superpos_lib" / "measurements"


def key(task):
    """A task as text, the same for equal tasks."""
    return json.dumps(task, sort_keys=True)


def finished(path):
    """The records in a file of results, by the key of their task; none if there is no file.

    A record is {"task", "result", "seconds", "machine", "run"}. A last line that was cut short is no
    record; any other line that is none is an error.

    Raises
    ------
    ValueError
        A line, not the last, that is no record.
    """
    try:
        lines = pathlib.Path(path).read_text().splitlines(keepends=True)
    except FileNotFoundError:
        return {}
    records = {}
    for number, line in enumerate(lines, 1):
        if not line.endswith("\n"):
            break
        try:
            record = json.loads(line)
            records[key(record["task"])] = record
        except (json.JSONDecodeError, KeyError, TypeError):
            raise ValueError(f"{path}, line {number}: expected a record; got {line[:80]!r}") from None
    return records


def run(sweep, tasks, path, executor, command):
    """Measure what is not in the file yet, and write each result down as soon as it is there.

    Parameters
    ----------
    sweep : str
        The name of a module with a function `measure`. Wherever the executor works it is imported anew.
    tasks : list of dict
    path : path
        A file of JSON lines.
    executor : concurrent.futures.Executor
        Or anything with its `submit`, such as `DaskExecutor(distributed.Client(...))`.
    command : str
        What to call to get the same again; it goes into every record.

    Returns
    -------
    list of records, one for each task, in their order

    Raises
    ------
    RuntimeError
        Some task failed. All others were measured and written down before.
    """
    path = pathlib.Path(path)
    known = finished(path)
    missing = {key(task): task for task in tasks if key(task) not in known}
    _drop_cut_line(path)
    this = {"command": command, "commit": _commit(), "date": _now()}
    futures = {executor.submit(work, sweep, task): name for name, task in missing.items()}
    failed = []
    try:
        with path.open("a") as file, _bar(len(tasks), len(tasks) - len(missing), sweep) as bar:
            for future in concurrent.futures.as_completed(futures):
                task = missing[futures[future]]
                bar.update()
                try:
                    record = {"task": task, **future.result(), "run": this}
                except Exception as error:
                    failed.append(f"{futures[future]}: {type(error).__name__}: {error}")
                    continue
                file.write(json.dumps(record) + "\n")
                file.flush()
                os.fsync(file.fileno())
                known[futures[future]] = record
    finally:
        for future in futures:  # after Ctrl-C: an executor finishes whatever it was given, for hours
            future.cancel()
    if failed:
        raise RuntimeError("\n".join([f"{len(failed)} of {len(missing)} tasks failed:", *failed]))
    return [known[key(task)] for task in tasks]


def work(sweep, task):
    """Measure one task, here and now: what a worker is given to do."""
    measure = importlib.import_module(sweep).measure
    start = time.perf_counter()
    result = measure(task)
    seconds = time.perf_counter() - start
    return {"result": result, "seconds": round(seconds, 3), "machine": machine()}


def machine():
    """What the results of a clock depend on; no name and no address."""
    model = platform.processor() or platform.machine()
    with contextlib.suppress(OSError):
        lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
        model = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), model)
    return {
        "cpu": model,
        "cores": os.cpu_count(),
        "system": platform.system(),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "threads": os.environ.get("OMP_NUM_THREADS", "all"),
    }


def _now():
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")


def _commit():
    """The commit that runs, with a "+" where files that it depends on were changed since."""

    def git(*words):
        return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    try:
        changed = git("status", "--porcelain", "--", "superpos_lib/*.py", "benchmarks/*.py")
        return git("rev-parse", "HEAD").strip() + ("+" if changed else "")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def _drop_cut_line(path):
    """What was being written when a run was killed would spoil the next line."""
    if path.exists():
        text = path.read_bytes()
        if not text.endswith(b"\n"):
            path.write_bytes(text[: text.rfind(b"\n") + 1])


def _bar(total, done, sweep):
    return tqdm(total=total, initial=done, desc=sweep.split(".")[-1], unit="task", dynamic_ncols=True)


# --- the command line


def main(name, arguments=None):
    """`python -m name`: measure the sweep's tasks, or those that are asked for, and print its table."""
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    sweep = importlib.import_module(name)
    asked = _parser(name, sweep).parse_args(arguments)
    tasks = [task for task in sweep.tasks() if all(wanted(task) for wanted in asked.only)]
    if not tasks:
        sys.exit("no task of this sweep is as --only says")
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    command = shlex.join(["python", "-m", name, *arguments])
    try:
        with _executor(asked) as executor:
            records = run(name, tasks, asked.out, executor, command)
    except KeyboardInterrupt:
        sys.exit("stopped; what was finished is written down, and the same command goes on from there")
    except RuntimeError as error:
        sys.exit(str(error))
    print(sweep.table(records))


def _parser(name, sweep):
    parser = argparse.ArgumentParser(f"python -m {name}", description=sweep.__doc__.splitlines()[0])
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="processes (all cores)")
    parser.add_argument(
        "--dask", metavar="ADDRESS", help="a Dask scheduler, tcp://host:8786, does the work"
    )
    parser.add_argument(
        "--only",
        metavar="KEY=VALUE,...",
        type=_condition,
        default=[],
        nargs="+",
        help="tasks with these values; KEY<=NUMBER works, too",
    )
    default = RESULTS / f"{name.split('.')[-1]}.jsonl"
    parser.add_argument("--out", type=pathlib.Path, default=default, help="file of results")
    return parser


def _condition(text):
    """A test of tasks, from "v=2,3" or "outputs<=1000"; a task without the key does not pass."""
    if "<=" in text:
        name, most = text.split("<=")
        return lambda task: name in task and task[name] <= float(most)
    name, equals, values = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"expected KEY=VALUE,... or KEY<=NUMBER; got {text}")
    return lambda task: name in task and str(task[name]) in values.split(",")


@contextlib.contextmanager
def _executor(asked):
    if asked.dask is None:
        with concurrent.futures.ProcessPoolExecutor(asked.workers) as executor:
            yield executor
        return
    try:
        from distributed import Client
    except ModuleNotFoundError:
        sys.exit("--dask needs Dask: pip install -r benchmarks/requirements-dask.txt")
    with Client(asked.dask) as client:
        yield DaskExecutor(client)


class DaskExecutor(concurrent.futures.Executor):
    """What a Dask client's workers do, as futures of the standard library.

    The client's own `get_executor` asks what became of a task after it has fetched the result: if its
    worker has died in between, the task counts as failed though the result is there. Here that counts.
    """

    def __init__(self, client):
        self._client = client

    def submit(self, fn, /, *args, **kwargs):
        remote = self._client.submit(fn, *args, **kwargs)
        return asyncio.run_coroutine_threadsafe(self._result(remote), self._client.loop.asyncio_loop)

    async def _result(self, remote):
        return await self._client.gather(remote)


# --- what tables need


def columns(names, rows):
    """Rows of numbers and words as text, right-justified below their names."""
    cells = [[str(name) for name in names]] + [[_shown(value) for value in row] for row in rows]
    widths = [max(len(row[i]) for row in cells) for i in range(len(names))]
    return "\n".join("  ".join(cell.rjust(w) for cell, w in zip(row, widths, strict=True)) for row in cells)


def _shown(value):
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:,.3g}" if abs(value) < 100 else f"{value:,.0f}"
    return f"{value:,}" if isinstance(value, int) else str(value)
