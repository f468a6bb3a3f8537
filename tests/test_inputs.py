"""Sparse inputs: all of them, and the kinds that targeted ones promise."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from superpos_lib import (
    Permutation,
    TwoAnd,
    all_sparse,
    clique,
    hubs,
    matching,
    random_sparse,
    targeted_sparse,
)
from superpos_lib.inputs import count_sparse, sparse_batches


@given(st.integers(1, 9), st.data())
def test_all_sparse_is_every_input_with_at_most_v_ones(m, data):
    v = data.draw(st.integers(1, m))
    Y = all_sparse(m, v)
    listed = {tuple(y) for y in Y.T.astype(int).tolist()}
    bits = ((k >> np.arange(m)) & 1 for k in range(2**m))
    assert listed == {tuple(y.tolist()) for y in bits if y.sum() <= v}
    assert Y.shape[1] == len(listed) == count_sparse(m, v)
    batches = list(sparse_batches(m, v, batch=5))
    assert (np.concatenate(batches, axis=1) == Y).all()
    assert max(batch.shape[1] for batch in batches) <= 5


@pytest.mark.parametrize(("m", "v"), [(1, 1), (5, 5), (40, 7), (1000, 3), (100_000, 2)])
def test_random_inputs_have_v_ones(m, v):
    Y = random_sparse(m, v, 50, rng=np.random.default_rng(0))
    assert Y.dtype == bool and Y.shape == (m, 50) and (Y.sum(axis=0) == v).all()


@pytest.mark.parametrize(("m", "v"), [(6, 2), (7, 3)])  # one by redrawing, one by shuffling
def test_random_inputs_are_uniform(m, v):
    Y = random_sparse(m, v, 6000, rng=np.random.default_rng(5))
    _, counts = np.unique(Y.T, axis=0, return_counts=True)
    sets = math.comb(m, v)
    assert len(counts) == sets
    statistic = ((counts - 6000 / sets) ** 2 / (6000 / sets)).sum()
    assert statistic < sets + 4.5 * math.sqrt(2 * sets)


@pytest.mark.parametrize("v", [1, 2, 3, 4])
@pytest.mark.parametrize("problem", [matching(40), clique(9), hubs(3, 12), TwoAnd(4, [(0, 1)])])
def test_targeted_inputs_switch_ands_on_and_nearly_on(problem, v):
    Y = targeted_sparse(problem, v, 80, rng=np.random.default_rng(1))
    assert (Y.sum(axis=0) == v).all()
    on = problem.truth(Y).any(axis=0)
    if v >= 2:
        assert on[0::4].all() and on[1::4].all()
        assert Y[problem.pairs].any(axis=1)[:, 2::4].any(axis=0).all()


def test_partners_of_an_active_pair_come():
    problem = TwoAnd(50, [(0, 1), (0, 2), (1, 3), (10, 11), (12, 13)])
    Y = targeted_sparse(problem, 3, 400, rng=np.random.default_rng(2))[:, 1::4]
    of_first = Y[:, Y[0] & Y[1]]
    assert of_first.shape[1] > 5 and (of_first[2] | of_first[3]).mean() > 0.5


def test_hubs_meet():
    problem = hubs(4, 200)
    Y = targeted_sparse(problem, 2, 400, rng=np.random.default_rng(3))
    assert (Y[:4].sum(axis=0) == 2).sum() > 10


def test_for_a_permutation_one_to_v_features_are_active():
    Y = targeted_sparse(Permutation(np.arange(30)[::-1]), 3, 9, rng=np.random.default_rng(4))
    assert Y.sum(axis=0).tolist() == [1, 2, 3] * 3


def test_the_same_seed_gives_the_same_inputs():
    def draw():
        return targeted_sparse(clique(20), 3, 40, rng=np.random.default_rng(6))

    assert (draw() == draw()).all()
