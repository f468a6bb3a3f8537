"""How many bits do the weights need? Small integers, entropy-coded, against the counting floor.

For m' random pairs of m = m' inputs a `double_light` network is built, and its first matrix, n x n, is
multiplied out and written in small integers, with which at least 99.9 % of 2,000 targeted inputs have all
outputs right. There are two kinds of weights.

- exact: W as it is built, rounded to whole multiples of a step, the coarsest in a list of powers of
  sqrt(2), in units of W's standard deviation, with which the network is right.
- plain: C0 C^T, whole numbers from the beginning: how many of the inputs that row r listens to neuron q
  carries. What a row expects to hear from strangers is its load times the mean of x, which takes one
  further neuron and one number a row. These networks are wider, and need far fewer bits a weight.

Then

- entropy: n^2 times the empirical entropy of the integers, what an ideal coder needs that knows how often
  each occurs, and nothing else; 32 bits for each row's own number, and for each kind of integer;
- xz: the integers as bytes, compressed by `lzma`: what a real coder needs that was told nothing;
- listed: the problem itself, two numbers of ceil(log2 m) bits for each pair, and a seed of 64 bits. With
  this library, a fixed machine, they are the network;
- floor: log2 of the number of ordered 2-AND problems. No way of writing networks down is shorter for all.

Codes in and out are drawn without a look at the pairs and belong to the fixed machine, as in the lower
bound.
"""

import lzma
import math

import numpy as np

from superpos_lib import (
    Layer,
    Network,
    SuperposedNetwork,
    double_light,
    random_two_and,
    two_and_bits,
    verify,
)
from superpos_lib.two_and.channels import listeners

from .core import columns, main

__all__ = ["measure", "table", "tasks"]

# Comfortable widths for random pairs, fixed here so that results stay comparable, and multiples of them:
# wider networks bear coarser weights.
WIDTHS = {1_000: 886, 3_162: 1_050, 10_000: 1_780}
FACTORS = {"exact": [0.8, 1.0, 1.4, 2.0], "plain": [1.4, 2.0, 2.8, 4.0]}
# Plain weights: a row is off up to 1.3, on from 1.7; an output is true where more than 0.7 of it is lit.
OFF, ON, READ_OUT = 1.3, 1.7, 0.7
COUNT, RIGHT = 2_000, 0.999
PART = 200
# Steps in standard deviations of W, coarsest first.
STEPS = [2 ** (-k / 2) for k in range(-5, 13)]
SEED_BITS, NUMBER_BITS = 64, 32


def tasks():
    """Sizes, weights, widths below m', and three seeds, at v = 2."""
    listed = []
    for m, width in WIDTHS.items():
        for weights, factors in FACTORS.items():
            for n in (math.ceil(factor * width) for factor in factors):
                size = {"outputs": m, "v": 2, "weights": weights, "neurons": n}
                sample = {"count": COUNT, "right": RIGHT}
                listed += [{**size, "seed": seed, **sample} for seed in range(3) if n < m]
    return listed


def measure(task):
    """Find integers that are right, and count bits."""
    m, n = task["outputs"], task["neurons"]
    rng = np.random.default_rng([task["seed"], m])
    problem = random_two_and(m, m, rng=rng)
    net = double_light(problem, n, v=task["v"], rng=rng)
    fixed = {
        "floor": two_and_bits(m, m),
        "listed": 2 * m * math.ceil(math.log2(m)) + SEED_BITS,
        "floats": NUMBER_BITS * n * (n + 1),
    }
    written = (plain if task["weights"] == "plain" else rounded)(net, problem, task)
    return {**fixed, **(written or {"bits_per_weight": None, "entropy": None, "xz": None})}


def rounded(net, problem, task):
    """The coarsest whole numbers that are right, or None."""
    W = multiplied_out(net.network.layers[0])
    for step in STEPS:
        integers = np.rint(W / (step * W.std()))
        first = Layer((integers * (step * W.std()),), net.network.layers[0].bias)
        if _passes(with_first_layer(net, first, net.threshold), problem, task):
            return {"step": step, **_count(integers)}
    return None


def plain(net, problem, task):
    """C0 C^T, if that is right, or None."""
    C0 = listeners(problem, net.code_out.matrix)
    integers = multiplied_out(Layer((C0, net.code_in.matrix.T), np.zeros(C0.shape[0])))
    weight, slope = int(net.code_in.weights[0]), 1 / (ON - OFF)
    loads = integers.sum(axis=1, keepdims=True) / weight
    W = -slope * (integers / weight - loads / net.code_in.neurons)
    first = Layer((W,), np.full(len(W), slope * ON))
    return _count(integers) if _passes(with_first_layer(net, first, READ_OUT), problem, task) else None


def _count(integers):
    kinds, counts = np.unique(integers, return_counts=True)
    share = counts / counts.sum()
    entropy = float(-(share * np.log2(share)).sum())
    return {
        "kinds": len(kinds),
        "zeros": float(share[kinds == 0].sum()),
        "bits_per_weight": entropy,
        "entropy": integers.size * entropy + NUMBER_BITS * (len(integers) + len(kinds)),
        "xz": 8 * len(lzma.compress(integers.astype(np.int8).tobytes(), preset=6)),
    }


def multiplied_out(layer):
    """W, one dense matrix."""
    W = layer.factors[-1]
    W = W if isinstance(W, np.ndarray) else W.toarray()
    for factor in reversed(layer.factors[:-1]):
        W = factor @ W
    return W


def with_first_layer(net, first, threshold):
    """The same network with another first layer and read-out threshold."""
    network = Network((first, *net.network.layers[1:]))
    return SuperposedNetwork(net.code_in, network, net.code_out, net.v, threshold)


def _passes(net, problem, task):
    rng = np.random.default_rng([task["seed"], task["outputs"], 1])
    allowed, failures = math.floor((1 - task["right"]) * task["count"] + 1e-9), 0
    for _ in range(0, task["count"], PART):
        failures += verify(net, problem, task["v"], "sampled", count=PART, rng=rng).failures
        if failures > allowed:
            return False
    return True


def table(records):
    """Bits in units of the floor, medians over seeds; a dash where some seed was not right."""
    groups = {}
    for record in records:
        task = record["task"]
        group = (task["outputs"], task["weights"], task["neurons"])
        groups.setdefault(group, []).append(record["result"])
    counts = ("listed", "entropy", "xz", "floats")
    rows = []
    for group, results in sorted(groups.items()):
        middle = {
            name: _median([r[name] for r in results]) for name in (*counts, "floor", "bits_per_weight")
        }
        times = [middle[name] and middle[name] / middle["floor"] for name in counts]
        rows.append([*group, middle["bits_per_weight"], int(middle["floor"]), *times])
    names = ["m'", "weights", "neurons", "bits a weight", "floor", *counts]
    return "floor in bits; what follows, as multiples of it\n" + columns(names, rows)


def _median(values):
    return None if None in values else float(np.median(values))


if __name__ == "__main__":
    main("benchmarks.bits")
