"""What every public function says about a bad argument: its name, what was expected, what came."""

import os

import numpy as np

__all__ = [
    "boolean_columns",
    "expected",
    "fitting",
    "generator",
    "instance",
    "one_of",
    "real",
    "real_columns",
    "real_vector",
    "whole",
]

# What an array of numbers takes, and what a machine is taken to have that does not say it.
NUMBER_BYTES, UNKNOWN_MEMORY = 8, 2**34


def expected(name, wanted, got):
    """The error for argument `name`. A string is taken as words about what came, not as what came.

    >>> str(expected("v", "a whole number, at least 1", 0))
    'v: expected a whole number, at least 1; got 0'
    """
    text = got if isinstance(got, str) and got else repr(got)
    return ValueError(f"{name}: expected {wanted}; got {text if len(text) < 200 else text[:200] + ' ...'}")


def whole(name, value, least, most=None):
    """`value` as an `int`, if it is a whole number from `least` to `most`."""
    wanted = f"a whole number, at least {least}" + ("" if most is None else f" and at most {most}")
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, np.integer)):
        raise expected(name, wanted, repr(value))
    if value < least or (most is not None and value > most):
        raise expected(name, wanted, repr(value))
    return int(value)


def memory():
    """Bytes of memory that this machine has."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):  # no POSIX system, or one that does not say
        return UNKNOWN_MEMORY


def fitting(name, value, numbers):
    """`value`, if an array of so many numbers, which it asks for, fits into memory.

    >>> fitting("m", 1000, numbers=1000**2)
    1000
    """
    wanted, there = numbers * NUMBER_BYTES, memory()
    if wanted > there:
        raise expected(
            name,
            f"what fits into this machine's {there / 2**30:.0f} GiB of memory",
            f"{value}, which takes {wanted / 2**30:,.0f} GiB",
        )
    return value


def real(name, value, above, up_to):
    """`value` as a `float`, if it is a number with above < value <= up_to."""
    wanted = f"a number above {above} and at most {up_to}"
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, float, np.integer, np.floating)):
        raise expected(name, wanted, repr(value))
    if not above < value <= up_to:
        raise expected(name, wanted, repr(value))
    return float(value)


def instance(name, value, kind):
    """`value`, if it is of that class, or of one of several."""
    if not isinstance(value, kind):
        first = kind[0] if isinstance(kind, tuple) else kind
        raise expected(name, f"a {first.__name__}", value)
    return value


def one_of(name, value, names):
    """`value`, if it is one of these names."""
    if not isinstance(value, str) or value not in names:
        raise expected(name, f"one of {', '.join(names)}", repr(value))
    return value


def generator(rng):
    """`rng`, if it is a NumPy random generator."""
    if not isinstance(rng, np.random.Generator):
        raise expected("rng", "a numpy.random.Generator, such as numpy.random.default_rng(0)", repr(rng))
    return rng


def _columns(name, array, rows, what):
    try:
        array = np.asarray(array)
    except ValueError:  # a ragged list
        raise expected(name, f"an array of {what}", "rows of different lengths") from None
    if array.dtype.kind not in "biuf":
        raise expected(name, f"an array of {what}", f"entries of type {array.dtype}")
    if array.ndim not in (1, 2) or array.shape[0] != rows:
        raise expected(name, f"shape ({rows},) or ({rows}, batch)", f"shape {array.shape}")
    return array


def boolean_columns(name, Y, rows):
    """`Y` as a Boolean array of shape (rows,) or (rows, batch), if every entry is 0 or 1."""
    Y = _columns(name, Y, rows, "zeros and ones")
    if Y.dtype != bool:
        odd = (Y != 0) & (Y != 1)  # true for NaN as well
        if odd.any():
            raise expected(name, "zeros and ones only", f"an entry {Y[odd][0]}")
    return Y.astype(bool, copy=False)


def real_columns(name, X, rows):
    """`X` as a float array of shape (rows,) or (rows, batch), if every entry is finite."""
    X = _columns(name, X, rows, "real numbers").astype(float, copy=False)
    finite = np.isfinite(X)
    if not finite.all():
        raise expected(name, "finite numbers only", f"an entry {X[~finite][0]}")
    return X


def real_vector(name, values):
    """`values` as a float array of shape (count,), if every entry is a finite number."""
    wanted = "a list of finite numbers"
    try:
        values = np.asarray(values)
    except ValueError:  # a ragged list
        raise expected(name, wanted, "rows of different lengths") from None
    if values.dtype.kind not in "biuf" or values.ndim != 1 or not np.isfinite(values).all():
        raise expected(name, wanted, values)
    return values.astype(float)
