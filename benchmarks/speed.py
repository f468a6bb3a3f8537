"""Time and memory: building, running and checking networks of 10^3 to 10^6 outputs.

Problems are m' random pairs of m = m' inputs, networks `two_and_network` in `width_rule` neurons. Each task
is a process of its own, so that its peak of memory is nobody else's. Times are of one process; what the
linear algebra does with more cores is up to OMP_NUM_THREADS, which is in the record. `cpu` is the time that
the process had a core, `seconds` the time on the wall: more, where others used the machine as well.
"""

import json
import resource
import subprocess
import sys
import time

import numpy as np

from superpos_lib import (
    power_law,
    random_two_and,
    split_by_influence,
    targeted_sparse,
    two_and_network,
    verify,
)
from superpos_lib.measurements import fit_power_law
from superpos_lib.two_and.width import width_rule
from superpos_lib.verify import clopper_pearson_upper

from .core import ROOT, columns, main

__all__ = ["measure", "table", "tasks"]

OUTPUTS = [1_000, 10_000, 100_000, 1_000_000]
REPEATS = 3
# Inputs that are run at once, and inputs that are checked.
BATCH, COUNT = 256, 2_000


def tasks():
    """Every size three times, with different seeds; a million once for each v."""
    return [
        {"problem": "random", "inputs": m, "outputs": m, "v": v, "seed": seed, "count": COUNT}
        for m in OUTPUTS
        for v in (2, 4)
        for seed in range(REPEATS if m < 1_000_000 else 1)
    ]


def measure(task):
    """Build, run and check one network in a process of its own."""
    words = [sys.executable, "-m", "benchmarks.speed", "--alone", json.dumps(task)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.strip()[-500:])
    return json.loads(done.stdout)


def alone(task):
    """What `measure` measures, in this process."""
    v, clock, cpu = task["v"], [time.perf_counter()], [time.process_time()]
    rng = np.random.default_rng([task["seed"], task["outputs"], v])
    problem = _problem(task, rng)

    def lap():
        clock.append(time.perf_counter())
        cpu.append(time.process_time())

    lap()
    net = two_and_network(problem, v=v, neurons=task.get("neurons", width_rule(problem, v)), rng=rng)
    lap()
    built = _peak()
    Y = targeted_sparse(problem, v, BATCH, rng=rng)
    lap()
    net.predict(Y)
    lap()
    failures = 0
    for done in range(
        0, task["count"], BATCH
    ):  # the same inputs as all at once, which would be 2 GB of them
        part = min(BATCH, task["count"] - done)
        failures += verify(net, problem, v, "sampled", count=part, rng=rng).failures
    lap()
    names = ("problem", "build", "inputs", "run", "verify")
    return {
        "neurons": net.neurons,
        "layers": len(net.network.layers),
        "entries": sum(_stored(factor) for layer in net.network.layers for factor in layer.factors),
        "super_heavy_inputs": len(split_by_influence(problem).super_heavy_inputs),
        "influence": int(problem.influence.max()),
        "seconds": dict(zip(names, np.diff(clock).round(4).tolist(), strict=True)),
        "cpu": dict(zip(names, np.diff(cpu).round(4).tolist(), strict=True)),
        "megabytes": {"build": built, "verify": _peak()},
        "checked": task["count"],
        "failures": failures,
        "failure_rate_upper": clopper_pearson_upper(failures, task["count"]),
    }


def _problem(task, rng):
    if task["problem"] == "random":
        return random_two_and(task["inputs"], task["outputs"], rng=rng)
    return power_law(task["inputs"], task["outputs"], rng=rng)


def _peak():
    """The most memory that this process has had at once, in megabytes of 2^20 bytes."""
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit)


def _stored(matrix):
    return int(np.count_nonzero(matrix) if isinstance(matrix, np.ndarray) else matrix.nnz)


MEASURED = {
    "build, s": lambda result: result["cpu"]["build"],
    f"run {BATCH}, s": lambda result: result["cpu"]["run"],
    "verify, s": lambda result: result["cpu"]["verify"],
    "build, MB": lambda result: result["megabytes"]["build"],
    "peak, MB": lambda result: result["megabytes"]["verify"],
}


def table(records):
    """Medians by v and size, and exponents of time (on a core) and memory in m'."""
    text = []
    for v in sorted({record["task"]["v"] for record in records}):
        by_size = {}
        for record in records:
            if record["task"]["v"] == v:
                by_size.setdefault(record["task"]["outputs"], []).append(record["result"])
        sizes = sorted(by_size)
        medians = {
            name: [float(np.median([of(r) for r in by_size[m]])) for m in sizes]
            for name, of in MEASURED.items()
        }
        neurons = [int(np.median([r["neurons"] for r in by_size[m]])) for m in sizes]
        wrong = [sum(r["failures"] for r in by_size[m]) for m in sizes]
        rows = zip(sizes, neurons, *medians.values(), wrong, strict=True)
        names = ["m'", "neurons", *MEASURED, "wrong"]
        text += [f"v = {v}; {records[0]['task']['count']} inputs checked", columns(names, rows)]
        for name, values in medians.items():
            if len(sizes) > 2:
                law = fit_power_law(sizes, values)
                text.append(f"{name}: m'^{law.exponent:.2f}  ({law.low:.2f} to {law.high:.2f})")
        text.append("")
    return "\n".join(text)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--alone"]:
        print(json.dumps(alone(json.loads(sys.argv[2]))))
    else:
        main("benchmarks.speed")
