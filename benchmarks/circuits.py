"""Circuits at size: rules in fewer neurons than rules, ten layers, and errors by layer without the clip.

- "rules": one layer of 10,000 rules of three random features out of 4,000; every third has a NOT.
- "turning": layers of gates a AND NOT b, each feature the a of one gate and the b of one (or passed, where
  the two are the same), so that no layer has more true gates than the one before it.

Each network has the neurons that the task says, is the better of two if the first fails on some of 400
targeted inputs, and is then tried on `count` others. "levels" has, of each layer, the share of its code's
neurons that are off by more than a quarter.
"""

import numpy as np

from superpos_lib.circuits import (
    Circuit,
    and_gate,
    and_not,
    circuit_inputs,
    circuit_network,
    pass_gate,
)

from .core import columns, main

__all__ = ["made", "measure", "table", "tasks"]

COUNT = 2_000


def tasks():
    """All of them, small ones first."""
    depth = [("turning", 600, 6, 2, 450, clip) for clip in (True, False)]
    rules = [("rules", 10_000, 1, 3, neurons, True) for neurons in (3_000, 3_500, 4_000)]
    deep = [("turning", 10_000, 10, 3, neurons, True) for neurons in (8_000, 9_000)]
    names = ("kind", "gates", "layers", "v", "neurons", "clip")
    return [
        {**dict(zip(names, one, strict=True)), "seed": 0, "count": COUNT} for one in [*depth, *rules, *deep]
    ]


def made(kind, gates, layers, rng):
    """The circuit of a task."""
    if kind == "rules":
        return _rules(gates, 2 * gates // 5, rng)
    below, found = [f"x{j}" for j in range(gates)], []
    for depth in range(layers):
        wanted, unwanted = rng.permutation(gates), rng.permutation(gates)
        found.append(
            [
                pass_gate(f"g{depth}.{i}", below[a])
                if a == b
                else and_not(f"g{depth}.{i}", (below[a],), (below[b],))
                for i, (a, b) in enumerate(zip(wanted, unwanted, strict=True))
            ]
        )
        below = [gate.name for gate in found[-1]]
    return Circuit([f"x{j}" for j in range(gates)], found)


def _rules(gates, features, rng):
    names, layer = [f"x{j}" for j in range(features)], []
    for i in range(gates):
        a, b, c = (names[j] for j in rng.choice(features, 3, replace=False))
        layer.append(and_not(f"r{i}", (a, b), (c,)) if i % 3 == 0 else and_gate(f"r{i}", a, b, c))
    return Circuit(names, [layer])


def measure(task):
    """Failures on `count` targeted inputs, on how many some output is true, and what is off by level."""
    rng = np.random.default_rng(task["seed"])
    circuit = made(task["kind"], task["gates"], task["layers"], rng)
    net = circuit_network(circuit, v=task["v"], neurons=task["neurons"], rng=rng, clip=task["clip"])
    failures = reached = 0
    off = np.zeros(task["layers"])
    for _ in range(task["count"] // 200):
        Y = circuit_inputs(circuit, task["v"], 200, rng=rng)
        levels = circuit.levels(Y)
        failures += int((net.predict(Y) != levels[-1]).any(axis=0).sum())
        reached += int(levels[-1].any(axis=0).sum())
        pairs = list(zip(net.states(Y), net.codes, levels, strict=True))[1:]
        off += [(np.abs(x - (code.matrix @ z > 0)) > 0.25).mean() for x, code, z in pairs]
    shares = (off / (task["count"] // 200)).round(7).tolist()
    return {
        "neurons": net.neurons, "failures": failures, "checked": task["count"], "reached": reached,
        "levels": shares, "draws": net.origin.draws,
    }  # fmt: skip


def table(records):
    """A line for each task."""
    rows = [
        [*(record["task"][name] for name in ("kind", "gates", "layers", "v", "neurons")),
         "yes" if record["task"]["clip"] else "no",
         *(record["result"][name] for name in ("failures", "checked", "reached"))]
        for record in records
    ]  # fmt: skip
    head = ["kind", "gates", "layers", "v", "n", "clip", "failures", "checked", "reached"]
    return columns(head, rows)


if __name__ == "__main__":
    main("benchmarks.circuits")
