"""A million ANDs: one network, built and checked on 2,000 targeted inputs; a power law beside it.

Each task is a process of its own that builds a network, runs it, and compares all its outputs with the
truth. An input is a failure if one of its million outputs is wrong.
"""

from .core import columns, main
from .speed import COUNT, measure

__all__ = ["measure", "table", "tasks"]

MILLION = 1_000_000


def tasks():
    """Random pairs at v = 2 and 4; a power law with super-heavy inputs. Default widths, and wider."""
    random = {"problem": "random", "inputs": MILLION, "outputs": MILLION, "count": COUNT, "seed": 0}
    steep = {"problem": "power law", "inputs": 20_000, "outputs": 100_000, "count": COUNT, "seed": 0}
    return [
        {**random, "v": 2},
        {**random, "v": 4},
        {**steep, "v": 2},
        {**steep, "v": 4},
        {**steep, "v": 2, "neurons": 10_000},
        {**steep, "v": 2, "neurons": 12_000},
        {**steep, "v": 4, "neurons": 28_000},
        {**steep, "v": 4, "neurons": 34_000},
    ]


def table(records):
    """One line a network."""
    names = [
        "problem",
        "m'",
        "v",
        "neurons",
        "m'/n",
        "wrong",
        "of",
        "build, s",
        "check, s",
        "cpu, s",
        "peak, MB",
    ]
    rows = []
    for record in records:
        task, result = record["task"], record["result"]
        rows.append(
            [
                task["problem"],
                task["outputs"],
                task["v"],
                result["neurons"],
                task["outputs"] / result["neurons"],
                result["failures"],
                result["checked"],
                result["seconds"]["build"],
                result["seconds"]["verify"],
                sum(result["cpu"].values()),
                result["megabytes"]["verify"],
            ]
        )
    return columns(names, rows)


if __name__ == "__main__":
    main("benchmarks.million")
