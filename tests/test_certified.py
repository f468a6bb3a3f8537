"""Certificates: never for a wrong network, whatever is damaged in it, and for most of the right ones."""

import collections
import importlib
import itertools
from types import SimpleNamespace

import numpy as np
import pytest

from superpos_lib import (
    Code,
    ConstructionError,
    Layer,
    Network,
    Permutation,
    SuperposedNetwork,
    TwoAnd,
    clique,
    hubs,
    matching,
    permutation_network,
    power_law,
    random_two_and,
    verify,
)
from superpos_lib.inputs import count_sparse
from superpos_lib.two_and import double_heavy, double_light, mixed, super_heavy, two_and_network
from superpos_lib.two_and.assembly import recode

CERTIFIER = importlib.import_module("superpos_lib.certificate")
PAIRS = importlib.import_module("superpos_lib.certificate.pairs")
SEARCH = importlib.import_module("superpos_lib.certificate.search")


def dense(matrix):
    return np.array(matrix if isinstance(matrix, np.ndarray) else matrix.toarray())


def is_right(net, problem, v):
    """Every input with at most v ones, in plain NumPy: nothing of the library runs here but its numbers."""
    m = problem.inputs
    sets = [s for k in range(v + 1) for s in itertools.combinations(range(m), k)]
    Y = np.array([[j in s for j in range(m)] for s in sets]).T
    X = dense(net.code_in.matrix) @ Y
    for layer in net.network.layers:
        W = dense(layer.factors[0])
        for factor in layer.factors[1:]:
            W = W @ dense(factor)
        X = W @ X + layer.bias[:, None]
        if layer.relu:
            X[X < 0] = 0
    S = dense(net.code_out.matrix)
    read = (S / S.sum(axis=0)).T @ X
    read = read > net.threshold
    if isinstance(problem, Permutation):
        return bool((read == Y[problem.order]).all())
    return all(((Y[a] & Y[b]) == row).all() for (a, b), row in zip(problem.pairs, read, strict=True))


def damaged(net, kind, g):
    """`net` with a weight or bias changed, biases of a layer moved, channels equal, or a new threshold."""
    layers, code, threshold = list(net.network.layers), net.code_out, net.threshold
    k = int(g.integers(len(layers)))
    factors, bias = [dense(factor) for factor in layers[k].factors], np.array(layers[k].bias)
    if kind == "weight":
        places = np.argwhere(factors[0])
        r, c = places[g.integers(len(places))]
        factors[0][r, c] *= g.choice([-1, 0, 0.3, 3, 30])
    elif kind == "bias":
        bias[g.integers(len(bias))] += g.normal(scale=1.5)
    elif kind == "layer":
        bias += g.normal(scale=0.4)
    elif kind == "channels":
        S = dense(code.matrix)
        i, j = g.choice(S.shape[1], 2, replace=False)
        S[:, i] = S[:, j]
        code = Code(S)
    elif kind == "threshold":
        threshold = g.choice([-0.1, 0.31, 0.52, 0.97, 1.01])
    layers[k] = Layer(tuple(factors), bias, layers[k].relu)
    return SuperposedNetwork(net.code_in, Network(tuple(layers)), code, net.v, threshold)


def light(g):
    m = int(g.integers(8, 16))
    return random_two_and(m, int(g.integers(4, m)), rng=g)


def few_hubs(g):
    return hubs(int(g.integers(2, 4)), int(g.integers(2, 6)))


CASES = {
    "double_light": (light, double_light),
    "double_heavy": (lambda g: clique(int(g.integers(4, 9))), double_heavy),
    "mixed": (few_hubs, mixed),
    "super_heavy": (few_hubs, lambda p, n, **how: super_heavy(p, n, density=0.4, **how)),
    "two_and_network": (
        lambda g: power_law(int(g.integers(8, 14)), 14, rng=g),
        lambda p, n, **how: two_and_network(p, neurons=n, **how),
    ),
    "permutation": (lambda g: Permutation(g.permutation(int(g.integers(4, 14)))), permutation_network),
    "re-coded": (light, lambda p, n, **how: recode(double_light(p, n, **how), rng=how["rng"])),
    "re-coded hubs": (few_hubs, lambda p, n, **how: recode(mixed(p, n, **how), rng=how["rng"])),
    "re-coded clique": (
        lambda g: clique(int(g.integers(4, 9))),
        lambda p, n, **how: recode(double_heavy(p, n, **how), rng=how["rng"]),
    ),
    "re-coded detectors": (
        few_hubs,
        lambda p, n, **how: recode(
            super_heavy(p, n, density=0.4 if how["v"] < 3 else 0.2, **how), rng=how["rng"]
        ),
    ),
}
DAMAGE = ["weight", "bias", "layer", "channels", "threshold"]


def certified(case, problem, v, g, damage):
    """(right or wrong, certified or not), or None if there is no network; all that is said is checked."""
    try:
        net = CASES[case][1](problem, int(g.integers(24, 200 if v < 4 else 400)), v=v, rng=g)
    except ConstructionError:
        return None
    if g.random() < damage:
        net = damaged(net, g.choice(DAMAGE), g)
    report, right = verify(net, problem, v, "certified"), is_right(net, problem, v)
    assert right or not report.ok
    if report.counterexample is not None:
        y = report.counterexample
        assert y.sum() <= v and (net.predict(y) != problem.truth(y)).any() and not right
        assert report.failures >= 1
    if report.ok:
        assert (report.checked, report.failures, report.failure_rate_upper) == (
            count_sparse(problem.inputs, v),
            0,
            0.0,
        )
    assert (report.gave_up != "") == (not report.ok and report.counterexample is None)
    return "right" if right else "wrong", report.ok


@pytest.mark.parametrize("case", CASES)
def test_no_wrong_network_is_certified_and_most_right_ones_are(case, monkeypatch):
    monkeypatch.setattr(CERTIFIER, "ENUMERATED", 0)
    monkeypatch.setattr(PAIRS, "LOUD", 3)  # so few inputs would all be told apart
    g = np.random.default_rng(list(CASES).index(case))
    seen = collections.Counter()
    while sum(seen.values()) < 120:
        found = certified(case, CASES[case][0](g), int(g.integers(1, 4)), g, 0.6)
        seen.update([found] if found else [])
    assert seen["right", True] >= 9 * seen["right", False], seen
    assert seen["wrong", False] >= 15


@pytest.mark.parametrize(
    ("case", "right"),
    [
        ("re-coded", True),
        ("re-coded hubs", True),
        ("re-coded clique", False),
        ("re-coded detectors", False),
    ],
)
def test_four_and_five_at_once_after_recoding(case, right, monkeypatch):
    # At these widths cliques, and territories that meet, are never right with so many active.
    monkeypatch.setattr(CERTIFIER, "ENUMERATED", 0)
    g = np.random.default_rng(40)
    seen = collections.Counter()
    while sum(seen.values()) < 30:
        problem, v = CASES[case][0](g), int(g.integers(4, 6))
        found = certified(case, problem, v, g, 0.4) if v <= problem.inputs else None
        seen.update([found] if found else [])
    assert seen["wrong", False] >= 5
    assert (
        seen["right", True] >= (10 if right else 0) and seen["right", True] >= 4 * seen["right", False]
    ), seen


@pytest.mark.parametrize("v", [3, 4])
def test_detected_pairs_count_for_nothing(v, monkeypatch):
    monkeypatch.setattr(CERTIFIER, "ENUMERATED", 0)
    g = np.random.default_rng(0)
    problem = hubs(2, 3)
    net = super_heavy(problem, 1500, v=v, rng=g, density=0.1)
    for made in (net, recode(net, rng=g)):
        assert is_right(made, problem, v) and verify(made, problem, v, "certified").ok
    # Without detectors the rows that both hubs are heard in are lit, and nobody is told.
    first, second, *rest = net.network.layers
    silence = dense(second.factors[0])
    silence[:, len(second.bias) :] = 0
    deaf = Network((first, Layer((silence,), second.bias), *rest))
    deaf = SuperposedNetwork(net.code_in, deaf, net.code_out, v, net.threshold)
    assert verify(deaf, problem, v, "certified").ok == is_right(deaf, problem, v)


@pytest.mark.parametrize("case", CASES)
def test_comfortable_networks_are_certified(case):
    g = np.random.default_rng(100)
    problems, construct = CASES[case]
    for v in (1, 2):
        for _ in range(3):
            problem = problems(g)
            net = construct(problem, 400, v=v, rng=g)
            assert verify(net, problem, v, "certified").ok == is_right(net, problem, v)


@pytest.mark.parametrize(("n", "v"), [(150, 2), (100, 2), (500, 3), (250, 3)])
def test_at_every_width_the_certificate_agrees_with_trying_all(n, v, monkeypatch):
    monkeypatch.setattr(CERTIFIER, "ENUMERATED", 0)
    g = np.random.default_rng(n)
    problem = random_two_and(40, 40, rng=g)
    for _ in range(3):
        net = double_light(problem, n, v=v, rng=g)
        assert verify(net, problem, v, "certified").ok == is_right(net, problem, v)


def test_six_hundred_outputs_three_at_once():
    g = np.random.default_rng(7)
    problem = random_two_and(600, 600, rng=g)
    net = double_light(problem, 1200, v=3, rng=g)
    report = verify(net, problem, 3, "certified")
    assert report.ok and report.checked == 1 + 600 + 179_700 + 35_820_200


def test_eight_hundred_outputs_recoded_two_at_once():
    g = np.random.default_rng(8)
    problem = random_two_and(800, 800, rng=g)
    net = recode(double_light(problem, 600, v=2, rng=g), rng=g)
    report = verify(net, problem, 2, "certified")
    assert report.ok and report.checked == 1 + 800 + 319_600


@pytest.mark.parametrize(
    ("problem", "construct", "n"),
    [
        (hubs(4, 30), mixed, 700),
        (random_two_and(110, 110, rng=np.random.default_rng(0)), double_light, 700),
        (hubs(6, 200), mixed, 1300),
    ],
)
def test_three_at_once_after_recoding(problem, construct, n):
    g = np.random.default_rng(0)
    net = recode(construct(problem, n, v=3, rng=g), rng=g)
    assert count_sparse(problem.inputs, 3) > CERTIFIER.ENUMERATED
    report = verify(net, problem, 3, "certified")
    assert report.ok and report.checked == count_sparse(problem.inputs, 3)
    # Two channels the same: right on no pair that the one has and the other has not.
    S = dense(net.code_out.matrix)
    S[:, 1] = S[:, 0]
    same = SuperposedNetwork(net.code_in, net.network, Code(S), 3, net.threshold)
    report = verify(same, problem, 3, "certified")
    assert not report.ok and report.counterexample is not None


@pytest.mark.parametrize(
    ("weights", "right"),
    [
        ([1, 1, -0.5, -0.5, 0], False),  # 2 or 3 darkens the row that 0 and 1 light
        ([1, 1, 0.5, 0.2, 0.2], False),  # 3 or 4 lights it with 0 and 2
        ([1, 1, -0.2, -0.2, 0], True),
        ([1, 1, 0.2, 0.1, 0.1], True),
    ],
)
def test_quiet_third_inputs_count(weights, right, monkeypatch):
    monkeypatch.setattr(CERTIFIER, "ENUMERATED", 0)
    monkeypatch.setattr(PAIRS, "LOUD", 3)

    def clip(weights, off, on):
        slope = 1 / (on - off)
        return Layer((-slope * np.array([weights]),), [slope * on]), Layer(([[-1.0]],), [1.0])

    net = Network((*clip(weights, 1.35, 1.65), *clip([1.0], 0.5, 0.9)))
    net = SuperposedNetwork(Code(np.eye(5)), net, Code([[1]]), 3, 0.72)
    problem = TwoAnd(5, [(0, 1)])
    assert is_right(net, problem, 3) == right
    assert verify(net, problem, 3, "certified").ok == right


def hears(*inputs):
    return [1.0 if j in inputs else 0.0 for j in range(6)]


@pytest.mark.parametrize(
    ("rows", "mix", "threshold", "v"),
    [
        # Output 0 AND 1. It is true by mistake where 2, 3 and 4 each light a third of its rows with 0,
        ([hears(0, 1, 2), hears(0, 1, 3), hears(0, 1, 4)], [1 / 3] * 3, 0.72, 4),
        # where 2 and 3, and 4 and 5, light half of what it hears,
        ([hears(0, 1), hears(2, 3), hears(4, 5)], [1, 0.5, 0.5], 0.72, 4),
        # where six pairs light a sixth each,
        (
            [hears(0, 1), *(hears(*pair) for pair in itertools.combinations((2, 3, 4, 5), 2))],
            [1, *[1 / 6] * 6],
            0.99,
            4,
        ),
        # where 2 lights a third with 0, with 3 and with 4,
        ([hears(0, 1), hears(0, 2), hears(2, 3), hears(2, 4)], [1, 1 / 3, 1 / 3, 1 / 3], 0.72, 4),
        # where 2, 3 and 4 together say enough to a row that hears 0,
        ([hears(0, 1), [1, 0, 0.15, 0.15, 0.15, 0]], [1, 3], 0.72, 4),
        # and where 0 and 2 almost suffice, and other pairs say next to nothing, each in its own row;
        (
            [hears(0, 1), *(hears(*pair) for pair in itertools.combinations((0, 2, 3, 4), 2))],
            [1, 0.775, *[0.005] * 5],
            0.72,
            4,
        ),
        # false by mistake where 2 and 3 together darken its row,
        ([[1, 1, -0.25, -0.25, 0, 0]], [1], 0.72, 4),
        # or where both light a row that takes half away.
        ([hears(0, 1), hears(2, 3)], [1, -0.5], 0.72, 4),
        ([hears(0, 1), hears(2, 3), hears(3, 4)], [1, -0.12, -0.12], 0.72, 5),
    ],
)
def test_what_only_several_do_together_is_found(rows, mix, threshold, v, monkeypatch):
    monkeypatch.setattr(CERTIFIER, "ENUMERATED", 0)
    height = len(rows)
    first = Layer((-np.array(rows) / 0.3,), np.full(height, 1.65 / 0.3))
    second = Layer((-np.eye(height),), np.ones(height))
    third = Layer((-np.array([mix]) / 0.4,), [0.9 / 0.4])
    net = Network((first, second, third, Layer(([[-1.0]],), [1.0])))
    net = SuperposedNetwork(Code(np.eye(6)), net, Code([[1]]), v, threshold)
    problem = TwoAnd(6, [(0, 1)])
    assert not is_right(net, problem, v) and is_right(net, problem, v - 1)
    assert not verify(net, problem, v, "certified").ok


@pytest.mark.parametrize(("v", "quieter"), [(3, [-1.5, 0]), (4, [-0.75, -0.75])])
def test_a_detector_may_be_quietened(v, quieter, monkeypatch):
    # 0 and 2 light a row that makes output 0 AND 1 true, and are detected: not beside 3, or 3 and 4.
    monkeypatch.setattr(CERTIFIER, "ENUMERATED", 0)
    monkeypatch.setattr(PAIRS, "LOUD", 3)
    rows = -np.array([hears(0, 1), hears(0, 2)]) / 0.3
    first = Layer((np.vstack([rows, [4, 0, 4, *quieter, 0]]),), [5.5, 5.5, -6.0])
    second = Layer((np.array([[-1.0, 0, 0], [0, -1, -1]]),), np.ones(2))
    third, fourth = Layer(([[-2.5, -5.0]],), [2.25]), Layer(([[-1.0]],), [1.0])
    net = Network((first, second, third, fourth))
    net = SuperposedNetwork(Code(np.eye(6)), net, Code([[1]]), v, 0.72)
    problem = TwoAnd(6, [(0, 1)])
    assert not is_right(net, problem, v) and is_right(net, problem, v - 1)
    assert not verify(net, problem, v, "certified").ok
    assert verify(net, problem, v - 1, "certified").ok


def test_five_bad_inputs_in_eighty_thousand_are_found():
    W = np.repeat(np.eye(200), 2, axis=1)
    W[0, [200, 202]] = 0.76  # 1.52 together, 1.76 with input 0 or 1; a row fires above 1.5
    net = Network((Layer((W,), np.full(200, -1.0)),))
    net = SuperposedNetwork(Code(np.eye(400)), net, Code(np.eye(200)), 2)
    report = verify(net, matching(400), 2, "certified")
    assert not report.ok and report.failures == 5
    assert set(np.flatnonzero(report.counterexample)) < {0, 1, 200, 202}


def test_an_output_that_lights_nothing_is_found_after_recoding():
    g = np.random.default_rng(11)
    problem = matching(40)
    net = recode(double_light(problem, 200, v=2, rng=g), rng=g)
    first, second, *rest = net.network.layers
    S = dense(double_light(problem, 200, v=2, rng=np.random.default_rng(11)).code_out.matrix)
    bias = np.where(S[:, 0] > 0, -1.0, second.bias)  # the rows of output 0 are never lit
    layers = (first, Layer(second.factors, bias), *rest)
    dead = SuperposedNetwork(net.code_in, Network(layers), net.code_out, 2, net.threshold)
    report = verify(dead, problem, 2, "certified")
    assert not report.ok and np.flatnonzero(report.counterexample).tolist() == [0, 1]


def test_second_layers_of_any_kind_are_bounded_rightly(monkeypatch):
    # Rows that mix units with weights of both signs, so that nothing is a plain clip.
    monkeypatch.setattr(CERTIFIER, "ENUMERATED", 0)
    g = np.random.default_rng(12)
    seen = collections.Counter()
    for _ in range(300):
        problem = random_two_and(7, 6, rng=g)
        truth = np.zeros((6, 7))
        truth[np.arange(6)[:, None], problem.pairs] = 1
        noise = g.normal(scale=0.06, size=(6, 7))
        kind, v = int(g.integers(3)), int(g.integers(3, 5))
        if kind == 0:
            first = Layer((truth + noise,), np.full(6, -1.0))
            second = Layer((np.eye(6) + g.normal(scale=0.12, size=(6, 6)),), np.zeros(6))
        elif kind == 1:
            first = Layer((-truth + noise,), np.full(6, 2.0))
            second = Layer((-np.eye(6) + g.normal(scale=0.08, size=(6, 6)),), np.ones(6))
        else:
            first = Layer((3 * (truth + noise),), np.full(6, -2.5))
            second = Layer((np.diag(g.uniform(0.2, 0.6, 6)),), g.normal(scale=0.1, size=6))
        last = Layer((np.eye(6) + g.normal(scale=0.08, size=(6, 6)),), g.normal(scale=0.05, size=6), False)
        net = SuperposedNetwork(Code(np.eye(7)), Network((first, second, last)), Code(np.eye(6)), v)
        report, right = verify(net, problem, v, "certified"), is_right(net, problem, v)
        assert right or not report.ok
        seen[right, report.ok] += 1
    assert seen[True, True] >= 20 and seen[False, False] >= 50
    assert seen[True, False] <= seen[True, True] / 10, seen


def two_clips(problem, v, g, noise, detectors):
    """Two rows an output, each hearing its pair and noise; detectors of random pairs; two rows read it."""
    m, outputs = problem.inputs, problem.outputs
    truth = np.zeros((outputs, m))
    truth[np.arange(outputs)[:, None], problem.pairs] = 1
    rows = np.repeat(truth, 2, axis=0) + g.normal(scale=noise, size=(2 * outputs, m))
    detects = np.zeros((detectors, m))
    for row in detects:
        row[g.choice(m, 2, replace=False)] = 4
    detects += g.normal(scale=noise, size=detects.shape)
    first = Layer(
        (np.vstack([-3 * rows, detects]),), np.r_[np.full(2 * outputs, 3 * 1.65), np.full(detectors, -6.0)]
    )
    silence = -g.uniform(0.3, 1, (2 * outputs, detectors)) * (g.random((2 * outputs, detectors)) < 0.2)
    second = Layer((np.hstack([-np.eye(2 * outputs), silence]),), np.ones(2 * outputs))
    means = np.kron(np.eye(outputs), np.full((2, 2), 0.5))
    means += g.normal(scale=noise / 2, size=means.shape)
    third = Layer((-2.5 * means,), np.full(2 * outputs, 2.5 * 0.9))
    fourth = Layer((-np.eye(2 * outputs),), np.ones(2 * outputs))
    net = Network((first, second, third, fourth))
    code_out = Code(np.repeat(np.eye(outputs), 2, axis=0))
    return SuperposedNetwork(Code(np.eye(m)), net, code_out, v, float(g.uniform(0.3, 0.9)))


@pytest.mark.parametrize(("v", "detectors"), [(2, 2), (3, 0), (3, 2), (4, 0), (4, 2), (5, 1)])
def test_two_clips_of_any_weights_are_bounded_rightly(v, detectors, monkeypatch):
    monkeypatch.setattr(CERTIFIER, "ENUMERATED", 0)
    monkeypatch.setattr(PAIRS, "LOUD", 3)
    g = np.random.default_rng([v, detectors])
    seen = collections.Counter()
    for _ in range(100):
        problem = random_two_and(10, int(g.integers(2, 5)), rng=g)
        net = two_clips(problem, v, g, float(g.uniform(0, 0.12)), detectors)
        report, right = verify(net, problem, v, "certified"), is_right(net, problem, v)
        assert right or not report.ok
        seen[right, report.ok] += 1
    assert seen[True, True] >= 5 and seen[False, False] >= 5, seen
    assert seen[True, True] >= 2 * seen[True, False], seen


def single(weights, bias, threshold=0.5):
    return SuperposedNetwork(
        Code(np.eye(2)), Network((Layer((np.array(weights, float),), [bias]),)), Code([[1]]), 2, threshold
    )


def test_a_read_out_at_the_threshold_is_left_open():
    # y0 AND y1 reads exactly 0.5 where one is active, and 1.5 where both are.
    problem = matching(2)
    report = verify(single([[1, 1]], -0.5), problem, 2, "certified")
    assert not report.ok and report.failures == 0 and report.counterexample is None
    assert report.failure_rate_upper == 1
    assert verify(single([[1, 1]], -0.51), problem, 2, "certified").ok


@pytest.mark.parametrize("size", [1e16, 1e200, 1e308])
def test_no_certificate_where_the_bound_on_rounding_says_nothing(size):
    big = Network(
        (Layer((np.array([[size, size], [1.0, 1.0]]),), [0, -1]), Layer(([[0.0, 1.0]],), [0], False))
    )
    net = SuperposedNetwork(Code(np.eye(2)), big, Code([[1]]), 2)
    assert not verify(net, matching(2), 2, "certified").ok


def test_certified_takes_no_sample():
    with pytest.raises(ValueError, match="certified"):
        verify(single([[1, 1]], -1), matching(2), 2, "certified", count=3)


def test_two_strangers_together_may_lower_a_true_output():
    weights, bias = np.array([[1.0, 1.0, -0.3, -0.3]]), [-1.0]  # 1, then 0.7, then 0.4
    net = Network((Layer((weights,), bias),))
    net = SuperposedNetwork(Code(np.eye(4)), net, Code([[1]]), 4)
    problem = TwoAnd(4, [(0, 1)])
    assert verify(net, problem, 3, "certified").ok
    report = verify(net, problem, 4, "certified")
    assert (report.failures, report.counterexample.tolist()) == (1, [True] * 4)


@pytest.mark.parametrize("k", [1, 2, 3])
@pytest.mark.parametrize("sign", [1, -1])
def test_whoever_is_not_listed_moves_too_little(k, sign):
    rng = np.random.default_rng(k)
    listed = joins = 0
    for _ in range(300):
        m, L = 200, int(rng.integers(1, 7))
        A, bias = rng.normal(0, 1, (L, m)), rng.uniform(-1, 4, L)
        rows = SEARCH.second(
            [
                SimpleNamespace(bias=bias),
                SimpleNamespace(matrix=lambda L=L: -np.eye(L), bias=np.ones(L)),
            ]
        )
        q = sign * rng.uniform(0.1, 1, L) * rng.choice([1, 1, 1, -1], L)
        none = np.zeros(0, dtype=np.int64)
        read = SEARCH.Output(rows, q, np.arange(L), SEARCH.Loud(A), bias, (none, np.zeros(0), none))
        state, allowed = read.start(), rng.random(m) < 0.9
        everyone = np.flatnonzero(allowed)
        base, c = read.bound(state, everyone, k)
        least = rng.uniform(0.01, 0.8) * abs(q).sum() / k
        places = read.movers(state, allowed, k, least)
        assert set(everyone[c >= least]) <= set(places) <= set(everyone)
        if k == 1:
            reached = read.values(state, everyone) >= base + least
            assert set(everyone[reached]) <= set(places)
        listed, joins = listed + len(places), joins + len(everyone)
    assert listed < 0.5 * joins
