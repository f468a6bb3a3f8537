"""The helper that chooses dense or sparse, against plain NumPy."""

import numpy as np
import pytest
import scipy.sparse

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


@pytest.fixture
def loops(monkeypatch):
    """How often a browser's way to multiply, which this machine takes meanwhile, went through a row."""
    count, einsum = [], np.einsum
    monkeypatch.setattr(matrices, "BLAS", False)
    monkeypatch.setattr(np, "einsum", lambda *given, **out: count.append(einsum(*given, **out)))
    return count


@pytest.mark.parametrize("shares", [(0.02, 1), (1, 0.02), (0.9, 0.9), (0, 1), (0, 0)])
@pytest.mark.parametrize("shape", [(50, 40, 60), (1, 30, 20), (20, 1, 30), (20, 30, 1), (0, 3, 9)])
def test_without_blas_products_are_the_same(loops, monkeypatch, shape, shares):
    """Whole numbers: exactly, and by as many rows as the factor has that has more zeros."""
    monkeypatch.setattr(matrices, "LONG", 0)
    rng = np.random.default_rng(3)
    a, b = (
        rng.integers(1, 5, size) * (rng.random(size) < share)
        for size, share in zip((shape[:2], shape[1:]), shares, strict=True)
    )
    for left, right in ((a, b), (a.astype(float), b.astype(float))):
        found, whole = matrices.times(left, right), left @ right
        assert found.dtype == whole.dtype and (found == whole).all()
    fewer_in_b = np.count_nonzero(b) * shape[0] < np.count_nonzero(a) * shape[2]
    assert len(loops) == 2 * shape[2 if fewer_in_b else 0]


def test_without_blas_what_is_small_is_left_to_numpy(loops):
    a, b = random_matrix(4000, 20, 1), np.ones((20, 30))
    assert (matrices.times(a, b) == a @ b).all()
    assert (matrices.times(a, b[:, 0]) == a @ b[:, 0]).all()
    assert not loops


def test_without_blas_equations_have_the_same_solution(monkeypatch):
    rng = np.random.default_rng(4)
    a, b = rng.random((60, 60)) + np.eye(60), random_matrix(60, 300, 2)
    solution = matrices.solve(a, b)
    monkeypatch.setattr(matrices, "BLAS", False)
    assert np.allclose(matrices.solve(a, b), solution, rtol=1e-9)
    assert (matrices.solve(a, b) != solution).any(), "another way to it"


@pytest.mark.parametrize(("rows", "inputs", "density", "one"), [
    (80, 800, 0.05, True),
    (80, 800, 0.001, False),
    (800, 80, 0.05, False),
    (5000, 5000, 1e-4, False),
])  # fmt: skip
def test_a_product_is_multiplied_out_where_that_is_cheaper(rows, inputs, density, one, monkeypatch):
    """Few rows that hear many features; not where the factors are sparse or the product is large."""
    rng = np.random.default_rng(0)
    left = scipy.sparse.random_array((rows, 4 * inputs), density=density, rng=rng).tocsr()
    right = scipy.sparse.random_array((4 * inputs, rows), density=density, rng=rng).tocsr()
    applied = matrices.cheapest((left, right))
    assert len(applied) == (1 if one else 2)
    X = rng.random((rows, 3))
    expected = left.toarray() @ (right.toarray() @ X)
    assert np.allclose(matrices.as_dense(matrices.apply(applied, X)), expected, rtol=0, atol=1e-10)
    monkeypatch.setattr(matrices, "BLAS", False)
    assert len(matrices.cheapest((left, right))) == 2
