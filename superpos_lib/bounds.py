"""The lower bound as arithmetic: bits that a family of functions needs, bits that a network can hold.

Every function here takes numbers or arrays, which are broadcast against each other, and gives a number
or an array back. Lengths are in bits. Of networks only the shape occurs, and for `neurons_at_any_precision`
that their units are ReLUs.
"""

import math
from decimal import Decimal, localcontext
from fractions import Fraction

import numpy as np

from ._arguments import expected

__all__ = [
    "bits_with_errors",
    "capacity",
    "neurons_at_any_precision",
    "neurons_needed",
    "permutation_bits",
    "two_and_bits",
]

# Up to here log2(m!) stays below 2^52, where floats still tell whole numbers of bits apart.
MOST_FEATURES = 10**14
# Below this, ln k! is looked up; from it on, Stirling's series is exact to the last digit of a float.
_TABLE = np.array([math.log(math.factorial(k)) for k in range(32)])
# Stirling's series: ln k! = k ln k - k + ln(2 pi k) / 2 + sum of these / k, k^3, k^5, ...
_SERIES = [Fraction(1, 12), Fraction(-1, 360), Fraction(1, 1260), Fraction(-1, 1680), Fraction(1, 1188),
           Fraction(-691, 360360), Fraction(1, 156)]  # fmt: skip
# Up to here m! is multiplied out. Beyond it, what Stirling's series leaves out is below 10^-50.
_MULTIPLIED_OUT = 3000
# Logarithms of factorials are below 10^16: they have some 40 digits after the point, and sums of a few such
# numbers are less than _LOST away from the truth.
_DIGITS = 56
_LOST = Decimal("1e-30")


def permutation_bits(m):
    """log2(m!), the bits that single out one permutation of m things.

    Rounded so that comparisons with a whole number b of bits are exact: permutation_bits(m) <= b if and
    only if m! <= 2^b.

    Parameters
    ----------
    m : int, or array of them
        From 0 to 10^14.

    Returns
    -------
    float, or array of m's shape: bits

    Raises
    ------
    ValueError
        Numbers that are not whole, or out of range.

    Notes
    -----
    m log2 m - 1.4427 m + O(log m). Source: Adler and Shavit, arXiv 2409.15318.

    Theorem: permutation-count.

    Examples
    --------
    >>> round(permutation_bits(10), 7)
    21.7910611
    >>> permutation_bits([1, 2]).tolist()
    [0.0, 1.0]
    """
    return _given_back(_permutation_bits(_whole("m", m, 0, MOST_FEATURES)))


def two_and_bits(m, outputs, ordered=True):
    """Bits that single out one 2-AND problem of m inputs and m' outputs.

    With N = m (m - 1) / 2 pairs to choose from, log2 [N (N - 1) ... (N - m' + 1)] where outputs are
    numbered, and log2 C(N, m') where only the set of pairs counts. The first is at least log2(m'!). The
    second is 0 when every pair is wanted.

    Parameters
    ----------
    m : int, or array of them
        Inputs, from 2 to 10^14.
    outputs : int, or array of them
        m', from 1 to N and at most 10^14.
    ordered : bool
        Whether outputs are numbered.

    Returns
    -------
    float, or array: bits

    Raises
    ------
    ValueError
        Numbers that are not whole, or out of range.

    Notes
    -----
    Source: Adler and Shavit, arXiv 2409.15318; the comparison of the two counts is ours.

    Theorem: two-and-count.

    Examples
    --------
    >>> two_and_bits(4, 6) == permutation_bits(6)
    True
    >>> two_and_bits(4, 6, ordered=False)
    0.0
    """
    m, wanted = np.broadcast_arrays(
        _whole("m", m, 2, MOST_FEATURES), _whole("outputs", outputs, 1, MOST_FEATURES)
    )
    if not isinstance(ordered, (bool, np.bool_)):
        raise expected("ordered", "True or False", repr(ordered))
    # Whole numbers where they fit into 64 bits; the rest has pairs enough for every m' allowed.
    few = m < 2**31
    safe = np.where(few, m, 2)
    exact_pairs = safe * (safe - 1) // 2
    short = few & (wanted > exact_pairs)
    if short.any():
        place = np.unravel_index(np.argmax(short), short.shape)
        raise expected(
            "outputs", f"at most the {exact_pairs[place]} pairs of {m[place]} inputs", str(wanted[place])
        )
    pairs = np.where(few, exact_pairs, m * (m - 1.0) / 2)
    left = np.where(few, exact_pairs - wanted, pairs - wanted).astype(float)
    if not ordered:  # as many sets are wanted as are left out; the smaller of both is counted
        wanted, left = np.minimum(wanted, left), np.maximum(wanted, left)
    nats = _log_falling(pairs, wanted.astype(float), left)
    if not ordered:
        nats = np.where(wanted == 0, 0.0, nats - _log_factorial(wanted.astype(float)))
    return _given_back(nats / math.log(2))


def bits_with_errors(m, error_fraction):
    """log2((m - k)!), the bits that are needed for permutations even if k = floor(e m) inputs go wrong.

    One parameter string that is wrong on at most k of the m one-hot inputs serves at most
    C(m, k) k! = m! / (m - k)! permutations.

    Parameters
    ----------
    m : int, or array of them
        From 0 to 10^14.
    error_fraction : float or Fraction, or array of them
        e, from 0 to 1. A float is taken as the decimal number that it is printed as, so that 0.29 of
        100 is 29.

    Returns
    -------
    float, or array: bits

    Raises
    ------
    ValueError
        Numbers out of range.

    Notes
    -----
    Ours; the proof is in the book's chapter on counting.

    Theorem: counting-errors.

    Examples
    --------
    >>> bits_with_errors(10, 0.2) == permutation_bits(8)
    True
    """
    m, share = np.broadcast_arrays(
        _whole("m", m, 0, MOST_FEATURES), _objects("error_fraction", error_fraction)
    )
    right = np.empty(m.shape, dtype=np.int64)
    for place in np.ndindex(m.shape):
        right[place] = int(m[place]) - math.floor(_fraction(share[place]) * int(m[place]))
    return permutation_bits(right)


def neurons_needed(bits, bits_per_parameter=32, layers=1):
    """The smallest n for which L square layers of width n can hold so many bits.

    A layer of n neurons that reads at most n numbers has n^2 weights and n biases of B bits each:
    L B n (n + 1) >= bits. (If the first layer reads more than n numbers, it holds more bits than that.)

    Parameters
    ----------
    bits : float or int, or array of them
        At least 0.
    bits_per_parameter : int, or array of them
        B, at least 1.
    layers : int, or array of them
        L, at least 1.

    Returns
    -------
    int, or array of int: neurons

    Raises
    ------
    ValueError
        Numbers out of range.

    Notes
    -----
    About sqrt(bits / (L B)). Source: Adler and Shavit, arXiv 2409.15318.

    Theorem: neurons-theorem.

    Examples
    --------
    >>> neurons_needed(permutation_bits(1_000_000))
    760
    >>> neurons_needed(32 * 6), neurons_needed(32 * 6 + 1)
    (2, 3)
    """
    bits, size = np.broadcast_arrays(_objects("bits", bits), _parameter_bits(bits_per_parameter, layers))
    width = np.empty(bits.shape, dtype=np.int64)
    for place in np.ndindex(bits.shape):
        parameters = -(-_whole_bits(bits[place]) // size[place])
        n = (math.isqrt(4 * parameters + 1) - 1) // 2
        width[place] = n + (n * (n + 1) < parameters)
    return _given_back(width)


def capacity(neurons, bits_per_parameter=32, layers=1):
    """The largest m' for which L square layers of width n can hold every permutation of m' features.

    The largest m' with m'! <= 2^(L B n (n + 1)), exactly. It is the inverse of `neurons_needed`: m'
    features need more than n neurons if and only if m' > capacity(n).

    Parameters
    ----------
    neurons : int, or array of them
        n, at least 1.
    bits_per_parameter, layers : int, or array of them
        B and L, at least 1.

    Returns
    -------
    int, or array of int: features

    Raises
    ------
    ValueError
        Numbers out of range, or more than 10^14 features.

    Notes
    -----
    O(n^2 / log n). Source: Adler and Shavit, arXiv 2409.15318.

    Theorem: capacity-theorem.

    Examples
    --------
    >>> features = capacity(760)
    >>> neurons_needed(permutation_bits([features, features + 1])).tolist()
    [760, 761]
    """
    n, size = np.broadcast_arrays(
        _whole("neurons", neurons, 1, 2**31), _parameter_bits(bits_per_parameter, layers)
    )
    n = n.astype(object)
    held = np.asarray(n * (n + 1) * size, dtype=object)
    most = permutation_bits(MOST_FEATURES)
    for bits in held.flat:
        if bits > most:
            raise expected("neurons", f"a network of at most {most:.4g} bits", f"{bits:.4g} bits")
    held = held.astype(float)
    fits, too_many = np.ones(held.shape, dtype=np.int64), np.full(held.shape, MOST_FEATURES + 1)
    while np.any(too_many - fits > 1):
        middle = (fits + too_many) // 2
        good = _permutation_bits(middle) <= held
        fits, too_many = np.where(good, middle, fits), np.where(good, too_many, middle)
    return _given_back(fits)


def neurons_at_any_precision(m, layers=1):
    """The smallest n that is not ruled out for all permutations of m features, however precise the weights.

    L layers of ReLUs, each reading at most n numbers and of at most n neurons, with weights and biases
    that are any real numbers, between two codes and a threshold that were fixed beforehand. With
    Q = n (n + 1), and as long as L (n + 1) <= m, they compute every permutation only if

        log2(m!) <= Q log2(e m / (n + 1)) + Q log2(e m^2 / Q)                            for L = 1,
        log2(m!) <= Q L (L + 1) / 2 log2(4 e m / (n + 1)) + Q L log2(4 e m^2 / Q)        for every L.

    Where L (n + 1) > m nothing is ruled out.

    Parameters
    ----------
    m : int, or array of them
        Features, from 1 to 10^14.
    layers : int, or array of them
        L, at least 1.

    Returns
    -------
    int, or array of int: neurons, at least 1

    Raises
    ------
    ValueError
        Numbers that are not whole, or out of range.

    Notes
    -----
    About sqrt(2 m / 3) for one layer, and sqrt(4 m / (L (L + 5))) for L. Ours; the method, counting the
    regions into which the parameters are divided, is Warren's (1968), and for networks layer by layer that
    of Bartlett, Harvey, Liaw and Mehrabian (2019). Logarithms have 56 digits, and a width is ruled out
    only where the two sides differ by more than what is lost in rounding.

    Theorem: any-precision, any-precision-deep.

    Examples
    --------
    >>> neurons_at_any_precision([1000, 1_000_000]).tolist()
    [21, 736]
    >>> neurons_needed(permutation_bits([1000, 1_000_000])).tolist()  # with 32 bits
    [16, 760]
    """
    m, layers = np.broadcast_arrays(
        _whole("m", m, 1, MOST_FEATURES), _whole("layers", layers, 1, MOST_FEATURES)
    )
    width = np.empty(m.shape, dtype=np.int64)
    for place in np.ndindex(m.shape):
        width[place] = _least_width(int(m[place]), int(layers[place]))
    return _given_back(width)


def _least_width(m, layers):
    """The smallest n >= 1 with layers (n + 1) > m, or with as many regions as there are permutations."""
    with localcontext() as context:
        context.prec = _DIGITS
        wanted = _nats(m) - _LOST
        too_few, enough = 0, max(1, m // layers)
        while enough - too_few > 1:  # as long as layers (n + 1) <= m, wider networks have more regions
            middle = (too_few + enough) // 2
            fits = wanted <= _log_regions(m, middle, layers)
            too_few, enough = (too_few, middle) if fits else (middle, enough)
    return enough


def _log_regions(m, n, layers):
    """ln of the bound on the answers that L layers of width n can give to m inputs, in Decimal."""
    Q, spare = n * (n + 1), Decimal(4).ln() if layers > 1 else 0
    firing = 1 + spare + (Decimal(m) / (n + 1)).ln()
    reading = 1 + spare + (Decimal(m) ** 2 / Q).ln()
    return Q * (layers * (layers + 1) // 2 * firing + layers * reading)


def _permutation_bits(counts):
    """log2(m!) for an int64 array, with its comparisons exact."""
    bits = np.asarray(_log_factorial(counts.astype(float)) / math.log(2))
    nearest = np.asarray(np.rint(bits))
    for place in map(tuple, np.argwhere(np.abs(bits - nearest) <= 1e-14 * bits)):
        near = nearest[place]
        above = _factorial_exceeds(int(counts[place]), int(near))
        bits[place] = max(bits[place], np.nextafter(near, np.inf)) if above else min(bits[place], near)
    return bits


def _log_factorial(k):
    """ln k! for whole numbers k >= 0, given as floats."""
    return np.where(k < len(_TABLE), _TABLE[np.minimum(k, len(_TABLE) - 1).astype(int)], _stirling(k))


def _stirling(k):
    k = np.maximum(k, len(_TABLE))
    return k * (np.log(k) - 1) + np.log(2 * np.pi * k) / 2 + _correction(k)


def _correction(k):
    total = np.zeros_like(k)
    for coefficient in reversed(_SERIES):
        total = total / k**2 + float(coefficient)
    return total / k


def _log_falling(n, k, left):
    """ln [n (n - 1) ... (n - k + 1)], left = n - k, without subtracting large logarithms."""
    small = left < len(_TABLE)
    r = np.maximum(left, len(_TABLE))
    big = np.maximum(n, len(_TABLE))
    share = np.where(small, 0, k / big)
    far = k * (np.log(big) - 1) - (r + 0.5) * np.log1p(-share) + _correction(big) - _correction(r)
    return np.where(small, _log_factorial(n) - _log_factorial(np.minimum(left, 31)), far)


def _factorial_exceeds(m, bits):
    """Whether m! > 2^bits, exactly."""
    if m <= _MULTIPLIED_OUT:
        return (math.factorial(m) - 1).bit_length() > bits
    with localcontext() as context:
        # Among 10^14 numbers none comes so near to a whole number of bits that _LOST would matter.
        context.prec = _DIGITS
        return _nats(m) > bits * Decimal(2).ln()


def _nats(m):
    """ln m! in Decimal, in a context of _DIGITS digits."""
    if m <= _MULTIPLIED_OUT:
        return Decimal(math.factorial(m)).ln()
    k = Decimal(m)
    two_pi = 2 * Decimal("3.14159265358979323846264338327950288419716939937510582097494")
    nats = k * k.ln() - k + (two_pi * k).ln() / 2
    return nats + sum(
        Decimal(c.numerator) / Decimal(c.denominator) / k ** (2 * i + 1) for i, c in enumerate(_SERIES)
    )


def _whole(name, values, least, most):
    """`values` as an int64 array, if they are whole numbers in range."""
    wanted = f"whole numbers, at least {least} and at most {most}"
    array = _objects(name, values)
    for value in array.flat:
        if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, np.integer)):
            raise expected(name, wanted, repr(value))
        if not least <= value <= most:
            raise expected(name, wanted, str(value))
    return array.astype(np.int64)


def _parameter_bits(bits_per_parameter, layers):
    """L B as Python integers."""
    each = _whole("bits_per_parameter", bits_per_parameter, 1, 2**31)
    return np.asarray(each.astype(object) * _whole("layers", layers, 1, 2**31).astype(object), dtype=object)


def _whole_bits(bits):
    if isinstance(bits, (bool, np.bool_)) or not isinstance(bits, (int, float, np.integer, np.floating)):
        raise expected("bits", "numbers, at least 0", repr(bits))
    if not 0 <= bits < math.inf or bits > 2.0**120:
        raise expected("bits", "finite numbers, at least 0 and at most 2^120", str(bits))
    return math.ceil(bits)


def _fraction(share):
    if isinstance(share, (bool, np.bool_)) or not isinstance(
        share, (int, float, Fraction, np.integer, np.floating)
    ):
        raise expected("error_fraction", "numbers from 0 to 1", repr(share))
    if not 0 <= share <= 1:
        raise expected("error_fraction", "numbers from 0 to 1", str(share))
    return share if isinstance(share, Fraction) else Fraction(str(share))


def _objects(name, values):
    """An array of Python objects, whatever their type; one that is ragged is refused."""
    try:
        return np.asarray(np.asarray(values), dtype=object)
    except ValueError:
        raise expected(name, "a number, or an array of them", "rows of different lengths") from None


def _given_back(array):
    """A number for a number, an array for an array."""
    return array.item() if np.ndim(array) == 0 else array
