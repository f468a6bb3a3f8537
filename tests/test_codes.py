"""Codes: their matrices, their decompressor, and the same answers dense and sparse."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from some import some

import superpos_lib._matrices as matrices
from superpos_lib import Code, bernoulli_code, constant_weight_code


@given(st.integers(1, 30), st.integers(1, 30), st.data())
def test_constant_weight_has_d_ones_a_column(m, n, data):
    d = data.draw(st.integers(1, n))
    code = constant_weight_code(m, n, d, rng=np.random.default_rng(0))
    assert code.matrix.shape == (n, m) and set(np.unique(code.matrix)) <= {0, 1}
    assert (code.matrix.sum(axis=0) == d).all()
    assert (code.features, code.neurons) == (m, n)


@pytest.mark.parametrize("d", [2, 5])  # one by redrawing, one by shuffling
def test_constant_weight_rows_are_uniform(d):
    code = constant_weight_code(20_000, 8, d, rng=np.random.default_rng(3))
    together = code.matrix @ code.matrix.T / 20_000
    assert np.abs(np.diag(together) - d / 8).max() < 0.02
    off = together[~np.eye(8, dtype=bool)]
    assert np.abs(off - d * (d - 1) / 56).max() < 0.02


def test_bernoulli_entries_are_independent_given_no_empty_column():
    p, n = 0.3, 6
    code = bernoulli_code(50_000, n, p, rng=np.random.default_rng(4))
    given_some = 1 - (1 - p) ** n
    assert code.weights.min() == 1
    assert np.abs(code.matrix.mean(axis=1) - p / given_some).max() < 0.01
    together = code.matrix @ code.matrix.T / 50_000
    assert np.abs(together[~np.eye(n, dtype=bool)] - p * p / given_some).max() < 0.01
    assert bernoulli_code(3, 4, 1.0, rng=np.random.default_rng(0)).matrix.all()


def test_decompressor_is_the_transpose_with_rows_that_sum_to_one():
    code = bernoulli_code(40, 30, 0.2, rng=np.random.default_rng(5))
    D, C = code.decompressor, code.matrix
    assert D.shape == (40, 30)
    for j in range(40):
        assert np.allclose(D[j], C[:, j] / C[:, j].sum(), rtol=0, atol=1e-15)


def test_compress_adds_codes_and_decompress_averages_them():
    code = constant_weight_code(50, 40, 4, rng=np.random.default_rng(6))
    Y = np.random.default_rng(7).random((50, 9)) < 0.1
    X = code.compress(Y)
    for k in range(9):
        x = sum((code.matrix[:, j] for j in np.flatnonzero(Y[:, k])), start=np.zeros(40))
        assert (X[:, k] == x).all() and (code.compress(Y[:, k]) == x).all()
        read = [x[code.matrix[:, j] == 1].mean() for j in range(50)]
        assert np.allclose(code.decompress(X)[:, k], read, rtol=0, atol=1e-14)
    assert code.compress(Y[:, :0]).shape == (40, 0)


def test_interference_is_the_share_of_neurons_in_common():
    """Theorem: lem-codes-reading."""
    code = constant_weight_code(30, 50, 5, rng=np.random.default_rng(8))
    y = np.zeros(30, dtype=bool)
    y[[3, 17]] = True
    sets = [set(np.flatnonzero(column)) for column in code.matrix.T]
    for j in range(30):
        share = sum(len(sets[j] & sets[k]) for k in (3, 17) if k != j) / 5
        assert abs(code.decompress(code.compress(y))[j] - y[j] - share) < 1e-14


def test_dense_and_sparse_give_the_same(monkeypatch):
    def build():
        rng = np.random.default_rng(9)
        return constant_weight_code(300, 80, 6, rng=rng), bernoulli_code(300, 80, 0.1, rng=rng)

    dense = build()
    monkeypatch.setattr(matrices, "DENSE_CELLS", 0)
    sparse = build()
    Y = np.random.default_rng(10).random((300, 5)) < 0.02
    for a, b in some(zip(dense, sparse, strict=True)):
        assert isinstance(a.matrix, np.ndarray) and not isinstance(b.matrix, np.ndarray)
        assert (a.matrix == b.matrix.toarray()).all()
        assert (a.compress(Y) == b.compress(Y)).all()
        assert (a.compress(Y[:, 0]) == b.compress(Y[:, 0])).all()
        assert np.allclose(a.decompress(a.compress(Y)), b.decompress(b.compress(Y)), rtol=0, atol=1e-14)


def test_large_codes_are_sparse():
    code = constant_weight_code(100_000, 2000, 8, rng=np.random.default_rng(0))
    assert code.matrix.nnz == 800_000 and code.decompressor.nnz == 800_000
    assert isinstance(Code(code.matrix.tocsc()).matrix, type(code.matrix))
