"""How long should a channel be? Smallest widths for nearly all inputs and for all, by rows a channel.

The problems are those of `capacity`, m' random pairs of m = m' inputs, the networks `double_light`, with L
rows a channel and the library's weights and thresholds. A width passes, and is searched for, as there:
"double_light" on 99.9 % of 2,000 targeted inputs, "certified" on every input with at most v ones.
"""

import itertools

import numpy as np

from . import capacity
from .core import columns, main

__all__ = ["measure", "table", "tasks"]

OUTPUTS, SEEDS = 3_162, 2
# The thresholds 0.93 and 0.81 ask for much the same share of each, and for all rows of the shortest.
LENGTHS = [3, 5, 10, 15, 20, 30]


def tasks():
    """Both kinds for each v and L."""
    listed = itertools.product(capacity.SPARSITY, ("double_light", "certified"), LENGTHS, range(SEEDS))
    sample = {"count": capacity.COUNT, "right": capacity.RIGHT}
    return [
        {"outputs": OUTPUTS, "v": v, "kind": kind, "channel": L, "seed": seed}
        | (sample if kind == "double_light" else {})
        for v, kind, L, seed in listed
    ]


measure = capacity.measure


def table(records):
    """A line for each v and L; a dash where no width below m' passes."""
    found = {}
    for record in records:
        task, n = record["task"], record["result"]["neurons"]
        row = found.setdefault((task["v"], task["channel"]), {})
        row.setdefault(task["kind"], []).append(n if n < task["outputs"] else np.inf)
    rows = []
    for (v, L), kinds in sorted(found.items()):
        middle = [float(np.median(kinds.get(kind, np.inf))) for kind in ("double_light", "certified")]
        rows.append([v, L, *(n if np.isfinite(n) else None for n in middle)])
    return columns(["v", "L", "99.9 %", "all"], rows)


if __name__ == "__main__":
    main("benchmarks.lengths")
