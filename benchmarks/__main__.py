"""A small table of everything, measured now, in about two minutes: `make bench`. Nothing is stored."""

import concurrent.futures
import os
import pathlib
import tempfile

from . import bits, capacity, speed
from .core import run

LARGEST, FASTEST = 3_162, 100_000


def small():
    """(sweep, its tasks that are small) for every sweep."""
    width = [t for t in capacity.tasks() if t["v"] == 2 and t.get("seed", 0) == 0 and t["kind"] != "first"]
    return [
        (capacity, [task for task in width if task["outputs"] <= LARGEST]),
        (bits, [task for task in bits.tasks() if task["outputs"] == 1_000 and task["seed"] == 0]),
        (speed, [t for t in speed.tasks() if t["outputs"] <= FASTEST and t["seed"] == 0 and t["v"] == 2]),
    ]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        for sweep, chosen in small():
            # Clocks are read one task at a time, everything else on all cores.
            workers = 1 if sweep is speed else os.cpu_count()
            with concurrent.futures.ProcessPoolExecutor(workers) as executor:
                path = pathlib.Path(folder) / f"{sweep.__name__}.jsonl"
                records = run(sweep.__name__, chosen, path, executor, "python -m benchmarks")
            print(f"\n{sweep.__doc__.splitlines()[0]}\n\n{sweep.table(records).rstrip()}\n", flush=True)
