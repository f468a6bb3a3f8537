"""Is this network right? Three answers: every input tried, a sample tried, or a proof for every input.

**The proof** (`method="certified"`). Let the network be one or two layers of ReLUs, and linear ones: every
construction here before it is re-coded. What the first layer hears is additive over the active inputs,
whatever the matrices are: z(S) = bias + sum of A[:, j] for j in S, with A = W C. So the read-out of output
i is a sum over a few rows r of q_r f_r(z_r(S)), each f_r a convex function of one number, or a clipped one.

*One input at a time.* Let k more inputs join those in P, let z be what a row hears from P and x_j what
j adds. For a convex f, f(z + x_1 + ... + x_k) <= f(z) + sum_j (f(z + k x_j) - f(z)) / k, by Jensen.
For f = min(cap, g), g convex, each term may be cut off at 0 below and at cap - f(z) above. Deficits have
bounds of the same kind. Summed over the rows of output i these are numbers c(j), and no k inputs can add
more than the k largest of them.

*Branch and bound.* If that does not settle it, one of the k has c(j) at least the k-th part of what is
missing. We let each such j join P in turn, those before it barred, with k - 1 to come. The last one is
computed exactly, for all j at once. What then stays within a rounding error of the threshold, bounded in
advance and generously, is run through the network itself, and must be further away than that. So with
enough work every network is certified that is right whatever rounding does, and no other one.

*After re-coding* (four layers of ReLUs, all rows clipped), for v <= 3. A row of the first clip is lit no
more than by what its loudest active input says and v - 1 times the second loudest. So what S lights is at
most the sum of what its pairs light, and these are listed, row by row. Over the K = v (v - 1) / 2 pairs of
S, Jensen again: the second clip, min(cap, g), rises by at most the sum of min(cap, g(K e_p) / K), where
pair p alone is heard as e_p. An output that is true by mistake has a pair that brings it the K-th part of
the way. For v = 2 the network is run on these pairs. For v = 3 every third input is tried with them, by
bounds that are exact but for what quiet inputs do to a row on its slope; so it is with the pair of each
output and every third input. The network itself is run on what is left, and must be right there.
"""

import itertools
from dataclasses import dataclass

import numpy as np

from ._arguments import boolean_columns, expected, generator, real, whole
from ._matrices import as_dense, entries, from_entries
from .inputs import count_sparse, sparse_batches, targeted_sparse
from .network import SuperposedNetwork
from .problems import Permutation, TwoAnd

__all__ = ["Report", "clopper_pearson_upper", "verify"]

# The most inputs that an exhaustive check goes through: beyond it, it would not end in an afternoon.
EXHAUSTIVE_INPUTS = 50_000_000
BATCH = 256
# A certificate: A has at most so many entries, ...
ADDITIVE_CELLS = 2**27
# ... at most so many sets P are looked at, pairs completed for an output, inputs run and pairs listed; with
# more to do it gives up, ...
NODES, JOBS, SUSPECTS, LISTED = 400_000, 150_000, 50_000, 2**25
FIRST = 8
# ... except where there are so few inputs that all can be tried.
ENUMERATED = 200_000
# So many of the loudest inputs of a row are told apart where the others make little difference.
LOUD = 64
# Less than what is needed to move a row from its rest, by more than rounding errors of its sum.
NEARLY = 1 - 1e-6


@dataclass(frozen=True, eq=False)
class Report:
    """What a check found.

    ok : no input failed
    checked : how many inputs were tried
    failures : on how many of them at least one output was wrong
    failure_rate : failures / checked
    failure_rate_upper : the failure rate is at most this; for a sample, with the stated confidence and
        for inputs drawn as the sample was
    counterexample : the first input that failed, Booleans of shape (m,), or None

    A certificate that holds covers every input: `checked` is their number, and the rates are 0. Where none
    was found, `ok` is false, `checked` counts the inputs that the network was run on, those that the
    bounds left open, `failures` those that failed, and `failure_rate_upper` is 1: nothing is claimed.
    `counterexample` then tells a wrong network from one that could not be settled, where it is None.
    """

    ok: bool
    checked: int
    failures: int
    failure_rate: float
    failure_rate_upper: float
    counterexample: np.ndarray | None


def clopper_pearson_upper(failures, checked, confidence=0.99):
    """The largest p under which so few failures would not be surprising.

    The solution p of P[Binomial(checked, p) <= failures] = 1 - confidence: an exact upper confidence
    bound for the failure rate (Clopper and Pearson 1934, one-sided).

    Raises
    ------
    ValueError
        checked < 1, failures outside 0, ..., checked, confidence outside (0, 1).

    Examples
    --------
    >>> abs(clopper_pearson_upper(0, 1000) - (1 - 0.01 ** (1 / 1000))) < 1e-12
    True
    >>> clopper_pearson_upper(5, 5)
    1.0
    """
    checked = whole("checked", checked, 1)
    failures = whole("failures", failures, 0, checked)
    confidence = real("confidence", confidence, 0, 1 - 1e-12)
    if failures == checked:
        return 1.0
    k = np.arange(1, failures + 1)
    log_choose = np.concatenate([[0.0], np.cumsum(np.log((checked - k + 1) / k))])
    k = np.arange(failures + 1)

    def log_tail(p):
        terms = log_choose + k * np.log(p) + (checked - k) * np.log1p(-p)
        return terms.max() + np.log(np.exp(terms - terms.max()).sum())

    low, high = failures / checked, 1.0
    while (middle := (low + high) / 2) not in (low, high):
        if log_tail(middle) > np.log(1 - confidence):
            low = middle
        else:
            high = middle
    return float(high)


def verify(network, problem, v, method="exhaustive", *, count=None, rng=None, inputs=None, confidence=0.99):
    """Compare a network's predictions with the problem's truth, input by input.

    Parameters
    ----------
    network : SuperposedNetwork
    problem : TwoAnd or Permutation
    v : int
        Inputs with at most v ones are checked; v is at most `network.v`.
    method : str
        "exhaustive": every input with at most v ones. "sampled": `count` inputs of
        `targeted_sparse`, drawn from `rng`, or the given `inputs`. "certified": a proof for every input
        with at most v ones, by bounds on what the rows hear; see the head of this module.
    count, rng, inputs
        For "sampled" only: either count and rng, or inputs, Booleans of shape (m, batch).
    confidence : float
        Of `failure_rate_upper` for a sample (Clopper and Pearson).

    Returns
    -------
    Report

    Raises
    ------
    ValueError
        A network of other sizes than the problem, v out of range, an unknown method, arguments that
        the method does not take or lacks, more than 50,000,000 inputs to go through, or a network too
        large for a certificate (rows times m above 2^27).

    Notes
    -----
    A certificate is sound: a network that it calls right is right on every input, whatever rounding does.
    It is not complete. It gives up, without a counterexample, where a read-out is as near to the threshold
    as rounding errors, and where too much is left open: near the smallest width. After re-coding it has
    bounds for v <= 3 and rows that are plain clips: for v >= 4, with detectors, or for a permutation
    applied twice, it tries all inputs, if there are no more than 200,000 of them.

    Examples
    --------
    >>> from superpos_lib.permutation import permutation_network
    >>> from superpos_lib.problems import Permutation
    >>> p = Permutation([1, 2, 0, 3, 5, 4])
    >>> net = permutation_network(p, 160, v=2, rng=np.random.default_rng(0))
    >>> report = verify(net, p, 2)
    >>> report.ok, report.checked
    (True, 22)
    """
    if not isinstance(network, SuperposedNetwork):
        raise expected("network", "a SuperposedNetwork", network)
    sizes = (network.code_in.features, network.code_out.features)
    if not hasattr(problem, "truth") or (problem.inputs, problem.outputs) != sizes:
        raise expected("problem", f"a problem of {sizes[0]} inputs and {sizes[1]} outputs", problem)
    v = whole("v", v, 1, network.v)
    if method in ("exhaustive", "certified") and not (count is None and rng is None and inputs is None):
        raise expected("count, rng, inputs", f'none of them with method="{method}"', "one")
    if method == "certified":
        return _certify(network, problem, v)
    if method == "exhaustive":
        if count_sparse(problem.inputs, v) > EXHAUSTIVE_INPUTS:
            raise expected(
                "v",
                f'at most {EXHAUSTIVE_INPUTS} inputs in all; method="sampled" has no such limit',
                f"{count_sparse(problem.inputs, v)} inputs with at most {v} ones",
            )
        report = _compare(network, problem, sparse_batches(problem.inputs, v, BATCH))
        return Report(*report[:3], report[3], report[3], report[4])
    if method != "sampled":
        raise expected("method", '"exhaustive", "certified" or "sampled"', repr(method))
    if inputs is None:
        inputs = targeted_sparse(problem, v, whole("count", count, 1), rng=generator(rng))
    elif not (count is None and rng is None):
        raise expected("inputs", "either inputs, or count and rng", "both")
    inputs = boolean_columns("inputs", inputs, problem.inputs)
    if inputs.ndim != 2 or inputs.shape[1] == 0 or inputs.sum(axis=0).max() > v:
        raise expected("inputs", f"one column or more with at most {v} ones each", inputs)
    batches = (inputs[:, i : i + BATCH] for i in range(0, inputs.shape[1], BATCH))
    report = _compare(network, problem, batches)
    upper = clopper_pearson_upper(report[2], report[1], confidence)
    return Report(*report[:3], report[3], upper, report[4])


def _compare(network, problem, batches):
    checked = failures = 0
    counterexample = None
    for Y in batches:
        wrong = (network.predict(Y) != problem.truth(Y)).any(axis=0)
        checked += Y.shape[1]
        failures += int(wrong.sum())
        if counterexample is None and wrong.any():
            counterexample = Y[:, int(np.argmax(wrong))].copy()
    return failures == 0, checked, failures, failures / checked, counterexample


# --- certificates


def _certify(network, problem, v):
    if not isinstance(problem, (TwoAnd, Permutation)):
        raise expected("problem", "a TwoAnd or a Permutation", problem)
    m = problem.inputs
    stages, tail = _stages(network)
    if stages and stages[0].bias.size * m > ADDITIVE_CELLS:
        raise expected("network", f"at most {ADDITIVE_CELLS} rows times inputs", stages[0].bias.size * m)
    error = _rounding(stages, tail, v)
    suspects = _Suspects(network, problem, 2 * error[-1])
    if len(stages) in (1, 2):
        settled = _settle_by_bounds(stages, tail, problem, v, suspects)
    elif len(stages) == 4 and v <= 3 and isinstance(problem, TwoAnd):
        settled = _settle_recoded(stages, tail, problem, v, suspects, error)
    else:
        settled = False
    settled = suspects.run() and settled
    if not settled and not suspects.failures and count_sparse(m, v) <= ENUMERATED:
        suspects = _Suspects(network, problem, 2 * error[-1])
        settled = all(suspects.run_on(Y) for Y in sparse_batches(m, v, BATCH))
    if settled:
        return Report(True, count_sparse(m, v), 0, 0.0, 0.0, None)
    checked, failures = suspects.checked, suspects.failures
    rate = failures / checked if checked else 0.0
    return Report(False, checked, failures, rate, 1.0, suspects.counterexample)


class _Suspects:
    """Inputs that bounds leave open: collected as sets, each run once, many at a time.

    An input is settled if every output is right and further than `margin` from the threshold; it failed
    if some output is wrong and further away than that. Between the two, rounding decides: it stays open.
    """

    def __init__(self, network, problem, margin):
        self.network, self.problem, self.margin = network, problem, margin
        self.seen, self.waiting = set(), []
        self.checked = self.failures = 0
        self.settled = True
        self.counterexample = None

    def add(self, active):
        """Note a set of inputs; false as soon as there is no point in going on."""
        key = tuple(sorted(int(j) for j in active))
        if key not in self.seen:
            self.seen.add(key)
            self.waiting.append(key)
        if len(self.seen) > SUSPECTS:
            return False
        # The first few are run at once: a wrong network mostly fails on them.
        return len(self.waiting) < (BATCH if self.checked else FIRST) or self.run()

    def run(self):
        """Run the network on all that wait: true if all so far are settled."""
        if self.waiting:
            Y = np.zeros((self.problem.inputs, len(self.waiting)), dtype=bool)
            for column, active in enumerate(self.waiting):
                Y[list(active), column] = True
            self.waiting = []
            self.run_on(Y)
        return self.settled

    def run_on(self, Y):
        """Run the network on the columns of Y: true if all of them are settled."""
        room = self.network.trace(Y).read_out - self.network.threshold
        room = np.where(self.problem.truth(Y), room, -room)
        failed = (room < -self.margin).any(axis=0)
        settled = bool((room > self.margin).all())
        self.settled &= settled
        self.checked += Y.shape[1]
        self.failures += int(failed.sum())
        if self.counterexample is None and failed.any():
            self.counterexample = Y[:, int(np.argmax(failed))].copy()
        return settled


@dataclass(frozen=True, eq=False)
class _Affine:
    """x -> product of `factors` times x, plus `bias`."""

    factors: tuple
    bias: np.ndarray

    def __call__(self, X):
        for factor in reversed(self.factors):
            X = factor @ X
        return X

    def matrix(self):
        """The factors, multiplied out."""
        left, *rest = self.factors
        for factor in rest:
            left = left @ factor
        return left

    def norm(self):
        """At least the largest sum of a row's absolute values, of the factors multiplied."""
        rows = [np.bincount(r, abs(w), f.shape[0]) for f in self.factors for r, _, w in [entries(f)]]
        return float(np.prod([row.max(initial=0) for row in rows]))


def _stages(network):
    """The layers of ReLUs, each with the linear ones before it, and what follows: the read-out included."""
    stages, waiting = [], None
    read_out = _Affine((network.code_out.decompressor,), np.zeros(network.code_out.features))
    maps = [(_Affine(layer.factors, layer.bias), layer.relu) for layer in network.network.layers]
    for affine, relu in [*maps, (read_out, False)]:
        if waiting is not None:
            affine = _Affine(affine.factors + waiting.factors, affine.bias + affine(waiting.bias))
        if relu:
            stages.append(affine)
        waiting = None if relu else affine
    return stages, waiting


def _rounding(stages, tail, v):
    """More than the read-out, and what any layer hears, can be off by rounding: one bound for each.

    A sum of n products is off by at most n eps times the sum of their sizes (Higham, Accuracy and
    Stability of Numerical Algorithms, section 3.1), whatever the order. We take four times that.
    """
    size, error, errors = float(v), 0.0, []
    for affine in [*stages, tail]:
        norm, terms = affine.norm(), sum(factor.shape[1] + 2 for factor in affine.factors)
        bias = float(abs(affine.bias).max())
        error = norm * error + 4 * np.finfo(float).eps * terms * (norm * size + bias)
        size = norm * size + bias
        errors.append(error)
    return errors


def _additive(stage, network):
    """A, shape (rows, m): what each active input adds to what the first layer hears."""
    m = network.code_in.features
    A = np.empty((len(stage.bias), m))
    for left in range(0, m, 1024):
        A[:, left : left + 1024] = stage(as_dense(network.code_in.matrix[:, left : left + 1024]))
    return A


@dataclass(frozen=True, eq=False)
class _Rows:
    """h_r = relu(b_r + w_r relu(z_main(r)) + the extra terms), h of the second layer.

    `extras` are (row, weight, unit): most rows have none, a row with a detector has one. Without a second
    layer h = relu(z): b = 0 and w = 1.
    """

    main: np.ndarray
    w: np.ndarray
    b: np.ndarray
    extras: tuple


def _second(stages):
    if len(stages) == 1:
        n = len(stages[0].bias)
        none = np.zeros(0, dtype=np.int64)
        return _Rows(np.arange(n), np.ones(n), np.zeros(n), (none, np.zeros(0), none))
    row, unit, weight = entries(stages[1].matrix())
    n = len(stages[1].bias)
    # The main unit of a row is its first one with a negative weight, or else the first one.
    order = np.lexsort((unit, weight > 0, row))
    row, unit, weight = row[order], unit[order], weight[order]
    first = np.flatnonzero(np.diff(row, prepend=-1))
    main, w = np.zeros(n, dtype=np.int64), np.zeros(n)
    main[row[first]], w[row[first]] = unit[first], weight[first]
    rest = np.ones(len(row), dtype=bool)
    rest[first] = False
    return _Rows(main, w, stages[1].bias, (row[rest], weight[rest], unit[rest]))


def _relu(z):
    return np.maximum(z, 0)


class _Output:
    """The read-out of one output, sign * (constant + sum of q_r h_r): its value, and bounds for it."""

    def __init__(self, rows, q, which, A, bias, extras):
        self.q = q[:, None]
        self.w, self.b = rows.w[which][:, None], rows.b[which][:, None]
        self.cap, self.clipped = _relu(self.b), self.w < 0
        self.x, self.z = A[rows.main[which]], bias[rows.main[which]][:, None]
        place, self.extra_w, unit = extras
        self.place, self.extra_w = place, self.extra_w[:, None]
        self.extra_x, self.extra_z = A[unit], bias[unit][:, None]

    def start(self):
        return self.z, self.extra_z

    def join(self, state, j):
        """What is heard when input j joins in."""
        return state[0] + self.x[:, j : j + 1], state[1] + self.extra_x[:, j : j + 1]

    def values(self, state, allowed):
        """Exactly, apart from rounding: with nobody more, and with each of the allowed inputs."""
        return np.concatenate([self._value(*state), self._value(*self._each(state, allowed))])

    def _each(self, state, allowed):
        return state[0] + self.x[:, allowed], state[1] + self.extra_x[:, allowed]

    def _value(self, z, extra_z):
        heard = self.b + self.w * _relu(z)
        np.add.at(heard, self.place, self.extra_w * _relu(extra_z))
        return (self.q * _relu(heard)).sum(axis=0)

    def bound(self, state, allowed, k):
        """(base, c): at most base plus the k largest of c, for up to k of the allowed inputs more."""
        z, extra_z = state
        x, up, w, b, cap = self.x[:, allowed], self.q > 0, self.w, self.b, self.cap
        f = _relu(b + w * _relu(z))
        # Clipped, f = relu(b + w relu(z)) with w < 0: min(cap, g) for g = relu(b + w z), convex. It may
        # rise to cap, and it may fall by min(cap, |w| relu(z)), again a clipped convex function.
        far = z + k * x
        rise = np.clip((_relu(b + w * far) - _relu(b + w * z)) / k, 0, cap - f)
        fallen = np.minimum(cap, -w * _relu(z))
        fall = np.clip(-w * (_relu(far) - _relu(z)) / k, 0, _relu(cap - fallen))
        if not self.clipped.all():
            # Convex, w >= 0. It stays above its tangent, and above its least value, relu(b).
            convex = (_relu(b + w * _relu(far)) - f) / k
            tangent = np.where((z > 0) & (b + w * z > 0), w, 0)
            drop = np.minimum(f - cap, tangent * _relu(-x))
            rise, fall = np.where(self.clipped, rise, convex), np.where(self.clipped, fall, drop)
        base = (self.q * f).sum()
        c = (abs(self.q) * np.where(up, rise, fall)).sum(axis=0)
        if len(self.place):
            # An extra term lifts h by at most its value if its weight is positive, else lowers it.
            share = self.q[self.place] * self.extra_w
            share = np.where((self.extra_w > 0) == up[self.place], share, 0)
            now = _relu(extra_z)
            base += (share * now).sum()
            c = c + (share * (_relu(extra_z + k * self.extra_x[:, allowed]) - now) / k).sum(axis=0)
        return base, _relu(c)


def _settle_by_bounds(stages, tail, problem, v, suspects):
    """Branch and bound for every output: true unless it gave up. What it leaves open is in `suspects`."""
    network, margin = suspects.network, suspects.margin
    if not np.isfinite(margin):
        return False
    rows, A, bias = _second(stages), _additive(stages[0], network), stages[0].bias
    output, row, weight = entries(tail.matrix())
    order = np.argsort(output, kind="stable")
    output, row, weight = output[order], row[order], weight[order]
    ends = np.searchsorted(output, np.arange(problem.outputs + 1))
    needed = problem.pairs if isinstance(problem, TwoAnd) else problem.order[:, None]
    extra_row, extra_w, extra_unit = rows.extras
    nodes = 0
    for i in range(problem.outputs):
        which, q = row[ends[i] : ends[i + 1]], weight[ends[i] : ends[i + 1]]
        place = np.full(len(rows.b), -1)
        place[which] = np.arange(len(which))
        kept = place[extra_row] >= 0 if len(extra_row) else np.zeros(0, dtype=bool)
        extras = (place[extra_row[kept]], extra_w[kept], extra_unit[kept])
        limit = network.threshold - tail.bias[i]
        together = needed[i].tolist()
        for sign in (1, -1):
            if sign < 0 and len(together) > v:
                continue
            read = _Output(rows, sign * q, which, A, bias, extras)
            state, allowed = read.start(), np.ones(problem.inputs, dtype=bool)
            if sign < 0 or len(together) == 1:
                allowed[together] = False
            chosen = () if sign > 0 else tuple(together)
            for j in chosen:
                state = read.join(state, j)
            stack = [(chosen, state, allowed, v - len(chosen))]
            while stack:
                nodes += 1
                if nodes > NODES or not _look(
                    read, stack, sign * limit - margin, together if sign > 0 else (), suspects
                ):
                    return False
    return True


def _look(read, stack, limit, together, suspects):
    """One set P of the search: settle it, or put those that follow from it on the stack."""
    chosen, state, allowed, k = stack.pop()
    places = np.flatnonzero(allowed) if k else np.zeros(0, dtype=np.int64)
    values = read.values(state, places if k == 1 else places[:0])
    for index in np.flatnonzero(~(values < limit)):
        if not suspects.add(chosen if index == 0 else (*chosen, places[index - 1])):
            return False
    if k < 2 or len(places) == 0:
        return True
    base, c = read.bound(state, places, k)
    missing = limit - base
    branch = np.flatnonzero(~(c < missing / k))
    branch = branch[np.argsort(-c[branch], kind="stable")]
    if len(branch) > NODES:
        return False
    barred = allowed.copy()
    for j in places[branch]:
        barred[j] = False
        follow = barred.copy()
        if j in together:
            follow[together] = False
        stack.append(((*chosen, j), read.join(state, j), follow, k - 1))
    return True


@dataclass(frozen=True, eq=False)
class _Clips:
    """h_r = relu(b_r + w_r relu(rest_r + weights_r . x)), w_r < 0: 0 at rest, asleep above `wakes`."""

    weights: np.ndarray
    rest: np.ndarray
    w: np.ndarray
    b: np.ndarray

    @property
    def wakes(self):
        return self.b / -self.w

    def __call__(self, heard, rows=slice(None)):
        return _relu(self.b[rows] + self.w[rows] * _relu(heard))


def _clips(weights, bias, stage):
    """The rows of `stage`, each hearing one unit of bias + weights x; None if some row is no clip."""
    rows = _second([None, stage])
    if (rows.w >= 0).any() or len(rows.extras[0]):
        return None
    clips = _Clips(weights[rows.main], bias[rows.main], rows.w, rows.b)
    return None if (clips.wakes >= clips.rest).any() else clips


def _settle_recoded(stages, tail, problem, v, suspects, error):
    """After re-coding, v <= 3: true unless it gave up. What it leaves open is in `suspects`."""
    m, read_out = problem.inputs, tail.matrix()
    if v == 1:
        return m < SUSPECTS and all(suspects.add(active) for active in [(), *((j,) for j in range(m))])
    if not np.isfinite(error).all() or (entries(read_out)[2] < 0).any():
        return False
    # One column more, for nobody: the pair of an input and nobody is that input alone.
    A = np.pad(_additive(stages[0], suspects.network), ((0, 0), (0, 1)))
    first = _clips(A, stages[0].bias, stages[1])
    second = _clips(as_dense(stages[2].matrix()), stages[2].bias, stages[3])
    limit, margin = suspects.network.threshold - tail.bias, suspects.margin
    if first is None or second is None or (limit <= margin).any():
        return False
    listed = _lit_pairs(first, v, 2 * error[0])
    if listed is None:
        return False
    pairs, outputs = _near(*listed, second, read_out, limit - margin, problem, v)
    if len(outputs) > JOBS:
        return False
    if v == 2:
        sets = itertools.chain([()], problem.pairs.tolist(), np.unique(pairs, axis=0).tolist())
    else:
        one_more = _OneMore(first, second, read_out, problem)
        true = one_more.sets(problem.pairs, np.arange(problem.outputs), -limit - margin, -1)
        sets = itertools.chain([()], true, one_more.sets(pairs, outputs, limit - margin, 1))
    return all(suspects.add([j for j in active if j < m]) for active in sets)


def _lit_pairs(first, v, margin):
    """(keys, rows, amounts), by key: which rows each pair j < k lights, or may with v - 2 others.

    Whoever else is active, a row hears at most as much as its loudest input says, and v - 1 times the
    second loudest. The key is j (m + 1) + k; the amounts are upper bounds. None if there are too many.
    """
    columns = first.weights.shape[1]
    keys, lit, amounts, listed = [], [], [], 0
    for r, (weights, rest, wakes) in enumerate(zip(first.weights, first.rest, first.wakes, strict=True)):
        order = np.argsort(weights, kind="stable")
        loud = -weights[order]
        others = (v - 1) * _relu(loud)
        reach = np.searchsorted(-loud, others - (rest - wakes - margin), side="left")
        reach = np.minimum(reach, np.arange(columns))
        listed += int(reach.sum())
        if listed > LISTED:
            return None
        second = np.repeat(np.arange(columns), reach)
        loudest = np.arange(len(second)) - np.repeat(np.cumsum(reach) - reach, reach)
        j, k = np.sort(order[np.stack([second, loudest])], axis=0)
        keys.append(j * columns + k)
        lit.append(np.full(len(j), r))
        amounts.append(first(rest - loud[loudest] - others[second] - margin, r))
    keys = np.concatenate(keys)
    order = np.argsort(keys, kind="stable")
    return keys[order], np.concatenate(lit)[order], np.concatenate(amounts)[order]


def _near(keys, lit, amounts, second, read_out, limit, problem, v):
    """(pairs, outputs): which pair may bring which other output the K-th part of the way to its limit.

    K = v (v - 1) / 2 pairs are active at once, and the pair is heard K times as loud, by Jensen.
    """
    among = v * (v - 1) // 2
    down = np.ascontiguousarray(_relu(-second.weights).T)  # what lit rows take away from rest
    slack = NEARLY * (second.rest - second.wakes)
    # First by the largest entry for each lit row; exactly for the pairs that this leaves.
    crude = among * (down / slack).max(axis=1)[lit] * amounts
    starts = np.flatnonzero(np.diff(keys, prepend=-1))
    sizes = np.diff(starts, append=len(keys))
    moves = np.add.reduceat(crude, starts) >= 1 if len(keys) else np.zeros(0, dtype=bool)
    kept = np.repeat(moves, sizes)
    lit, amounts, sizes = lit[kept], amounts[kept], sizes[moves]
    pairs = np.stack(np.divmod(keys[starts[moves]], problem.inputs + 1), axis=1)
    ends = np.concatenate([[0], np.cumsum(sizes)])
    found = [np.zeros((0, 2), dtype=np.int64)]
    step = max(1, 2**21 // len(slack))
    for left in range(0, len(pairs), step):
        block = slice(ends[left], ends[min(left + step, len(pairs))])
        size = sizes[left : left + step]
        shape = (len(size), len(slack))
        lights = from_entries(np.repeat(np.arange(len(size)), size), lit[block], amounts[block], shape)
        heard = among * (lights @ down)
        pair, row = np.nonzero(heard > slack)
        risen = _relu(second.b[row] + second.w[row] * (second.rest[row] - heard[pair, row])) / among
        share = np.minimum(risen, _relu(second.b[row]))
        pair, output, share = entries(from_entries(pair, row, share, shape) @ read_out.T)
        reached = share >= NEARLY * limit[output] / among
        found.append(np.stack([pair[reached] + left, output[reached]], axis=1))
    pair, output = np.concatenate(found).T
    wrong = (pairs[pair] != np.sort(problem.pairs[output], axis=1)).any(axis=1)
    return pairs[pair[wrong]], output[wrong]


class _OneMore:
    """Bounds on the read-out of one output for two active inputs and any third one, for many pairs at once.

    Exact, but for quiet inputs in rows that the pair has brought onto the slope of their clip: the `LOUD`
    loudest inputs of a row are told apart, and of the others the row is given the best of all.
    """

    def __init__(self, first, second, read_out, problem):
        self.first, self.second, self.pairs = first, second, problem.pairs
        self.order = np.argsort(first.weights, axis=1, kind="stable")
        self.falling = np.take_along_axis(first.weights, self.order, axis=1)
        self.by_input = np.ascontiguousarray(first.weights.T)
        # The rows and weights of each output, filled up with weights 0.
        output, row, weight = entries(read_out)
        order = np.argsort(output, kind="stable")
        output, sizes = output[order], np.bincount(output, minlength=read_out.shape[0])
        place = np.arange(len(output)) - (np.cumsum(sizes) - sizes)[output]
        shape = (len(sizes), int(sizes.max(initial=1)))
        self.rows, self.shares = np.zeros(shape, dtype=np.int64), np.zeros(shape)
        self.rows[output, place], self.shares[output, place] = row[order], weight[order]

    def sets(self, pairs, outputs, limit, sign):
        """The sets, a pair and a third input or nobody, that may bring sign * read-out up to the limit.

        With sign 1 those that make the output true are left out, with sign -1 no others are given.
        """
        columns = self.falling.shape[1]
        everyone = np.arange(columns)
        for left in range(0, len(pairs), BATCH):
            P, i = pairs[left : left + BATCH], outputs[left : left + BATCH]
            job, third, values = self._values(P, i, sign)
            near = values >= limit[i[job]]
            job, third = job[near], third[near]
            quiet = job[third == columns]
            job = np.concatenate([job, np.repeat(quiet, columns)])
            active = np.column_stack([P[job], np.concatenate([third, np.tile(everyone, len(quiet))])])
            both = (self.pairs[i[job]][:, :, None] == active[:, None, :]).any(axis=2).all(axis=1)
            yield from active[(active[:, 2] < columns) & (both == (sign < 0))].tolist()

    def _values(self, P, outputs, sign):
        """(job, third, at most sign * read-out): every loud third input, and m + 1 for all quiet ones."""
        columns = self.falling.shape[1]
        heard = self.first.rest + self.by_input[P[:, 0]] + self.by_input[P[:, 1]]
        awake = heard < self.first.wakes
        job, row = np.nonzero(awake)
        # What is lit whichever quiet input joins: from `least` to `most`.
        most = self.first(heard[job, row] + self.falling[row, min(LOUD, columns - 1)], row)
        least = self.first(heard[job, row] + self.falling[row, -1], row)
        base = self._heard(job, row, most, least, outputs[job], len(P), sign)
        bounds = np.zeros((2, *heard.shape))
        bounds[:, job, row] = most, least
        job, row, third, lit = self._joined(heard, awake, P)
        quiet = np.arange(len(P)) * (columns + 1) + columns
        key, place = np.unique(np.concatenate([quiet, job * (columns + 1) + third]), return_inverse=True)
        most, least = lit - bounds[:, job, row]
        jobs, thirds = np.divmod(key, columns + 1)
        added = self._heard(place[len(P) :], row, most, least, outputs[job], len(key), sign)
        rows = self.rows[outputs[jobs]]
        values = self.second(self.second.rest[rows] + base[jobs] + added, rows)
        return jobs, thirds, sign * (self.shares[outputs[jobs]] * values).sum(axis=1)

    def _heard(self, place, row, most, least, outputs, count, sign):
        """What the rows of `outputs` hear of a row lit from `least` to `most`, at its best for `sign`."""
        rows = self.rows[outputs]
        slots = rows.shape[1]
        weights = -sign * self.second.weights[rows, row[:, None]]
        heard = _relu(weights) * most[:, None] - _relu(-weights) * least[:, None]
        where = place[:, None] * slots + np.arange(slots)
        return -sign * np.bincount(where.ravel(), heard.ravel(), count * slots).reshape(count, slots)

    def _joined(self, heard, awake, P):
        """(job, row, third, how much of the row is lit), for all that are loud enough to matter."""
        first, columns = self.first, self.falling.shape[1]
        moves = np.where(awake, heard + self.falling[:, -1] > 0, heard + self.falling[:, 0] < first.wakes)
        job, row = np.nonzero(moves)
        now, awake = heard[job, row], awake[job, row]
        size = np.where(awake, min(LOUD, columns), self._below(row, first.wakes[row] - now))
        which = np.repeat(np.arange(len(size)), size)
        place = np.arange(len(which)) - np.repeat(np.cumsum(size) - size, size)
        job, row = job[which], row[which]
        third = self.order[row, place]
        lit = first(now[which] + self.falling[row, place], row)
        kept = ((third != P[job, 0]) & (third != P[job, 1])) | (third == columns - 1)
        return job[kept], row[kept], third[kept], lit[kept]

    def _below(self, row, value):
        """How many inputs row hears with less than `value`: a binary search in every row at once."""
        low, high = np.zeros(len(row), dtype=np.int64), np.full(len(row), self.falling.shape[1])
        while (open_ := low < high).any():
            middle = (low + high) // 2
            less = open_ & (self.falling[row, np.minimum(middle, self.falling.shape[1] - 1)] < value)
            low, high = np.where(less, middle + 1, low), np.where(open_ & ~less, middle, high)
        return low
