"""How many neurons do m' ANDs need? Measured, certified, provable, at least; naive; U-AND.

Problems are m' random pairs of m = m' inputs. Widths are neurons of the widest layer. The kinds of task:

- measured: the smallest width at which `two_and_network` has all m' outputs right on at least 99.9 % of
  2,000 targeted inputs, as far as bisection can tell. Of one network a width, drawn from (seed, n).
- double_light, u_and: as measured, for these constructions. Random pairs are all light if there are enough
  of them; few outputs have no light inputs by the rule of `two_and_network`, which then re-codes.
- certified: as double_light, but "right" is a certificate for every input with at most v ones.
- provable: `sizing.provable_width`, which a theorem says is enough with probability 0.99.
- lower: `bounds.neurons_needed` for the bits of an ordered 2-AND problem. No network with so many layers
  of so many bits a parameter is narrower, if it can be any such problem.
- first: the first m' at which a network with fewer than m' neurons passes, as in measured or double_light,
  and at the next two sizes as well.
"""

import itertools
import math
import time

import numpy as np

from superpos_lib import (
    ConstructionError,
    double_light,
    neurons_needed,
    provable_width,
    random_two_and,
    two_and_bits,
    two_and_network,
    u_and,
    verify,
)
from superpos_lib.measurements import fit_power_law, typical

from .core import columns, main

__all__ = ["measure", "table", "tasks"]

OUTPUTS = [100, 316, 1_000, 3_162, 10_000, 31_623, 100_000, 316_228, 1_000_000]
SPARSITY = [2, 3, 4]
SEEDS = 3
# Up to so many outputs one network is searched for, and up to so many one for each seed, for each v. Where
# they end is a matter of time, not of what could be measured.
LARGEST = {
    "measured": dict.fromkeys(SPARSITY, (1_000_000, 31_623)),
    "double_light": {2: (31_623, 3_162), 3: (31_623, 1_000), 4: (31_623, 1_000)},
    "u_and": {2: (100_000, 3_162), 3: (10_000, 3_162), 4: (10_000, 3_162)},
    "certified": {2: (100_000, 31_623), 3: (10_000, 3_162), 4: (10_000, 1_000)},
}
COUNT, RIGHT = 2_000, 0.999
# A sample is looked at in parts: a width that is much too small fails on the first.
PART = 200
# Two layers, as many as our networks without re-coding have, of 32-bit numbers; and 4 bits, an eighth.
LAYERS, PARAMETER_BITS = 2, [32, 4]
BUILD = {
    "measured": lambda problem, n, **how: two_and_network(problem, neurons=n, **how),
    "double_light": double_light,
    "certified": double_light,
    "u_and": u_and,
}
# Fewer neurons than outputs is luck if it does not work at so many sizes in a row.
IN_A_ROW = 3
# The bracket grows by this factor, and bisection stops at this relative precision.
GROWTH, PRECISION = 1.25, 0.02
# A search starts from this times sqrt(v m').
START = 5


def tasks():
    """Every task of the figure, cheap ones first."""
    sizes = [{"outputs": outputs, "v": v} for outputs in OUTPUTS for v in SPARSITY]
    listed = [{"kind": kind, **size} for kind in ("lower", "provable") for size in sizes]
    first = {"kind": "first", "seed": 0, "count": COUNT, "right": RIGHT}
    listed += [{**first, "of": kind, "v": v} for kind in ("measured", "double_light") for v in SPARSITY]
    for size in sizes:
        for kind, seed in itertools.product(LARGEST, range(SEEDS)):
            if size["outputs"] <= LARGEST[kind][size["v"]][seed > 0]:
                sample = {} if kind == "certified" else {"count": COUNT, "right": RIGHT}
                listed.append({"kind": kind, **size, "seed": seed, **sample})
    return listed


def measure(task):
    """One task of the figure."""
    if task["kind"] == "first":
        return _first(task)
    outputs, v = task["outputs"], task["v"]
    if task["kind"] == "lower":
        bits = two_and_bits(outputs, outputs)
        neurons = {str(b): neurons_needed(bits, b, LAYERS) for b in PARAMETER_BITS}
        return {"neurons": neurons[str(PARAMETER_BITS[0])], "bits": bits, "by_parameter_bits": neurons}
    problem = random_two_and(outputs, outputs, rng=np.random.default_rng([task.get("seed", 0), outputs]))
    if task["kind"] == "provable":
        width = provable_width(problem, v)
        return {"neurons": width.neurons, "weight": width.weight, "channel": width.channel}
    return smallest(lambda n: try_width(task, problem, n), round(START * math.sqrt(v * outputs)), outputs)


def smallest(attempt, start, most, precision=PRECISION):
    """`search` for a width whose attempt says "passed", and all attempts that it made."""
    tried = {}

    def passes(n):
        if n not in tried:
            tried[n] = attempt(n)
        return tried[n]["passed"]

    neurons = search(passes, start, most, precision)
    return {"neurons": neurons, "tried": [{"neurons": n, **tried[n]} for n in sorted(tried)]}


def search(passes, start, most, precision=PRECISION):
    """The smallest width that passes, as far as a bracket and bisection can tell; `most` is not tried."""
    good, failed, n = most, 0, start
    if n < most and passes(n):
        good = n
        while (n := math.floor(n / GROWTH)) > 0 and passes(n):
            good = n
        failed = n
    elif n < most:
        failed = n
        while (n := math.ceil(GROWTH * n)) < most and not passes(n):
            failed = n
        good = min(n, most)
    while good - failed > max(1, precision * good):
        middle = (failed + good) // 2
        if passes(middle):
            good = middle
        else:
            failed = middle
    return good


def try_width(task, problem, n):
    """Does one network of n neurons pass? With how many failures, of how many inputs, in what time?"""
    start, v = time.perf_counter(), task["v"]
    rng = np.random.default_rng([task["seed"], n])
    try:
        how = {"channel": task["channel"]} if "channel" in task else {}
        net = BUILD[task["kind"]](problem, n, v=v, rng=rng, **how)
    except ConstructionError as error:
        return {"passed": False, "error": str(error), "seconds": round(time.perf_counter() - start, 2)}
    if task["kind"] == "certified":
        report = verify(net, problem, v, "certified")
        passed, failures, checked = report.ok, report.failures, report.checked
    else:
        allowed = math.floor((1 - task["right"]) * task["count"] + 1e-9)
        failures = checked = 0
        while checked < task["count"] and failures <= allowed:
            part = min(PART, task["count"] - checked)
            failures += verify(net, problem, v, "sampled", count=part, rng=rng).failures
            checked += part
        passed = failures <= allowed
    seconds = round(time.perf_counter() - start, 2)
    return {"passed": passed, "failures": failures, "checked": checked, "seconds": seconds}


def _first(task):
    """Where n = m' - 1 is enough, three times in a row; m' grows by a tenth from one to the next."""
    outputs, row = 4, []
    while len(row) < IN_A_ROW:
        problem = random_two_and(outputs, outputs, rng=np.random.default_rng([task["seed"], outputs]))
        tried = try_width({**task, "kind": task["of"]}, problem, outputs - 1)
        row = [*row, outputs] if tried["passed"] else []
        outputs += max(1, outputs // 10)
    return {"outputs": row[0]}


def table(records):
    """Widths by m' and v, exponents of the curves, the gap to the lower bound, where naive is beaten."""
    kinds = ("lower", "measured", "double_light", "certified", "u_and", "provable")
    text = []
    for v in sorted({record["task"]["v"] for record in records}):
        curves = {kind: typical(records, kind, v) for kind in kinds}
        sizes = sorted(set().union(*curves.values()))
        rows = []
        for m in sizes:
            row = [curves[kind].get(m) for kind in kinds]
            gap = row[1] / row[0] if row[0] and row[1] else None
            rows.append([int(m), *(None if n is None else int(n) for n in row), int(m), gap])
        text += [f"v = {v}, m = m' random pairs: neurons", columns(["m'", *kinds, "naive", "gap"], rows)]
        for kind in kinds:
            if len(curves[kind]) >= 3:
                law = fit_power_law(list(curves[kind]), list(curves[kind].values()))
                span = f"{law.low:.3f} to {law.high:.3f}"
                text.append(f"{kind}: {law.constant:.3g} m'^{law.exponent:.3f}  ({span})")
        for record in records:
            if record["task"]["kind"] == "first" and record["task"]["v"] == v:
                first = record["result"]["outputs"]
                text.append(f"{record['task']['of']}: fewer neurons than outputs from m' = {first} on")
        text.append("")
    return "\n".join(text)


if __name__ == "__main__":
    main("benchmarks.capacity")
