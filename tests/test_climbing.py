"""The search that climbs on the margin: it finds what sampling misses, and never cries wolf."""

import itertools

import numpy as np
import pytest

from superpos_lib import (
    Permutation,
    clique,
    hubs,
    matching,
    permutation_network,
    random_two_and,
    two_and_network,
    verify,
)
from superpos_lib.climbing import climb, work_of_start
from superpos_lib.two_and import double_heavy, double_light, super_heavy


def by_hand(net, Y):
    """Predictions from the raw weights."""
    x = np.asarray(net.code_in.matrix @ Y.astype(float))
    for layer in net.network.layers:
        for factor in layer.factors[::-1]:
            x = np.asarray(factor @ x)
        x = x + layer.bias[:, None]
        x = np.where(x > 0, x, 0) if layer.relu else x
    S = net.code_out.matrix
    return (S.T @ x).T / S.sum(axis=0) > net.threshold


def wrong_sets(net, problem, v):
    """All sets of at most v active inputs on which the network is wrong, by going through every one."""
    wrong = set()
    for k in range(v + 1):
        for chosen in itertools.combinations(range(problem.inputs), k):
            y = np.zeros((problem.inputs, 1), dtype=bool)
            y[list(chosen)] = True
            truth = [
                all(j in chosen for j in needed)
                for needed in (
                    problem.pairs.tolist() if hasattr(problem, "pairs") else problem.order[:, None].tolist()
                )
            ]
            if by_hand(net, y)[0].tolist() != truth:
                wrong.add(chosen)
    return wrong


SMALL = [
    ("light", double_light, matching(36), 14, 3),
    ("light, hardly wrong", double_light, matching(36), 24, 3),
    ("heavy", double_heavy, clique(14), 90, 3),
    ("detectors", super_heavy, hubs(3, 8), 60, 3),
    ("re-coded", lambda p, n, **how: two_and_network(p, neurons=n, **how), clique(14), 60, 3),
    ("permutation", permutation_network, Permutation(np.arange(30)[::-1]), 26, 3),
    ("light, right", double_light, matching(30), 60, 2),
    ("re-coded, right", lambda p, n, **how: two_and_network(p, neurons=n, **how), clique(14), 85, 2),
]


@pytest.mark.parametrize(("name", "build", "problem", "n", "v"), SMALL, ids=[case[0] for case in SMALL])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_it_finds_a_wrong_input_where_there_is_one(name, build, problem, n, v, seed):
    """Compared with every input, run by hand: it finds what is wrong, and finds something if there is."""
    net = build(problem, n, v=v, rng=np.random.default_rng(seed))
    wrong = wrong_sets(net, problem, v)
    report = verify(net, problem, v, "climbing", count=6 * problem.outputs, rng=np.random.default_rng(0))
    assert report.ok == (not wrong)
    assert report.failure_rate_upper == 1 and report.checked > 0
    if wrong:
        assert tuple(np.flatnonzero(report.counterexample).tolist()) in wrong and report.failures > 0
    else:
        assert report.counterexample is None and report.failures == 0


def test_the_small_networks_are_wrong_and_right():
    """Some of the networks of the test above are wrong, some are right."""
    rates = {}
    for name, build, problem, n, v in SMALL:
        net = build(problem, n, v=v, rng=np.random.default_rng(0))
        rates[name] = len(wrong_sets(net, problem, v))
    assert rates["light"] > 0 and rates["light, right"] == rates["re-coded, right"] == 0
    assert all(rates[name] > 0 for name in ("heavy", "detectors", "re-coded", "permutation"))


def test_it_finds_in_seconds_what_a_sample_misses():
    """Four inputs of nearly a million are wrong."""
    problem = matching(1_400)
    net = two_and_network(problem, v=2, neurons=183, rng=np.random.default_rng(2))
    sample = verify(net, problem, 2, "sampled", count=2_000, rng=np.random.default_rng(0))
    assert sample.ok
    report = verify(net, problem, 2, "climbing", count=2_800, rng=np.random.default_rng(0))
    assert report.failures > 0
    y = report.counterexample[:, None]
    truth = [bool(y[a, 0] and y[b, 0]) for a, b in problem.pairs]
    assert by_hand(net, y)[0].tolist() != truth


@pytest.mark.parametrize("pool", [2**26, 40_000])
def test_all_inputs_or_a_part_of_them_may_come(pool, monkeypatch):
    """Beyond a size the search draws the inputs to exchange for; so it does here at a small one."""
    monkeypatch.setattr("superpos_lib.climbing.KEPT_CELLS", pool)
    problem = random_two_and(900, 700, rng=np.random.default_rng(0))
    for neurons, wrong in ((90, True), (500, False)):
        net = two_and_network(problem, v=2, neurons=neurons, rng=np.random.default_rng(0))
        found = climb(net, problem, 2, 300, rng=np.random.default_rng(0))
        assert (found.failures > 0) == wrong, neurons


def test_the_same_seed_gives_the_same_search():
    problem = clique(30)
    net = two_and_network(problem, v=3, neurons=200, rng=np.random.default_rng(0))
    one, again = (verify(net, problem, 3, "climbing", count=50, rng=np.random.default_rng(5)) for _ in "ab")
    assert (one.checked, one.failures) == (again.checked, again.failures)
    assert (one.counterexample == again.counterexample).all()


def test_a_bound_on_work_grows_with_the_network():
    small, large = matching(40), matching(4_000)
    nets = [double_light(p, 60, v=2, rng=np.random.default_rng(0)) for p in (small, large)]
    first, second = (work_of_start(net, p, 2) for net, p in zip(nets, (small, large), strict=True))
    assert 0 < first < second


@pytest.mark.parametrize(
    ("how", "name"),
    [
        ({"count": 0, "rng": np.random.default_rng(0)}, "count"),
        ({"rng": np.random.default_rng(0)}, "count"),
        ({"count": 5}, "rng"),
        ({"count": 5, "rng": np.random.default_rng(0), "inputs": np.zeros((8, 1), bool)}, "inputs"),
    ],
)
def test_bad_arguments_are_named(how, name):
    problem = matching(8)
    net = double_light(problem, 12, v=2, rng=np.random.default_rng(0))
    with pytest.raises(ValueError, match=f"^{name}: expected"):
        verify(net, problem, 2, "climbing", **how)
