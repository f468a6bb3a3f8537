"""Channels: which rows carry an output. A case of 2-AND is a way of choosing them.

The channels of all outputs are the columns of a 0/1 matrix S, rows x outputs. They say everything else:
row r listens to both inputs of every output whose channel it is in, C0 = min(S B, 1) with B the m' x m
incidence matrix of the pairs, and should be lit exactly where two inputs that belong together are active.
"""

import numpy as np

from .._arguments import expected, fitting, generator, instance, whole
from .._matrices import entries, from_entries
from ..codes import ConstructionError
from ..network import read_by
from ..problems import TwoAnd

__all__ = ["balanced_rows", "channel_length", "channel_matrix", "check_problem", "listeners", "stack"]


def channel_length(v):
    """L, how many rows carry an output.

    Longer channels average more noise away and fill the rows as much more: at v = 2, where a lit row
    hears exactly 2 and little can go wrong, short ones are best.
    """
    return 6 if whole("v", v, 1) <= 2 else 10


# After so many rounds of swapping repeated rows away, `balanced_rows` gives up.
_SWAP_ROUNDS = 1000


def check_problem(problem):
    """`problem`, if it is a `TwoAnd`; else a `ValueError`."""
    return instance("problem", problem, TwoAnd)


def balanced_rows(rows, count, L, *, rng):
    """`count` sets of L different rows each, every row in as many sets as any other, or one more.

    Shuffled decks of all rows are dealt out, L rows a set. A set that gets some row twice, from the end
    of one deck and the beginning of the next, swaps it for a row of a random other set. Equal loads
    make every row's noise equal: no row is the weak one.

    Returns
    -------
    array of int, shape (count, L)

    Raises
    ------
    ConstructionError
        L > rows, or repeated rows are left after 1,000 rounds of swapping.

    Examples
    --------
    >>> sets = balanced_rows(10, 15, 4, rng=np.random.default_rng(0))
    >>> np.bincount(sets.ravel()).tolist()
    [6, 6, 6, 6, 6, 6, 6, 6, 6, 6]
    """
    rows, count, L = whole("rows", rows, 1), whole("count", count, 1), whole("L", L, 1)
    fitting("rows, count, L", f"{count} sets of {L} of {rows} rows", max(rows, count * L))
    generator(rng)
    if rows < L:
        raise ConstructionError(f"a channel of {L} rows does not fit into {rows}")
    if rows == L:
        return np.tile(np.arange(rows), (count, 1))
    decks = -(-count * L // rows)
    dealt = np.concatenate([rng.permutation(rows) for _ in range(decks)])[: count * L]
    dealt = dealt.reshape(count, L)
    for _ in range(_SWAP_ROUNDS):
        order = np.argsort(dealt, axis=1, kind="stable")
        ranked = np.take_along_axis(dealt, order, axis=1)
        which, place = np.nonzero(ranked[:, 1:] == ranked[:, :-1])
        if len(which) == 0:
            return dealt
        for i, p in zip(which, order[which, place + 1], strict=True):
            j, q = rng.integers(count), rng.integers(L)
            dealt[i, p], dealt[j, q] = dealt[j, q], dealt[i, p]
    raise ConstructionError(
        f"{count} channels of {L} of {rows} rows repeat a row after {_SWAP_ROUNDS} rounds of swapping"
    )


def channel_matrix(sets, rows):
    """S, shape (rows, m'): column i is 1 at the rows `sets[i]`.

    Raises
    ------
    ValueError
        No sets, one that is no list of whole numbers from 0 to rows - 1, or one with a row twice.

    Examples
    --------
    >>> channel_matrix([[0, 1], [1, 2]], 3).tolist()
    [[1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]
    """
    rows = fitting("rows", whole("rows", rows, 1), rows)
    wanted = f"a list of different rows from 0 to {rows - 1} for each output"
    try:
        chosen = [np.asarray(one if len(one) else (), dtype=None if len(one) else np.int64) for one in sets]
        outputs = np.repeat(np.arange(len(chosen)), [len(one) for one in chosen])
        numbers = np.concatenate(chosen)
    except (TypeError, ValueError):
        raise expected("sets", wanted, repr(sets)) from None
    if numbers.ndim != 1 or numbers.dtype.kind not in "iu":
        raise expected("sets", wanted, repr(sets))
    outside = (numbers < 0) | (numbers >= rows)
    if outside.any():
        raise expected("sets", wanted, f"{numbers[outside][0]} for output {outputs[outside][0]}")
    matrix = from_entries(numbers, outputs, 1, (rows, len(chosen)))
    row, output, value = entries(matrix)
    if (value > 1).any():
        raise expected("sets", wanted, f"{row[value > 1][0]} twice for output {output[value > 1][0]}")
    return matrix


def listeners(problem, channels):
    """C0, shape (rows, m): 1 where a row listens to an input.

    >>> S = channel_matrix([[0, 1], [1, 2]], 3)
    >>> listeners(TwoAnd(3, [(0, 1), (1, 2)]), S).tolist()
    [[1.0, 1.0, 0.0], [1.0, 1.0, 1.0], [0.0, 1.0, 1.0]]
    """
    channels = read_by("channels", channels, check_problem(problem).outputs)
    row, output, _ = entries(channels)
    heard = problem.pairs[output]
    # A row may hear an input for several outputs. (Sorting 10^7 numbers is much faster than np.unique.)
    key = np.sort(np.concatenate([row, row]) * problem.inputs + heard.T.ravel())
    key = key[np.diff(key, prepend=-1) > 0]
    shape = (channels.shape[0], problem.inputs)
    return from_entries(key // problem.inputs, key % problem.inputs, 1, shape)


def stack(blocks, outputs):
    """One channel matrix from several, each with rows of its own.

    `blocks` is a list of (channels, which): column k of a block is output which[k] of all `outputs`.

    >>> stack([(np.ones((1, 1)), np.array([1])), (np.ones((2, 1)), np.array([0]))], 2).tolist()
    [[0.0, 1.0], [1.0, 0.0], [1.0, 0.0]]
    """
    rows, columns, top = [], [], 0
    for channels, which in blocks:
        row, column, _ = entries(channels)
        rows.append(row + top)
        columns.append(which[column])
        top += channels.shape[0]
    return from_entries(np.concatenate(rows), np.concatenate(columns), 1, (top, outputs))
