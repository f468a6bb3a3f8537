"""What does each idea buy? Smallest measured widths with and without it.

The problems are those of `capacity`, m' random pairs of m = m' inputs; the networks have output channels,
as `double_light`, put together from

- weights: plain, C0 D; centred, C0 (D - 1 1^T / n); exact, every input that a row listens to counts 1, as
  the library has it; quietest, the exact weights with the least noise, by least squares. Up to 2^23 neurons
  times inputs the library's are the quietest, beyond they are cheaper, so only there both are measured;
- reading of the rows: "relu", relu(s - 1), one ReLU a row; "middle", clipped from 1.25 to 1.75; "late",
  clipped as `double_light` does, for v = 2 from 1.75 to 2;
- dealing of codes and channels: "random", independent and uniform; "even", every row as often as any other;
- channel: L, rows that carry an output.

"late", exact and "even" with L = 6 is `double_light` at v = 2, with L = 10 at v = 3. So that no idea loses
by a setting made for another, the read-out threshold is the best of `READ_OUTS` for every network, and the
table takes the best L. A width passes, and is searched for, as in `capacity`; no width from m' on is tried,
since from there on an output can have a row of its own.
"""

import itertools
import math
import time

import numpy as np

from superpos_lib import (
    Code,
    ConstructionError,
    Layer,
    Network,
    SuperposedNetwork,
    constant_weight_code,
    random_two_and,
    targeted_sparse,
)
from superpos_lib.inputs import distinct
from superpos_lib.measurements import narrowest
from superpos_lib.network import centred_product, selection
from superpos_lib.two_and.assembly import CODE_WEIGHT, clip_for, exact_weights, input_code, quietest_weights
from superpos_lib.two_and.channels import balanced_rows, channel_matrix, listeners

from .capacity import COUNT, PART, RIGHT, smallest
from .core import columns, main

__all__ = ["measure", "table", "tasks"]

WEIGHTS = {
    "plain": lambda listens, code: (listens, code.decompressor),
    "centred": centred_product,
    "exact": exact_weights,
    "quietest": lambda listens, code: (quietest_weights(listens, code),),
}
READINGS = ("relu", "middle", "late")
MIDDLE = (1.25, 1.75)
CHANNELS = [6, 10, 16]
# (m', v, how codes and channels are dealt)
SIZES = [(1_000, 2, "even"), (1_000, 2, "random"), (3_162, 2, "even")]
# (m', v) where the library's exact weights are not the quietest.
BEYOND = [(10_000, 3), (10_000, 4)]
READ_OUTS = (0.5, 0.6, 0.7, 0.81, 0.93, 0.97)
# A search starts from this times sqrt(v m').
START = 6


def tasks():
    """All weights, readings and channels for each size, small ones first."""
    listed = itertools.product(SIZES, ("plain", "centred", "exact"), READINGS)
    beyond = itertools.product(BEYOND, ("exact", "quietest"))
    listed = [*listed, *(((*size, "even"), weights, "late") for size, weights in beyond)]
    return [
        {
            "outputs": outputs, "v": v, "weights": weights, "reading": reading, "deal": deal,
            "channel": channel, "seed": 0, "count": COUNT, "right": RIGHT,
        }
        for (outputs, v, deal), weights, reading in listed
        for channel in CHANNELS
    ]  # fmt: skip


def measure(task):
    """The smallest width that passes, as far as bisection can tell."""
    outputs, v = task["outputs"], task["v"]
    problem = random_two_and(outputs, outputs, rng=np.random.default_rng([task["seed"], outputs]))
    return smallest(lambda n: try_width(task, problem, n), round(START * math.sqrt(v * outputs)), outputs)


def try_width(task, problem, n):
    """Does one network of n neurons pass, at the best threshold? With how many failures, of how many?"""
    start, rng = time.perf_counter(), np.random.default_rng([task["seed"], n])
    try:
        net = build(task, problem, n, rng=rng)
    except ConstructionError as error:
        return {"passed": False, "error": str(error), "seconds": round(time.perf_counter() - start, 2)}
    allowed = math.floor((1 - task["right"]) * task["count"] + 1e-9)
    failures, checked = np.zeros(len(READ_OUTS), dtype=int), 0
    while checked < task["count"] and failures.min() <= allowed:
        part = min(PART, task["count"] - checked)
        Y = targeted_sparse(problem, task["v"], part, rng=rng)
        read, truth = net.trace(Y).read_out, problem.truth(Y)
        failures += [int(((read > level) != truth).any(axis=0).sum()) for level in READ_OUTS]
        checked += part
    best = int(failures.argmin())
    return {
        "passed": bool(failures[best] <= allowed), "failures": int(failures[best]), "checked": checked,
        "read_out": READ_OUTS[best], "seconds": round(time.perf_counter() - start, 2),
    }  # fmt: skip


def build(task, problem, n, *, rng):
    """The network of a task with n neurons; its read-out threshold is left at 1/2."""
    v, L = task["v"], min(task["channel"], n)
    if task["deal"] == "even":
        sets, code = balanced_rows(n, problem.outputs, L, rng=rng), input_code(n, problem.inputs, rng=rng)
    else:
        sets = distinct(n, L, problem.outputs, rng=rng)
        code = constant_weight_code(problem.inputs, n, min(CODE_WEIGHT, n), rng=rng)
    channels = channel_matrix(sets, n)
    left, *right = WEIGHTS[task["weights"]](listeners(problem, channels), code)
    if task["reading"] == "relu":
        layers = (Layer((left, *right), np.full(n, -1.0)),)
    else:
        clip = clip_for(v, quiet=False)
        off, on = MIDDLE if task["reading"] == "middle" else (clip.off, clip.on)
        slope = 1 / (on - off)
        first = Layer((-slope * left, *right), np.full(n, slope * on))
        layers = (first, Layer((-selection(np.arange(n), n),), np.ones(n)))
    return SuperposedNetwork(code, Network(layers), Code(channels), v)


def table(records):
    """The best channel for each combination; a dash where no width below m' passes."""
    rows = []
    for outputs, v, deal in [*SIZES, *((*size, "even") for size in BEYOND)]:
        for combination, (n, L) in narrowest(records, outputs, v, deal).items():
            rows.append([outputs, v, deal, *combination, n if n < outputs else None, L])
    return columns(["m'", "v", "deal", "weights", "reading", "neurons", "channel"], rows)


if __name__ == "__main__":
    main("benchmarks.ideas")
