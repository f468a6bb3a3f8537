"""Counting one by one: permutations numbered, and every function that a tiny network can compute.

A Boolean function of k inputs is written as one whole number, its truth table: bit i is the function's
value at the input whose number is i, where input number i has y_j = bit j of i.
"""

import math

import numpy as np

from ._arguments import expected, whole

__all__ = [
    "numbered_permutation",
    "permutation_number",
    "threshold_functions",
    "two_unit_functions",
]


# Items up to which a permutation is numbered: m! has half a million digits there.
MOST_ITEMS = 100_000


def numbered_permutation(number, m):
    """Permutation number `number` of 0, ..., m - 1, in alphabetical order.

    Parameters
    ----------
    number : int
        From 0 to m! - 1.
    m : int
        At least 1.

    Returns
    -------
    list of int: the order, as `Permutation` takes it

    Raises
    ------
    ValueError
        Numbers out of range.

    Examples
    --------
    >>> [numbered_permutation(i, 3) for i in (0, 1, 5)]
    [[0, 1, 2], [0, 2, 1], [2, 1, 0]]
    """
    m = whole("m", m, 1, MOST_ITEMS)
    number = whole("number", number, 0, math.factorial(m) - 1)
    left, order = list(range(m)), []
    for size in range(m, 0, -1):
        place, number = divmod(number, math.factorial(size - 1))
        order.append(left.pop(place))
    return order


def permutation_number(order):
    """The place of a permutation in alphabetical order: the inverse of `numbered_permutation`.

    Parameters
    ----------
    order : sequence of int
        Each of 0, ..., m - 1 once.

    Returns
    -------
    int, from 0 to m! - 1

    Raises
    ------
    ValueError
        No permutation.

    Examples
    --------
    >>> permutation_number([2, 1, 0])
    5
    >>> all(permutation_number(numbered_permutation(i, 4)) == i for i in range(24))
    True
    """
    wanted = "each of 0, ..., m - 1 once"
    if isinstance(order, (str, bytes)) or not hasattr(order, "__iter__"):
        raise expected("order", wanted, order)
    order = [whole("order", int(i) if isinstance(i, np.integer) else i, 0) for i in order]
    left, number = list(range(len(order))), 0
    if not order or sorted(order) != left:
        raise expected("order", wanted, order)
    for i in order:
        number = number * len(left) + left.index(i)
        left.remove(i)
    return number


def threshold_functions(inputs, largest):
    """Every Boolean function that one threshold unit computes with small whole numbers as parameters.

    The unit says y -> [w . y + b > 0], with k weights w and a bias b from -W, ..., W: (2 W + 1)^(k + 1)
    settings, all of which are tried.

    Parameters
    ----------
    inputs : int
        k, from 1 to 4.
    largest : int
        W, from 1 to 12.

    Returns
    -------
    array of int: truth tables, increasing

    Raises
    ------
    ValueError
        Numbers out of range.

    Notes
    -----
    With W large enough there are 4, 14, 104, 1882 of them (OEIS A000609).

    Examples
    --------
    >>> [f"{table:04b}" for table in threshold_functions(2, 1)[:4]]
    ['0000', '0001', '0010', '0011']
    >>> len(threshold_functions(2, 2)), len(threshold_functions(3, 3))
    (14, 104)
    """
    k, W = whole("inputs", inputs, 1, 4), whole("largest", largest, 1, 12)
    size = 2 * W + 1
    weights = np.indices((size,) * k).reshape(k, size**k).T - W
    corners = np.arange(2**k)[:, None] >> np.arange(k) & 1
    sums, bit = weights @ corners.T, 1 << np.arange(2**k)
    reached = np.zeros(2**2**k, dtype=bool)
    for bias in range(-W, W + 1):
        reached[(sums + bias > 0) @ bit] = True
    return np.flatnonzero(reached)


def two_unit_functions(functions):
    """Every Boolean function of two hidden threshold units and one threshold unit that reads them.

    A unit of two inputs g and h computes the constants, g, h, the AND and the OR of g and h, and all of
    these with g or h negated. The negation of a threshold function is one, so the results are g AND h
    and g OR h, for all g and h.

    Parameters
    ----------
    functions : array of int
        The truth tables of one unit of at most 4 inputs, as `threshold_functions` gives them.

    Returns
    -------
    array of int: truth tables, increasing

    Raises
    ------
    ValueError
        No list of truth tables, or of more than 4 inputs.

    Examples
    --------
    >>> len(two_unit_functions(threshold_functions(2, 2)))
    16
    """
    try:
        functions = np.asarray(functions)
    except ValueError:
        raise expected("functions", "a list of truth tables", "rows of different lengths") from None
    if functions.ndim != 1 or functions.dtype.kind not in "iu" or len(functions) == 0:
        raise expected("functions", "a list of truth tables", f"shape {functions.shape}")
    if functions.min() < 0 or functions.max() >= 2**16:
        raise expected("functions", "truth tables of at most 4 inputs", f"{functions.max()}")
    reached = np.zeros(2**16, dtype=bool)
    for g in functions:
        reached[g & functions] = reached[g | functions] = True
    return np.flatnonzero(reached)
