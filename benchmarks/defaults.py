"""Is a network of default width right? Problems of many kinds, and an attack with a logic of its own.

A task names a problem by kind, number of active features and seed, from which its size is drawn. Its
network is `two_and_network` without `neurons`. "before" is the width of the rule that version 0.2.0
had, where one network was drawn and taken as it was. Checked is the network's raw numbers: every input,
where running them is affordable; else an attack by beams. It starts from single inputs and pairs, adds
every input to each, runs all of these, keeps those on which some output is nearest to being wrong, and
so on up to v active inputs; in turn the inputs of the best are exchanged, one at a time, for every
other.
"""

import itertools
import math

import numpy as np

from superpos_lib import TwoAnd, clique, hubs, matching, power_law, random_two_and, two_and_network
from superpos_lib.two_and.width import light_width, recoded_width

from .core import columns, main

__all__ = ["KINDS", "attack", "measure", "problem_of", "table", "tasks"]

SEEDS, SPARSITY = 4, (1, 2, 3, 4, 5)
# Outputs are drawn up to so many, by v: beyond, the attack would not end in seconds.
MOST = {1: 400, 2: 3_000, 3: 1_000, 4: 500, 5: 400}
# Columns of a network are run as long as they cost no more multiplications than this in all.
WORK = 4e9
BEAM = 6


def _copies(count, edges):
    """Disjoint copies of a graph."""
    width = 1 + max(max(edge) for edge in edges)
    pairs = [(a + k * width, b + k * width) for k in range(count) for a, b in edges]
    return TwoAnd(count * width, pairs)


def _graph(nodes, joined):
    """The graph on these nodes in which two are joined where `joined` says so."""
    pairs = [(a, b) for a, b in itertools.combinations(range(len(nodes)), 2) if joined(nodes[a], nodes[b])]
    return TwoAnd(len(nodes), pairs)


def _cliques(size, rng):
    k = int(rng.integers(3, 9))
    return _copies(max(1, size // math.comb(k, 2)), list(itertools.combinations(range(k), 2)))


def _clique_and_hub(size, rng):
    k = max(3, int(rng.uniform(0.5, 1.2) * size**0.5))
    inner = list(itertools.combinations(range(k), 2))
    return TwoAnd(size + k + 1, inner + [(0, k + j) for j in range(1, max(2, size - len(inner)))])


def _kneser(size, rng):
    n = min(max(5, round((8 * size) ** 0.25)), 9)
    nodes = list(itertools.combinations(range(n), 2))
    return _graph(nodes, lambda a, b: not set(a) & set(b))


def _paley(size, rng):
    q = max((p for p in (5, 13, 17, 29, 37, 41, 53, 61, 73, 89, 97) if p * (p - 1) / 4 <= size), default=5)
    squares = {x * x % q for x in range(1, q)}
    return _graph(range(q), lambda a, b: (a - b) % q in squares)


def _johnson(size, rng):
    n = max(4, round((2 * size) ** (1 / 3)))
    nodes = list(itertools.combinations(range(n), 2))
    return _graph(nodes, lambda a, b: len(set(a) & set(b)) == 1)


def _grid(size, rng):
    a = max(2, round((size / 2) ** 0.5 * rng.uniform(0.5, 1)))
    b = max(2, size // (2 * a))
    nodes = list(itertools.product(range(a), range(b)))
    return _graph(nodes, lambda s, t: abs(s[0] - t[0]) + abs(s[1] - t[1]) == 1)


def _hypercube(size, rng):
    d = max(d for d in range(1, 10) if d * 2 ** (d - 1) <= max(1, size))
    return _graph(range(2**d), lambda a, b: bin(a ^ b).count("1") == 1)


def _windmill(size, rng):
    blades = max(1, size // 3)
    pairs = [pair for k in range(1, 2 * blades, 2) for pair in ((0, k), (0, k + 1), (k, k + 1))]
    return TwoAnd(2 * blades + 1, pairs)


def _star_of_cliques(size, rng):
    k = int(rng.integers(3, 7))
    inside = list(itertools.combinations(range(k), 2))
    count = max(1, size // (len(inside) + 1))
    pairs = [(1 + c * k + a, 1 + c * k + b) for c in range(count) for a, b in inside]
    return TwoAnd(1 + count * k, pairs + [(0, 1 + c * k) for c in range(count)])


def _bipartite(size, rng):
    a = max(1, int(size**0.5 * rng.uniform(0.1, 1)))
    b = max(1, size // a)
    return TwoAnd(a + b, list(itertools.product(range(a), range(a, a + b))))


def _random(size, rng):
    m = max(3, int(size * rng.uniform(0.2, 2)), math.ceil(2 * size**0.5))
    return random_two_and(m, min(size, m * (m - 1) // 2), rng=rng)


def _power_law(size, rng):
    m = max(4, int(size * rng.uniform(0.15, 1.5)), math.ceil(3 * size**0.5))
    return power_law(m, min(size, m * (m - 1) // 4), exponent=rng.uniform(0.4, 1.2), rng=rng)


def _hubs(size, rng):
    count = int(rng.integers(1, 22))
    return hubs(count, max(1, size // count))


def _few(size, rng):
    m, outputs = int(math.exp(rng.uniform(math.log(200), math.log(10_000)))), int(rng.integers(1, 51))
    return random_two_and(m, outputs, rng=rng)


def _repeated(size, rng):
    k = int(rng.integers(3, 12))
    edges = [(j, (j + 1) % k) for j in range(k)]
    return _copies(max(1, size // k), edges)


KINDS = {
    "matching": lambda size, rng: matching(2 * size),
    "matching, idle inputs": lambda size, rng: TwoAnd(
        2 * size + int(rng.integers(1, 1_000)), matching(2 * size).pairs
    ),
    "clique": lambda size, rng: clique(max(2, int((2 * size) ** 0.5))),
    "disjoint cliques": _cliques,
    "clique and hub": _clique_and_hub,
    "Kneser": _kneser,
    "Paley": _paley,
    "Johnson": _johnson,
    "grid": _grid,
    "hypercube": _hypercube,
    "windmill": _windmill,
    "star of cliques": _star_of_cliques,
    "complete bipartite": _bipartite,
    "random": _random,
    "power law": _power_law,
    "hubs": _hubs,
    "few of many": _few,
    "disjoint cycles": _repeated,
}


def tasks():
    """Four problems of each kind and v."""
    return [
        {"kind": kind, "v": v, "seed": seed}
        for seed, v, kind in itertools.product(range(SEEDS), SPARSITY, KINDS)
    ]


def problem_of(task):
    """The problem of a task, its size drawn with its seed: from 1 output, more often large than small."""
    rng = np.random.default_rng([list(KINDS).index(task["kind"]), task["v"], task["seed"], 16])
    size = math.exp(rng.uniform(0.25, 1) * math.log(MOST[task["v"]]))
    return KINDS[task["kind"]](max(1, round(size)), rng)


def measure(task):
    """The default network's width, what finding it took, and how many inputs the attack finds wrong."""
    problem, v = problem_of(task), min(task["v"], problem_of(task).inputs)
    rule = min(light_width(problem, v), recoded_width(problem, v), max(problem.inputs, problem.outputs))
    net = two_and_network(problem, v=v, rng=np.random.default_rng([task["seed"], 7]))
    tried, wrong, every = attack(net, problem.pairs, v)
    origin = net.origin
    return {
        "inputs": problem.inputs,
        "outputs": problem.outputs,
        "before": rule,
        "neurons": net.neurons,
        "proof": origin.proof,
        "draws": origin.draws,
        "attack": "every input" if every else "beams",
        "tried": tried,
        "wrong": wrong,
    }


class _Raw:
    """A network as the numbers that it has: matrices multiplied out, margins of any sets of inputs."""

    def __init__(self, net, pairs):
        first, *others = net.network.layers
        self.A = _product([*first.factors, net.code_in.matrix])
        self.biases = [layer.bias[:, None] for layer in net.network.layers]
        self.others = [_sparse_or_dense(_product(layer.factors)) for layer in others]
        S = net.code_out.matrix
        self.D = _sparse_or_dense((S / np.asarray(S.sum(axis=0)).ravel()).T)
        self.pairs, self.threshold = pairs, net.threshold
        self.cost = self.A.shape[0] + sum(getattr(W, "nnz", W.size) for W in [*self.others, self.D])
        self.tried, self.wrong = 0, set()

    def margins(self, sets):
        """For each set of active inputs the smallest margin of any output; below 0 some output is wrong."""
        smallest = []
        step = max(1, 2**22 // max(*self.A.shape, len(self.pairs)))
        for top in range(0, len(sets), step):
            some = sets[top : top + step]
            Y = np.zeros((self.A.shape[1], len(some)), dtype=bool)
            for column, chosen in enumerate(some):
                Y[list(chosen), column] = True
            z = np.stack([self.A[:, list(chosen)].sum(axis=1) for chosen in some], axis=1)
            h = np.maximum(z + self.biases[0], 0)
            for W, bias in zip(self.others, self.biases[1:], strict=True):
                h = np.maximum(W @ h + bias, 0)
            read = self.D @ h - self.threshold
            truth = Y[self.pairs[:, 0]] & Y[self.pairs[:, 1]]
            right = truth == (read > 0)
            margin = np.where(truth, read, -read).min(axis=0)
            margin[~right.all(axis=0)] = -1
            self.wrong.update(tuple(some[k]) for k in np.flatnonzero(margin == -1))
            smallest.append(margin)
        self.tried += len(sets)
        return np.concatenate(smallest)


def attack(net, pairs, v):
    """(inputs tried, inputs found wrong, whether every input was tried)."""
    raw, m = _Raw(net, pairs), net.code_in.features
    afford = max(500, int(WORK / raw.cost))
    if sum(math.comb(m, k) for k in range(v + 1)) <= afford:
        for k in range(v + 1):
            raw.margins(list(itertools.combinations(range(m), k)))
        return raw.tried, len(raw.wrong), True
    rng, share = np.random.default_rng(0), afford // 2
    while raw.tried < afford:
        _beams(raw, m, pairs, v, rng, min(share, afford - raw.tried))
    return raw.tried, len(raw.wrong), False


def _beams(raw, m, pairs, v, rng, budget):
    """One pass from single inputs and pairs to sets of v; it may run so many inputs."""
    end = raw.tried + budget
    a, b = pairs[rng.integers(len(pairs))]
    kept = [(int(a),), (int(b),)] + ([(int(a), int(b))] if v > 1 else [])
    for _ in range(2 * v):
        grown = set()
        for chosen in kept:
            room = max(1, (end - raw.tried) // (2 * v * len(kept)))
            some = range(m) if m <= room else rng.choice(m, room, replace=False)
            if len(chosen) < v:
                grown.update(tuple(sorted({*chosen, int(j)})) for j in some)
            else:
                out = chosen[rng.integers(len(chosen))]
                grown.update(tuple(sorted({*chosen, int(j)} - {out})) for j in some if j not in chosen)
        grown = sorted(grown | set(kept))
        margins = raw.margins(grown)
        best = np.argsort(margins + 1e-9 * rng.random(len(grown)))
        kept = [grown[k] for k in best[:BEAM]]
        if raw.tried >= end:
            break


def _product(factors):
    left, *rest = factors
    for factor in rest:
        left = left @ factor
    return left.toarray() if hasattr(left, "toarray") else np.asarray(left)


def _sparse_or_dense(matrix):
    from scipy.sparse import csr_array

    matrix = matrix.toarray() if hasattr(matrix, "toarray") else np.asarray(matrix)
    return csr_array(matrix) if np.count_nonzero(matrix) < matrix.size / 20 else matrix


def table(records):
    """A line for each kind and v: problems, wrong ones, proofs, and how much wider the widest became."""
    rows = []
    for kind, v in itertools.product(KINDS, SPARSITY):
        found = [r["result"] for r in records if (r["task"]["kind"], r["task"]["v"]) == (kind, v)]
        if found:
            wider = [r["neurons"] / r["before"] for r in found]
            proofs = [sum(r["proof"] == p for r in found) for p in ("dedicated", "certificate", "climbing")]
            outputs = [r["outputs"] for r in found]
            bad = sum(r["wrong"] > 0 for r in found)
            rows.append([kind, v, max(outputs), len(found), bad, *proofs, min(wider), max(wider)])
    names = ["kind", "v", "m' up to", "problems", "wrong", "own neurons", "certified", "searched"]
    return columns([*names, "width / before: least", "most"], rows)


if __name__ == "__main__":
    main("benchmarks.defaults")
