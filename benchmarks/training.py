"""What does training find? Shared rows against influence, kinds of code against losses, trained widths.

Networks are those of `superpos_lib.training`: random weights, Adam, 5,000 steps of 256 inputs, v = 2. The
problem is drawn from (seed, outputs), the network from (seed, neurons). The kinds of task:

- influence: x = y, a read-out of its own for each output, and pairs whose inputs all have the same
  influence: a matching, random regular pairs, a clique. How much partners share (`reading.lift`), and
  how much inputs that are no pair do ("others").
- scale: influences 1 and 8 again, from smaller and larger random weights.
- both: as influence, with a matching of light inputs beside a clique of heavy ones, in one network.
- loss: random pairs, three losses. Wrong inputs, and the kind of code that `reading.read` finds.
- width: the smallest width at which a network with superposed inputs passes, as far as bisection can tell,
  trained on the fourth power. Either its outputs leave in a code that was drawn before ("code"), or each
  has a read-out of its own, trained as well ("own"). The problems are those of `capacity`.

What is wrong is counted over every input with at most two ones. A width passes if nothing is wrong; from
1,000 outputs on if 99.9 % of 2,000 targeted inputs are right.
"""

import itertools
import math
import time

import numpy as np

from superpos_lib import TwoAnd, clique, constant_weight_code, matching, random_two_and, regular, verify
from superpos_lib.reading import channels, pair_lifts, read
from superpos_lib.training import LOSSES, train

from .capacity import PRECISION, smallest
from .core import columns, main

__all__ = ["both_kinds", "measure", "others", "table", "tasks"]

V, STEPS, BATCH = 2, 5_000, 256
# Outputs, neurons, influences (the last one a clique's), seeds.
INFLUENCES = [
    (64, 24, (1, 2, 4, 8, 11), 5),
    (256, 64, (1, 2, 4, 8, 16, 22), 3),
]
SCALES, SCALED, SCALE_SEEDS = (0.1, 0.3, 1.0), (1, 8), 3
LIGHT, HEAVY, BOTH_NEURONS = 24, 9, 24
LOSS_OUTPUTS, LOSS_NEURONS, SEEDS = 64, (24, 32), 5
# A search of trained widths: outputs, seeds, and how precise it is; of larger problems a sample is checked.
WIDTHS = [(30, 3, 0.02), (100, 3, 0.02), (316, 1, 0.1), (1_000, 1, 0.1)]
COUNT, RIGHT, SAMPLED_FROM = 2_000, 0.999, 1_000
# Neurons of a feature in both codes, and where a search starts: this times sqrt(m').
CODE_WEIGHT, START = 8, {"own": 3.2, "code": 5.5}


def tasks():
    """Every task, cheap ones first."""
    recipe = {"v": V, "steps": STEPS, "batch": BATCH}
    listed = [
        {"kind": "loss", "outputs": LOSS_OUTPUTS, "neurons": n, "loss": loss, "seed": seed}
        for n, loss, seed in itertools.product(LOSS_NEURONS, LOSSES, range(SEEDS))
    ]
    listed += [
        {
            "kind": "both",
            "light": LIGHT,
            "heavy": HEAVY,
            "neurons": BOTH_NEURONS,
            "loss": loss,
            "seed": seed,
        }
        for loss, seed in itertools.product(LOSSES, range(SEEDS))
    ]
    for outputs, neurons, influences, seeds in INFLUENCES:
        size = {"kind": "influence", "outputs": outputs, "neurons": neurons}
        losses = LOSSES if outputs == INFLUENCES[0][0] else LOSSES[1:]
        chosen = itertools.product(influences, losses, range(seeds))
        listed += [{**size, "influence": f, "loss": loss, "seed": seed} for f, loss, seed in chosen]
    outputs, neurons = INFLUENCES[0][:2]
    listed += [
        {
            "kind": "scale",
            "outputs": outputs,
            "neurons": neurons,
            "influence": f,
            "scale": scale,
            "loss": loss,
            "seed": seed,
        }
        for f, scale, loss, seed in itertools.product(SCALED, SCALES, LOSSES[1:], range(SCALE_SEEDS))
    ]
    for outputs, seeds, precision in WIDTHS:
        sample = {"count": COUNT, "right": RIGHT} if outputs >= SAMPLED_FROM else {}
        chosen = itertools.product(START, range(seeds))
        fine = {} if precision == PRECISION else {"precision": precision}
        size = {"kind": "width", "outputs": outputs, "loss": "fourth", **sample, **fine}
        listed += [{**size, "reading": reading, "seed": seed} for reading, seed in chosen]
    return [{**task, **recipe} for task in listed]


def measure(task):
    """One network, or one search."""
    if task["kind"] == "width":
        m = task["outputs"]
        problem = random_two_and(m, m, rng=np.random.default_rng([task["seed"], m]))
        start = round(START[task["reading"]] * math.sqrt(m))
        precision = task.get("precision", PRECISION)
        return smallest(lambda n: try_width(task, problem, n), start, m, precision)
    problem = _problem(task)
    net = _trained(task, problem, task["neurons"], np.random.default_rng([task["seed"], task["neurons"]]))
    lifts = pair_lifts(net, problem)
    found = {
        "wrong": verify(net, problem, V).failures, "inputs": problem.inputs, "lift": _mean(lifts),
        "others": _mean(pair_lifts(net, others(problem))) if _some_are_none(problem) else None,
    }  # fmt: skip
    if task["kind"] == "both":
        light = np.arange(problem.outputs) < task["light"]
        return {**found, "light": _mean(lifts[light]), "heavy": _mean(lifts[~light])}
    seen = read(net, problem=problem, rng=np.random.default_rng([task["seed"], 0]))
    rows = np.median(np.count_nonzero(channels(net), axis=1))
    return {
        **found, "code": seen.kind, "auc": seen.auc, "rows_per_output": float(rows),
        "outputs_per_row": seen.outputs_per_row, "inputs_per_row": seen.inputs_per_row,
    }  # fmt: skip


def try_width(task, problem, n):
    """Is one network of n neurons right? On how many inputs is it wrong, of how many, in what time?"""
    start, rng = time.perf_counter(), np.random.default_rng([task["seed"], n])
    weight, m = min(CODE_WEIGHT, n // 2), problem.outputs
    codes = {"code": constant_weight_code(m, n, weight, rng=rng)}
    if task["reading"] == "code":
        codes["code_out"] = constant_weight_code(m, n, weight, rng=rng)
    net = _trained(task, problem, n, rng, **codes)
    if "count" in task:
        report = verify(net, problem, V, "sampled", count=task["count"], rng=rng)
        allowed = math.floor((1 - task["right"]) * task["count"] + 1e-9)
    else:
        report, allowed = verify(net, problem, V), 0
    return {
        "passed": report.failures <= allowed, "failures": report.failures, "checked": report.checked,
        "seconds": round(time.perf_counter() - start, 2),
    }  # fmt: skip


def both_kinds(light, heavy):
    """A matching of so many pairs, whose outputs come first, and a clique of other inputs."""
    pairs = [matching(2 * light).pairs, 2 * light + clique(heavy).pairs]
    return TwoAnd(2 * light + heavy, np.concatenate(pairs))


def others(problem):
    """All pairs of its inputs that are not among its own."""
    m = problem.inputs
    own = set(map(tuple, np.sort(problem.pairs, axis=1).tolist()))
    return TwoAnd(m, [pair for pair in itertools.combinations(range(m), 2) if pair not in own])


def _some_are_none(problem):
    return problem.outputs < math.comb(problem.inputs, 2)


def _problem(task):
    if task["kind"] == "both":
        return both_kinds(task["light"], task["heavy"])
    m, rng = task["outputs"], np.random.default_rng([task["seed"], task["outputs"]])
    if task["kind"] == "loss":
        return random_two_and(m, m, rng=rng)
    f = task["influence"]
    # A clique of f + 1 inputs has not quite as many outputs, or a few more.
    return clique(f + 1) if 2 * m % f else regular(2 * m // f, f, rng=rng)


def _trained(task, problem, neurons, rng, **codes):
    how = {"steps": task["steps"], "batch": task["batch"], "every": task["steps"]}
    how |= {"scale": task["scale"]} if "scale" in task else {}
    return train(problem, neurons, v=task["v"], loss=task["loss"], rng=rng, **how, **codes)


def _mean(values):
    there = values[np.isfinite(values)]
    return float(there.mean()) if len(there) else None


def table(records):
    """Lifts, kinds of code and widths: means over seeds, with how many inputs were wrong at most."""
    groups = {}
    for record in records:
        task, result = record["task"], record["result"]
        sizes = [task.get(name) for name in ("outputs", "neurons", "influence", "scale", "reading", "loss")]
        groups.setdefault((task["kind"], *sizes), []).append(result)
    rows = []
    for (kind, *sizes), results in groups.items():
        if kind == "width":
            found = [None, " ".join(str(one["neurons"]) for one in results)]
        elif kind == "both":
            found = [
                max(one["wrong"] for one in results),
                f"{_span(results, 'light')}, {_span(results, 'heavy')}",
            ]
        elif kind == "loss":
            codes = sorted(one["code"] for one in results)
            said = [f"{codes.count(code)} {code}" for code in dict.fromkeys(codes)]
            found = [max(one["wrong"] for one in results), ", ".join(said)]
        else:
            found = [max(one["wrong"] for one in results), _span(results, "lift")]
        rows.append([kind, *sizes, len(results), *found])
    names = (
        "kind",
        "m'",
        "neurons",
        "influence",
        "scale",
        "reading",
        "loss",
        "seeds",
        "wrong",
        "lift, code or widths",
    )
    return columns(names, rows)


def _span(results, name):
    values = [one[name] for one in results]
    return f"{min(values):.2f} to {max(values):.2f}"


if __name__ == "__main__":
    main("benchmarks.training")
