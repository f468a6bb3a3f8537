"""The helper that chooses dense or sparse, against plain NumPy."""

import numpy as np
import pytest

import superpos_lib._matrices as matrices


@pytest.fixture(params=["dense", "sparse"])
def kind(request, monkeypatch):
    monkeypatch.setattr(matrices, "DENSE_CELLS", 2**20 if request.param == "dense" else 0)
    return request.param


def random_matrix(rows, columns, seed):
    rng = np.random.default_rng(seed)
    return rng.integers(-2, 3, (rows, columns)).astype(float) * (rng.random((rows, columns)) < 0.4)


def kept(matrix):
    return matrices.from_entries(*matrices.entries(matrix), matrix.shape)


def test_entries_and_back(kind):
    matrix = random_matrix(7, 9, 0)
    there = kept(matrix)
    assert isinstance(there, np.ndarray) == (kind == "dense")
    assert (matrices.as_dense(there) == matrix).all()
    rows, columns, values = matrices.entries(there)
    assert (matrix[rows, columns] == values).all() and len(values) == np.count_nonzero(matrix)


def test_entries_at_one_place_add_up(kind):
    matrix = matrices.from_entries([0, 0, 1], [1, 1, 0], [2, 3, 4], (2, 2))
    assert matrices.as_dense(matrix).tolist() == [[0, 5], [4, 0]]


def test_join_is_numpy_block(kind):
    blocks = [
        [random_matrix(3, 4, 1), random_matrix(3, 2, 2)],
        [random_matrix(5, 4, 3), random_matrix(5, 2, 4)],
    ]
    joined = matrices.join([[kept(block) for block in row] for row in blocks])
    assert (matrices.as_dense(joined) == np.block(blocks)).all()


@pytest.mark.parametrize("block_cells", [1, 2**24])
def test_nonzeros_of_a_product_are_those_of_the_matrix_multiplied_out(kind, block_cells):
    factors = [random_matrix(6, 30, 5), random_matrix(30, 8, 6), random_matrix(8, 5, 7)]
    product = factors[0] @ factors[1] @ factors[2]
    found = matrices.count_product_nonzeros([kept(factor) for factor in factors])
    assert found == np.count_nonzero(product)


@pytest.mark.parametrize("share", [0.0, 0.02, 0.3])
def test_factors_are_applied_alike_to_few_entries_and_to_many(kind, share):
    """Against NumPy on whole numbers: exactly. And a product that fills up on its way is no exception."""
    rng = np.random.default_rng(5)
    factors = [
        random_matrix(30, 60, 1),
        random_matrix(60, 50, 2),
        rng.integers(1, 9, (50, 40)).astype(float),
    ]
    X = rng.integers(1, 9, (40, 25)) * (rng.random((40, 25)) < share).astype(float)
    wanted = factors[0] @ factors[1] @ factors[2] @ X
    result = matrices.apply([kept(factor) for factor in factors], X)
    assert (matrices.as_dense(result) == wanted).all()
    assert kind == "dense" or share > 0 or not isinstance(result, np.ndarray)
    mixed = [kept(factors[0]), factors[1], kept(factors[2])]
    assert (matrices.as_dense(matrices.apply(mixed, X)) == wanted).all()
    assert (matrices.apply(mixed, X[:, 0]) == wanted[:, 0]).all()
