"""Is a certified network ever wrong? Small networks, half of them extreme, against exact arithmetic.

Each network is drawn, certified or not, and tried on every input with at most v ones, three times:

- in fractions, so without any rounding, from the numbers that the network was made of;
- by its own `predict`;
- if it is certified, by another machine's arithmetic: sums in a random order, factors multiplied out in a
  random order, each product and sum in double precision or in more, subnormal numbers kept or set to zero.

A certified network that is wrong in one of them is unsound. There must be none. An "ordinary" network has
weights, biases and thresholds of everyday size, and perhaps a damage. An "extreme" one is such a network
after one to three of `CHANGES`: linear layers in a row, biases that cancel, factors that are scaled to the
ends of double precision, entries given twice, ties at the threshold, one unit in the last place beside it,
and others. No code of the certificate is used to make or to judge them.

So few inputs could all be tried, which is what `verify` does where its bounds leave something open. For
every other network this is switched off, so that the bounds are tested by themselves.
"""

import collections
import fractions
import itertools
from unittest import mock

import numpy as np
from scipy import sparse

from superpos_lib import (
    Code,
    ConstructionError,
    Layer,
    Network,
    Permutation,
    SuperposedNetwork,
    TwoAnd,
    double_light,
    permutation_network,
    random_two_and,
    verify,
)
from superpos_lib.two_and.assembly import recode

from .core import columns, main

__all__ = ["CHANGES", "measure", "table", "tasks"]

# Networks of a task, and tasks of each kind: 104,000 networks in all.
NETWORKS, TASKS = 2_000, 26
# Smaller numbers have fewer bits, or are zero.
NORMAL = 2.0**-1022


def tasks():
    """As many ordinary networks as extreme ones."""
    kinds = itertools.product(range(TASKS), ("ordinary", "extreme"))
    return [{"kind": kind, "networks": NETWORKS, "seed": seed} for seed, kind in kinds]


def measure(task):
    """Counts of verdicts, by what was done to the networks, and each unsound one in full."""
    counts, unsound = collections.defaultdict(collections.Counter), []
    inputs = 0
    for number in range(task["networks"]):
        g = np.random.default_rng([task["seed"], number, task["kind"] == "extreme"])
        draft, names = drawn(g, task["kind"])
        said, tried, fault = judged(draft, g)
        inputs += tried
        for name in names:
            counts[name][said] += 1
        counts["all"][said] += 1
        if fault:
            unsound.append({"network": number, "changes": names, "fault": fault})
    return {"inputs": inputs, "unsound": unsound, "counts": {k: dict(v) for k, v in sorted(counts.items())}}


# --- networks


class Draft:
    """A network that can still be changed; every matrix is dense until `given` says how it is given."""

    def __init__(self, problem, code_in, layers, code_out, v, threshold):
        self.problem, self.v, self.threshold = problem, v, float(threshold)
        self.code_in, self.code_out = np.array(code_in, float), np.array(code_out, float)
        self.layers = [
            [[np.array(F, float) for F in Fs], np.array(b, float), relu] for Fs, b, relu in layers
        ]
        self.given = np.asarray

    @classmethod
    def of(cls, problem, net):
        layers = [(map(dense, one.factors), one.bias, bool(one.relu)) for one in net.network.layers]
        return cls(
            problem, dense(net.code_in.matrix), layers, dense(net.code_out.matrix), net.v, net.threshold
        )

    def built(self):
        layers = tuple(Layer(tuple(map(self.given, Fs)), b, relu) for Fs, b, relu in self.layers)
        codes = Code(self.code_in), Code(self.code_out)
        return SuperposedNetwork(codes[0], Network(layers), codes[1], self.v, self.threshold)


def dense(matrix):
    return matrix if isinstance(matrix, np.ndarray) else matrix.toarray()


def drawn(g, kind):
    """(draft, what it is and what was done to it)."""
    name = g.choice(list(BASES), p=[p for p, _ in BASES.values()])
    draft = BASES[name][1](g)
    # Some damage, so that there is something to find; an extreme change often does enough.
    if g.random() < (0.4 if kind == "ordinary" else 0.15):
        damage(draft, g)
    changes = []
    if kind == "extreme":
        changes = g.choice(list(CHANGES), size=int(g.integers(1, 4)), replace=False).tolist()
        # Ties are of the network as it is in the end.
        changes.sort(key=lambda one: CHANGES[one] in (tie, threshold))
        for change in changes:
            CHANGES[change](draft, g)
    return draft, [str(name), *changes]


def problem_for(g):
    m = int(g.integers(2, 7))
    if g.random() < 0.25:
        return Permutation(g.permutation(m))
    return random_two_and(m, int(g.integers(1, min(4, m * (m - 1) // 2 + 1))), rng=g)


def wanted(problem):
    """Which inputs each output hears."""
    heard = problem.pairs if isinstance(problem, TwoAnd) else problem.order[:, None]
    W = np.zeros((problem.outputs, problem.inputs))
    W[np.arange(problem.outputs)[:, None], heard] = 1
    return W, heard.shape[1]


def code_for(m, g):
    """A code of m features and the matrix that reads them, or the identity."""
    if g.random() < 0.5:
        return np.eye(m), np.eye(m)
    C = np.vstack([np.eye(m)[g.permutation(m)], g.integers(0, 2, (int(g.integers(1, 4)), m))])
    return C, np.linalg.pinv(C)


def hidden(g, layers):
    """One row an output and a `Draft` with these layers: a function of (weights, number heard, noise)."""
    problem = problem_for(g)
    W, heard = wanted(problem)
    C, D = code_for(problem.inputs, g)
    channel = int(g.choice([1, 1, 2, 3]))
    S, W = np.repeat(np.eye(len(W)), channel, axis=0), np.repeat(W, channel, axis=0)
    W = W + g.normal(scale=g.choice([0, 0.02, 0.1]), size=W.shape)
    factors = [W, D] if g.random() < 0.5 else [W @ D]
    v = int(g.integers(1, min(4, problem.inputs) + 1))
    return Draft(problem, C, layers(factors, heard, len(W)), S, v, g.uniform(0.3, 0.7))


def one_relu(factors, heard, n):
    return [(factors, np.full(n, 1.0 - heard), True)]


def clip(factors, heard, n, slope=4.0):
    first, *rest = factors
    return [
        ([-slope * first, *rest], np.full(n, slope * (heard - 0.25)), True),
        ([-np.eye(n)], np.ones(n), True),
    ]


def two_clips(factors, heard, n):
    return [*clip(factors, heard, n), *clip([np.eye(n)], 1, n, slope=2.5)]


def linear_first(factors, heard, n):
    D = factors[-1] if len(factors) == 2 else np.eye(factors[0].shape[1])
    return [([D], np.zeros(len(D)), False), *one_relu(factors[:1], heard, n)]


def linear_last(factors, heard, n):
    return [*one_relu(factors, heard, n), ([np.eye(n)], np.zeros(n), False)]


def detectors(g):
    """Clips, and a detector for two of the inputs that takes from every row what both say."""
    draft = hidden(g, clip)
    (Fs, bias, _), (Gs, ones, _) = draft.layers
    one = np.zeros((1, Fs[0].shape[1]))
    one[0, g.choice(one.shape[1], 2, replace=False)] = 1.0
    Fs[0], draft.layers[0][1] = np.vstack([Fs[0], one]), np.append(bias, -1.0)
    Gs[0] = np.hstack([Gs[0], -(g.random((len(ones), 1)) < 0.2).astype(float)])
    return draft


def library(g):
    """Something that the library makes, in few neurons."""
    while True:
        problem, v, n = problem_for(g), int(g.integers(1, 3)), int(g.integers(8, 20))
        v = min(v, problem.inputs)
        try:
            if isinstance(problem, Permutation):
                return Draft.of(problem, permutation_network(problem, n, v=v, rng=g))
            net = double_light(problem, n, v=v, rng=g)
            return Draft.of(problem, recode(net, rng=g) if g.random() < 0.3 else net)
        except ConstructionError:
            continue


# How often each is drawn, and how.
BASES = {
    "one ReLU": (0.3, lambda g: hidden(g, one_relu)),
    "clip": (0.2, lambda g: hidden(g, clip)),
    "two clips": (0.15, lambda g: hidden(g, two_clips)),
    "linear first": (0.1, lambda g: hidden(g, linear_first)),
    "linear last": (0.1, lambda g: hidden(g, linear_last)),
    "detectors": (0.1, detectors),
    "library": (0.05, library),
}


# --- what is done to them


def some_layer(draft, g):
    return int(g.integers(len(draft.layers)))


def power(g, most=1000):
    """2^e: e small, middling or at the ends of double precision."""
    return 2.0 ** int(g.integers(1, g.choice([30, 200, 520, most]) + 1))


def damage(draft, g):
    """A weight or a bias is changed, little or much; or two channels are the same."""
    Fs, bias, _ = draft.layers[some_layer(draft, g)]
    F, kind = Fs[int(g.integers(len(Fs)))], int(g.integers(3))
    if kind == 0:
        F.flat[g.integers(F.size)] *= g.choice([-1, 0, 0.3, 0.9, 1.2, 3, 30])
    elif kind == 1:
        bias[g.integers(len(bias))] += g.normal(scale=g.choice([0.1, 1.5]))
    else:
        draft.code_out[:, g.integers(draft.code_out.shape[1])] = draft.code_out[:, 0]


def linear_layers(draft, g):
    """A layer becomes two to four, all but the last one linear, with biases that cancel, perhaps huge."""
    k = some_layer(draft, g)
    Fs, bias, relu = draft.layers[k]
    n, shift = Fs[-1].shape[1], g.choice([0.0, 0.1, power(g, 60), power(g)])
    scale = g.choice([1.0, power(g, 60), power(g)], size=n)
    steps = [([np.diag(scale)], np.full(n, shift), False), ([np.eye(n)], np.full(n, -shift), False)]
    back = ([np.diag(1 / scale)], np.zeros(n), False)
    draft.layers[k : k + 1] = [[*one] for one in (*steps[: int(g.integers(1, 3))], back)] + [
        [Fs, bias, relu]
    ]


def cancelling_biases(draft, g):
    """A bias of 2^e after a layer, ReLU or not, and away with it where the next one begins."""
    k, shift = some_layer(draft, g), power(g, 80)
    bias = draft.layers[k][1]
    unit = np.eye(len(bias))
    shifted = [[unit], np.full(len(bias), shift), bool(g.integers(2))]
    draft.layers[k + 1 : k + 1] = [shifted, [[unit], np.full(len(bias), -shift), bool(g.integers(2))]]


def scaled_factors(draft, g):
    """Between factors 2^e, then 2^-e; all in one layer, or the second in a linear layer before or after."""
    k = some_layer(draft, g)
    Fs, bias, _ = draft.layers[k]
    up, down = (s := power(g) ** g.choice([-1, 1]), 1 / s)
    n = Fs[-1].shape[1]
    by = np.where(g.random(n) < 0.7, up, 1.0)
    if g.random() < 0.6:
        Fs.extend([np.diag(1 / by), np.diag(by)] if g.random() < 0.5 else [np.diag(by), np.diag(1 / by)])
    elif g.random() < 0.5:
        Fs[:0] = [np.eye(len(bias)) * up, np.eye(len(bias)) * down]
    else:
        draft.layers.insert(k, [[np.diag(by)], np.zeros(n), bool(g.integers(2))])
        Fs.append(np.diag(1 / by))


def subnormal(draft, g):
    """Through numbers that have few bits left or none, and back by two factors."""
    Fs = draft.layers[some_layer(draft, g)][0]
    n, e = Fs[-1].shape[1], int(g.integers(480, 540))
    small, large = np.eye(n) * 2.0**-e, np.eye(n) * 2.0**e
    chain = [large, large, small, small]
    order = g.permutation(4) if g.random() < 0.5 else range(4)
    Fs.extend(chain[i] for i in order)


def overflow(draft, g):
    """A row more of 1e308s of either sign, whose sum depends on the order, read with next to no weight."""
    k = some_layer(draft, g)
    Fs, bias, _ = draft.layers[k]
    row = g.choice([1e308, -1e308, 1.7e308, 0.0], size=(1, Fs[0].shape[1]))
    Fs[0], draft.layers[k][1] = np.vstack([Fs[0], row]), np.append(bias, 0.0)
    weight = g.choice([0.0, 1e-308, 5e-324, 1e-300])
    if k + 1 < len(draft.layers):
        last = draft.layers[k + 1][0]
        last[-1] = np.hstack([last[-1], np.full((len(last[-1]), 1), weight)])
    else:
        n = len(bias)
        draft.layers.append([[np.hstack([np.eye(n), np.full((n, 1), weight)])], np.zeros(n), False])


def absorbed(draft, g):
    """Two neurons of the input code say the same, and are heard as B and as -B."""
    k = some_layer(draft, g)
    Fs = draft.layers[k][0]
    B = g.choice([0.1, 3.0, power(g, 60), power(g)]) * g.choice([-1, 1])
    n, j = Fs[-1].shape[1], int(g.integers(Fs[-1].shape[1]))
    spread = np.eye(n)[[*range(n), j, j]]
    extra = np.zeros((len(Fs[-1]), 2))
    extra[g.integers(len(extra))] = B, -B
    Fs[-1:] = [np.hstack([Fs[-1], extra]), spread]


def inexact(draft, g):
    """All weights and biases of a layer, and what comes after, times a number that rounding spoils."""
    t = g.choice([0.1, 1 / 3, 1e-8, 1e9, 0.7, 1 / 49])
    Fs, bias, _ = draft.layers[-1]
    Fs[0], draft.layers[-1][1], draft.threshold = Fs[0] * t, bias * t, draft.threshold * t


def repeated(draft, g):
    """Sparse matrices with several entries at a place, in any format, and with flags that deny it."""
    B = g.choice([1.0, 1e16, power(g, 900)])

    def given(F):
        rows, cols = (one.ravel() for one in np.indices(F.shape))
        values = F.ravel()
        rows, cols = np.tile(rows, 3), np.tile(cols, 3)
        # The exact sum of the three, rounded, is the entry again unless B swamps it; see `sums`.
        values = np.concatenate([values, np.full(F.size, B), np.full(F.size, -B)])
        kept = np.concatenate([np.ones(F.size, bool), np.tile(g.random(F.size) < 0.3, 2)])
        rows, cols, values = rows[kept], cols[kept], values[kept]
        order = g.permutation(len(rows))
        coo = sparse.coo_array((values[order], (rows[order], cols[order])), shape=F.shape)
        if g.random() < 0.4:
            return coo
        order = np.lexsort((g.random(len(rows)), rows))
        ends = np.searchsorted(rows[order], np.arange(len(F) + 1))
        csr = sparse.csr_array((values[order], cols[order], ends), shape=F.shape)
        csr.has_canonical_format = csr.has_sorted_indices = True
        return csr

    draft.given = given


def other_types(draft, g):
    """Matrices of single precision, whole numbers or Booleans, where their entries allow it."""

    def given(F):
        kinds = [np.float32, np.float16, np.int64, np.int8, bool]
        g.shuffle(kinds)
        with np.errstate(all="ignore"):
            same = [F.astype(kind) for kind in kinds if (F.astype(kind).astype(float) == F).all()]
        return same[0] if same else F

    draft.given = given


def linear(draft, g):
    """A ReLU less, or a linear layer more that changes nothing."""
    k = some_layer(draft, g)
    if g.random() < 0.3:
        draft.layers[k][2] = False
    else:
        n = len(draft.layers[k][1])
        draft.layers.insert(k + 1, [[np.eye(n)], np.zeros(n), bool(g.integers(2))])


def negative(draft, g):
    """A layer takes its inputs with the other sign, and the one before it gives them so."""
    k = some_layer(draft, g)
    Fs = draft.layers[k][0]
    n = Fs[-1].shape[1]
    draft.layers[k:k] = [[[-np.eye(n)], np.zeros(n), False]]
    Fs[-1] = -Fs[-1]


def tie(draft, g):
    """The threshold is a read-out, or between what should be true and false and close to one of them."""
    reads, sets = exact_reads(draft), sparse_inputs(draft.problem, draft.v)
    sides = [[], []]
    for one, s in zip(reads, sets, strict=True):
        for read, true in zip(one, truth(draft.problem, s), strict=True):
            if abs(read) < 2**1000:
                sides[true].append(float(read))
    ends = [x for x in (max(sides[0], default=None), min(sides[1], default=None)) if x is not None]
    if not ends:
        return
    at = ends[int(g.integers(len(ends)))]
    if g.random() < 0.7 and len(ends) == 2:
        at += (ends[0] + ends[1] - 2 * at) * 2.0 ** -int(g.integers(1, 56))
    for _ in range(int(g.integers(3))):
        at = np.nextafter(at, g.choice([-np.inf, np.inf]))
    draft.threshold = float(at) if np.isfinite(at) else 0.5


def threshold(draft, g):
    """Huge, tiny, subnormal, zero, negative."""
    draft.threshold = float(
        g.choice([1e308, 1e300, 1e16, 1e-9, 1e-300, 1e-310, 5e-324, 0, -1e-320, -1e-9, -1, -1e300])
    )


CHANGES = {
    "linear layers": linear_layers,
    "biases cancel": cancelling_biases,
    "scaled factors": scaled_factors,
    "subnormal": subnormal,
    "overflow": overflow,
    "weights cancel": absorbed,
    "inexact": inexact,
    "repeated entries": repeated,
    "other types": other_types,
    "a ReLU less or more": linear,
    "negative": negative,
    "a tie": tie,
    "threshold": threshold,
}  # fmt: skip


# --- verdicts


def sparse_inputs(problem, v):
    """Every input with at most v ones, as the set of them."""
    return [s for k in range(v + 1) for s in itertools.combinations(range(problem.inputs), k)]


def truth(problem, active):
    if isinstance(problem, Permutation):
        return [int(j) in active for j in problem.order]
    return [int(a) in active and int(b) in active for a, b in problem.pairs]


def judged(draft, g):
    """(verdict, inputs tried, what is unsound or "")."""
    sets = sparse_inputs(draft.problem, draft.v)
    Y = np.array([[j in s for s in sets] for j in range(draft.problem.inputs)])
    right = np.array([truth(draft.problem, s) for s in sets]).T
    try:
        net = draft.built()
    except ValueError:
        return "refused", 0, ""
    sums(draft, net)
    tried = int(g.integers(2)) * len(sets)
    with np.errstate(all="ignore"), mock.patch("superpos_lib.certificate.ENUMERATED", tried):
        report = verify(net, draft.problem, draft.v, "certified")
        predicted = (net.predict(Y) == right).all()
    if not predicted and not report.ok:
        return "wrong", len(sets), ""
    reads = exact_reads(draft)
    level = fractions.Fraction(draft.threshold)
    exact = bool((right == np.array([[x > level for x in one] for one in reads]).T).all())
    if not report.ok:
        # A counterexample to a network that is right would be a false charge.
        fault = "refuted, and right" if exact and report.counterexample is not None else ""
        return "right, open" if exact else "wrong", len(sets), fault
    fault = "" if exact else "exactly wrong"
    fault = fault or ("" if predicted else "predicted wrongly")
    other = Machine(g)
    if not fault and ((other.run(draft) > other.flushed(draft.threshold)) != right.T).any():
        fault = f"wrong on another machine: {other.seed}, {other.extended}, {other.flush}, {other.out}"
    return "certified", len(sets), fault


def sums(draft, net):
    """What the network keeps of a matrix is what it was given, entries at one place added up exactly."""
    for layer, (Fs, _, _) in zip(net.network.layers, draft.layers, strict=True):
        for k, F in enumerate(layer.factors):
            assert (dense(F) == Fs[k]).all(), "a matrix was changed"


def exact_reads(draft):
    """The read-outs of every input, as fractions: nothing is rounded."""
    C, S = draft.code_in.astype(int), draft.code_out.astype(int).T
    X = np.column_stack(
        [C[:, list(active)].sum(axis=1) for active in sparse_inputs(draft.problem, draft.v)]
    )
    X, e = X.astype(object), 0
    for Fs, bias, relu in draft.layers:
        for F in reversed(Fs):
            M, power = whole(F)
            X, e = M @ X, e + power
        b, power = whole(bias)
        X, b, e = X * 2 ** max(0, e - power), b * 2 ** max(0, power - e), min(e, power)
        X = X + b[:, None]
        X = np.maximum(X, 0) if relu else X
    unit = fractions.Fraction(2) ** e
    return [[unit * x / int(n) for x, n in zip(one, S.sum(axis=1), strict=True)] for one in (S @ X).T]


def whole(F):
    """(M, e) with F = M 2^e, M whole numbers of any size."""
    ratios = [x.as_integer_ratio() for x in F.ravel().tolist()]
    e = max(q.bit_length() for _, q in ratios) - 1
    M = np.array([p << (e - q.bit_length() + 1) for p, q in ratios] + [None], dtype=object)
    return M[:-1].reshape(F.shape), -e


class Machine:
    """Double precision as another machine may have it."""

    def __init__(self, g):
        self.extended, self.flush, self.out = (bool(g.integers(2)) for _ in range(3))
        self.seed = int(g.integers(2**32))
        self.rng = np.random.default_rng(self.seed)

    def flushed(self, X):
        return np.where(abs(X) < NORMAL, 0.0, X) if self.flush else X

    def product(self, A, B):
        """A B, each row in an order of its own."""
        A, B = self.flushed(A), self.flushed(B)
        wide = np.longdouble if self.extended else float
        result = np.zeros((len(A), B.shape[1]))
        for k, row in enumerate(A):
            total = np.zeros(B.shape[1])
            for j in self.rng.permutation(np.flatnonzero(row)):
                # In extended precision product and sum are rounded to double once, as if they were fused.
                term = row[j].astype(wide) * B[j]
                total = self.flushed((total + self.flushed(term)).astype(float))
            result[k] = total
        return result

    def run(self, draft):
        """The read-outs, a row for each input."""
        sets = sparse_inputs(draft.problem, draft.v)
        X = np.column_stack([draft.code_in[:, list(active)].sum(axis=1) for active in sets])
        with np.errstate(all="ignore"):
            for Fs, bias, relu in draft.layers:
                chain = [*Fs, X]
                while len(chain) > 1:
                    k = int(self.rng.integers(len(chain) - 1)) if self.out else len(chain) - 2
                    chain[k : k + 2] = [self.product(chain[k], chain[k + 1])]
                X = self.flushed(chain[0] + self.flushed(bias)[:, None])
                X = np.maximum(X, 0) if relu else X
            S = draft.code_out.T
            return self.product(S / S.sum(axis=1, keepdims=True), X).T


def table(records):
    """Verdicts by kind of network and by what was done to it."""
    verdicts = ["certified", "right, open", "wrong", "refused"]
    counts, unsound = collections.defaultdict(collections.Counter), collections.Counter()
    for record in records:
        kind = record["task"]["kind"]
        unsound[kind] += len(record["result"]["unsound"])
        for name, found in record["result"]["counts"].items():
            counts[kind, name].update(found)
    rows = [
        [*name, sum(found.values()), *(found[verdict] for verdict in verdicts)]
        for name, found in sorted(counts.items())
    ]
    said = ", ".join(f"{count} of the {kind} networks" for kind, count in unsound.items())
    return columns(["kind", "of which", "networks", *verdicts], rows) + f"\nunsound: {said}"


if __name__ == "__main__":
    main("benchmarks.soundness")
