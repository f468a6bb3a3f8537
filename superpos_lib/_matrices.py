"""The one place that knows whether a matrix is dense or sparse."""

import math
import sys

import numpy as np

__all__ = [
    "apply",
    "as_dense",
    "as_matrix",
    "cheapest",
    "count_product_nonzeros",
    "entries",
    "from_entries",
    "join",
    "solve",
    "times",
]

# A dense matrix of this many cells takes 8 MB. Below it dense is faster, and SciPy is not needed at all.
DENSE_CELLS = 2**20
# A sparse matrix is applied to the non-zero entries only if they are at most this share of all.
FEW = 1 / 16
# An entry of a sparse matrix costs as much as so many of a dense one, and a product is multiplied out
# up to so many cells: 128 MB.
SPARSE_COST, MULTIPLIED_CELLS = 8, 2**24
# A browser's NumPy has none: it multiplies entry by entry, whether they are zero or not.
BLAS = sys.platform != "emscripten"
# Without it, a loop over rows in Python is the faster one from so many products a row on.
LONG = 2**14


def from_entries(rows, columns, values, shape):
    """The matrix with `values` at (`rows`, `columns`), zero elsewhere; values at one place add up.

    It is an `ndarray` up to `DENSE_CELLS` cells, a `scipy.sparse.csr_array` above.
    """
    values = np.broadcast_to(np.asarray(values, dtype=float), np.shape(rows))
    if shape[0] * shape[1] <= DENSE_CELLS:
        matrix = np.zeros(shape)
        np.add.at(matrix, (rows, columns), values)
        return matrix
    from scipy.sparse import coo_array

    return coo_array((values, (rows, columns)), shape=shape).tocsr()


def entries(matrix):
    """(rows, columns, values) of the non-zero entries."""
    if isinstance(matrix, np.ndarray):
        rows, columns = np.nonzero(matrix)
        return rows, columns, matrix[rows, columns]
    matrix = matrix.tocoo()
    kept = matrix.data != 0
    return matrix.row[kept], matrix.col[kept], matrix.data[kept]


def join(blocks):
    """One matrix from a grid of blocks, row by row; dense or sparse by its own size, not by theirs.

    >>> join([[np.eye(2), np.ones((2, 1))]]).tolist()
    [[1.0, 0.0, 1.0], [0.0, 1.0, 1.0]]
    """
    heights = [row[0].shape[0] for row in blocks]
    widths = [block.shape[1] for block in blocks[0]]
    parts = []
    for top, row in zip(np.cumsum([0, *heights[:-1]]), blocks, strict=True):
        for left, block in zip(np.cumsum([0, *widths[:-1]]), row, strict=True):
            rows, columns, values = entries(block)
            parts.append((rows + top, columns + left, values))
    rows, columns, values = (np.concatenate(part) for part in zip(*parts, strict=True))
    return from_entries(rows, columns, values, (sum(heights), sum(widths)))


def as_matrix(matrix):
    """A float matrix as it is kept: a read-only `ndarray`, or CSR for whatever SciPy calls sparse.

    What a sparse matrix has several times at one place is added up exactly and rounded once, so that the
    sum is the same in whatever order the entries stand.

    Raises `TypeError` or `ValueError` for what is no matrix of finite real numbers.
    """
    sparse = hasattr(matrix, "tocsr")
    matrix = matrix if sparse else np.asarray(matrix)
    if matrix.dtype.kind not in "biuf" or len(matrix.shape) != 2:
        raise TypeError(f"entries of type {matrix.dtype} in {len(matrix.shape)} dimensions")
    if sparse:
        return _as_csr(matrix)
    matrix = _finite(matrix.astype(float))
    matrix.flags.writeable = False
    return matrix


def _finite(values):
    if not np.isfinite(values).all():
        raise TypeError("entries that are not finite")
    return values


def _as_csr(matrix):
    """CSR with every place once. SciPy's own flags say nothing: whoever made the matrix can set them."""
    from scipy.sparse import coo_array, csr_array

    if matrix.format == "csr":
        values = _finite(matrix.data.astype(float))
        csr = csr_array((values, matrix.indices.copy(), matrix.indptr.copy()), shape=matrix.shape)
        csr.check_format(full_check=True)
        if csr.has_canonical_format:
            return csr
    coo = matrix.tocoo()
    rows, columns, values = coo.row, coo.col, _finite(coo.data.astype(float))
    csr = coo_array((values, (rows, columns)), shape=coo.shape).tocsr()
    if csr.nnz == len(values):
        return csr
    order = np.lexsort((columns, rows))
    rows, columns, values = rows[order], columns[order], values[order]
    starts = np.flatnonzero((np.diff(rows, prepend=-1) != 0) | (np.diff(columns, prepend=-1) != 0))
    sizes = np.diff(starts, append=len(values))
    sums = values[starts]
    try:
        for place in np.flatnonzero(sizes > 1):
            sums[place] = math.fsum(values[starts[place] : starts[place] + sizes[place]])
    except OverflowError:
        raise TypeError("entries at one place that add up to no finite number") from None
    csr = coo_array((sums, (rows[starts], columns[starts])), shape=coo.shape).tocsr()
    csr.eliminate_zeros()
    return csr


def as_dense(matrix):
    """The matrix as an `ndarray`."""
    return matrix if isinstance(matrix, np.ndarray) else matrix.toarray()


def times(a, b):
    """a @ b, for a matrix and one vector or a batch of columns."""
    dense = isinstance(a, np.ndarray) and isinstance(b, np.ndarray)
    return a @ b if BLAS or not dense or b.ndim == 1 else _over_nonzeros(a, b)


def _over_nonzeros(a, b):
    """a @ b in time that grows with the entries of a, or of b, that are not zero, whichever are fewer."""
    if np.count_nonzero(b) * a.shape[0] < np.count_nonzero(a) * b.shape[1]:
        return np.ascontiguousarray(_over_rows(b.T, a.T).T)
    return _over_rows(a, b)


def _over_rows(a, b):
    if b.size < LONG:
        return a @ b
    product = np.empty((a.shape[0], b.shape[1]), np.result_type(a, b))
    b = np.ascontiguousarray(b)
    for out, row in zip(product, np.ascontiguousarray(a), strict=True):
        (k,) = np.nonzero(row)
        np.einsum("k,kj->j", row[k], b[k], out=out)
    return product


def solve(a, b):
    """The X with a X = b, for a square matrix a and a matrix b, both dense.

    Without BLAS it is faster to invert a, and to leave the zeros of b out.
    """
    return np.linalg.solve(a, b) if BLAS else times(np.linalg.inv(a), b)


def apply(factors, X):
    """factors[0] @ factors[1] @ ... @ X, X one vector or a batch of columns, as `as_matrix` keeps them.

    Where few entries are not zero, as in a code of few features and in what is read from it, only these
    are multiplied, and what has one number for each of a million features stays sparse.
    """
    if all(isinstance(factor, np.ndarray) for factor in factors):
        for factor in reversed(factors):
            X = times(factor, X)
        return X
    from scipy.sparse import csr_array

    for factor in reversed(factors):
        if isinstance(factor, np.ndarray) or X.ndim == 1:
            X = as_dense(X)
        elif isinstance(X, np.ndarray):
            if np.count_nonzero(X) <= FEW * X.size:
                X = csr_array(X)
        elif X.nnz > FEW * X.shape[0] * X.shape[1]:
            X = X.toarray()
        X = times(factor, X)
    return X


def cheapest(factors):
    """`factors`, or the one matrix that they multiply out to where a product with that is cheaper.

    Few rows that hear many features, as in a network of light inputs, are faster as one small dense matrix;
    wide sparse blocks are faster in factors. Without BLAS it is always the factors.

    >>> code = np.ones((3, 4096))
    >>> len(cheapest((code, code.T))), len(cheapest((code.T, code)))
    (1, 2)
    """
    cells = factors[0].shape[0] * factors[-1].shape[1]
    costs = (
        factor.size if isinstance(factor, np.ndarray) else SPARSE_COST * factor.nnz for factor in factors
    )
    if len(factors) == 1 or not BLAS or cells > MULTIPLIED_CELLS or sum(costs) <= cells:
        return factors
    product, *rest = factors
    for factor in rest:
        product = times(product, factor)
    return (as_dense(product),)


def count_product_nonzeros(factors):
    """Non-zero entries of `factors[0] @ factors[1] @ ...`, a block of rows at a time."""
    first, *rest = factors
    width = factors[-1].shape[1]
    block = max(1, 2**24 // max(width, 1))
    total = 0
    for top in range(0, first.shape[0], block):
        product = first[top : top + block]
        for factor in rest:
            product = times(product, factor)
        total += np.count_nonzero(product if isinstance(product, np.ndarray) else product.data)
    return int(total)
