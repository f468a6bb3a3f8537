"""The baselines: right on what they are made for, against plain Python, and as wide as they say."""

import itertools

import numpy as np
import pytest
from some import some

from superpos_lib import (
    ConstructionError,
    clique,
    hubs,
    matching,
    naive_two_and,
    power_law,
    random_two_and,
    targeted_sparse,
    u_and,
    verify,
)


def right_on(net, problem, sets):
    """Whether every set of active inputs is read correctly; the oracle is a sentence of plain Python."""
    for active in sets:
        y = np.zeros(problem.inputs, dtype=bool)
        y[list(active)] = True
        if net.predict(y).tolist() != [a in active and b in active for a, b in problem.pairs.tolist()]:
            return False
    return True


def all_sets(m, v):
    return itertools.chain.from_iterable(itertools.combinations(range(m), k) for k in range(v + 1))


@pytest.mark.parametrize("problem", [clique(6), matching(8), hubs(2, 3), clique(2)])
def test_naive_is_exact_on_every_input_whatsoever(problem):
    """Theorem: thm-compute-naive."""
    net = naive_two_and(problem)
    assert right_on(net, problem, all_sets(problem.inputs, problem.inputs))
    assert net.neurons == problem.outputs and net.parameters == 3 * problem.outputs
    assert verify(net, problem, min(3, problem.inputs), "certified").ok


def test_naive_takes_large_problems():
    problem = random_two_and(20_000, 30_000, rng=np.random.default_rng(0))
    Y = targeted_sparse(problem, 3, 40, rng=np.random.default_rng(1))
    net = naive_two_and(problem)
    assert net.neurons == 30_000 and (net.predict(Y) == problem.truth(Y)).all()


@pytest.mark.parametrize(
    ("problem", "n", "v"),
    [
        (clique(20), 140, 2),
        (matching(60), 160, 2),
        (power_law(40, 80, rng=np.random.default_rng(2)), 150, 2),
        (hubs(2, 20), 150, 2),
        (clique(14), 400, 3),
        (clique(8), 80, 1),
    ],
)
def test_u_and_is_right_on_every_input(problem, n, v):
    net = u_and(problem, n, v=v, rng=np.random.default_rng(5))
    assert right_on(net, problem, all_sets(problem.inputs, v)) and net.neurons == n
    assert verify(net, problem, v, "certified").ok


def test_u_and_is_universal():
    # The matrices are drawn without a look at the pairs; only the read-out knows them.
    nets = [
        u_and(problem, 90, v=2, rng=np.random.default_rng(1)) for problem in (matching(30), hubs(1, 29))
    ]
    for a, b in some(zip(*(net.network.layers for net in nets), strict=True)):
        assert all(np.array_equal(f, g) for f, g in zip(a.factors, b.factors, strict=True))
        assert np.array_equal(a.bias, b.bias)


def test_u_and_is_superposed_and_listens_evenly():
    problem = random_two_and(1000, 1000, rng=np.random.default_rng(3))
    net = u_and(problem, 450, v=2, rng=np.random.default_rng(4), density=0.2)
    assert net.code_in.neurons == net.neurons == 450 < 1000
    Y = targeted_sparse(problem, 2, 600, rng=np.random.default_rng(5))
    assert (net.predict(Y) == problem.truth(Y)).all(axis=0).mean() >= 0.99
    sizes = np.asarray(net.code_out.weights)
    assert abs(sizes.mean() - 450 * 0.2**2) < 1  # rows that contain both inputs of a pair


def test_u_and_says_when_it_cannot_be_built():
    with pytest.raises(ConstructionError, match="no row of 10"):
        u_and(clique(30), 10, v=2, rng=np.random.default_rng(0))


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("problem", lambda: naive_two_and(3)),
        ("problem", lambda: u_and(None, 3, v=1, rng=None)),
        ("neurons", lambda: u_and(matching(4), 0, v=1, rng=None)),
        ("v", lambda: u_and(matching(4), 4, v=5, rng=None)),
        ("rng", lambda: u_and(matching(4), 4, v=2, rng=None)),
        ("density", lambda: u_and(matching(4), 4, v=2, rng=np.random.default_rng(0), density=1.5)),
    ],
)
def test_bad_arguments(name, call):
    with pytest.raises(ValueError, match=f"^{name}"):
        call()
