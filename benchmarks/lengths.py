"""How long should a channel be? Smallest widths for nearly all inputs and for all, by rows a channel.

The problems are those of `capacity`, m' random pairs of m = m' inputs, the networks `double_light`, with L
rows a channel and the library's weights and thresholds. A width passes, and is searched for, as there:
"double_light" on 99.9 % of 2,000 targeted inputs, "certified" on every input with at most v ones.
"""

import itertools

from superpos_lib.measurements import typical

from . import capacity
from .core import columns, main

__all__ = ["measure", "table", "tasks"]

KINDS = ("double_light", "certified")
OUTPUTS, SEEDS = 3_162, 2
# The thresholds 0.93 and 0.81 ask for much the same share of each, and for all rows of the shortest.
LENGTHS = [3, 5, 10, 15, 20, 30]
# Where the library has ten rows, the best length for nearly all inputs, on larger problems.
SHORT, LARGER = 5, [10_000, 31_623, 100_000, 316_228, 1_000_000]


def tasks():
    """Both kinds for each v and L; then short channels for more outputs."""
    listed = itertools.product(capacity.SPARSITY, KINDS, LENGTHS, range(SEEDS))
    listed = [(OUTPUTS, *task) for task in listed]
    listed += [(outputs, v, "double_light", SHORT, 0) for outputs in LARGER for v in capacity.SPARSITY[1:]]
    sample = {"count": capacity.COUNT, "right": capacity.RIGHT}
    return [
        {"outputs": outputs, "v": v, "kind": kind, "channel": L, "seed": seed}
        | (sample if kind == "double_light" else {})
        for outputs, v, kind, L, seed in listed
    ]


measure = capacity.measure


def table(records):
    """A line for each m', v and L; a dash where some search found no width below m'."""
    rows = []
    for outputs, v in sorted({(record["task"]["outputs"], record["task"]["v"]) for record in records}):
        found = [record for record in records if record["task"]["outputs"] == outputs]
        kinds = [typical(found, kind, v, by="channel") for kind in KINDS]
        lengths = sorted({record["task"]["channel"] for record in found if record["task"]["v"] == v})
        rows += [[outputs, v, L, *(kind.get(L) for kind in kinds)] for L in lengths]
    return columns(["m'", "v", "L", "99.9 %", "all"], rows)


if __name__ == "__main__":
    main("benchmarks.lengths")
