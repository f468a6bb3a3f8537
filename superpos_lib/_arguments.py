"""What every public function says about a bad argument: its name, what was expected, what came."""

import numpy as np

__all__ = ["boolean_columns", "expected", "generator", "real", "real_columns", "whole"]


def expected(name, wanted, got):
    """The error for argument `name`. A string is taken as words about what came, not as what came.

    >>> str(expected("v", "a whole number, at least 1", 0))
    'v: expected a whole number, at least 1; got 0'
    """
    text = got if isinstance(got, str) else repr(got)
    return ValueError(f"{name}: expected {wanted}; got {text if len(text) < 200 else text[:200] + ' ...'}")


def whole(name, value, least, most=None):
    """`value` as an `int`, if it is a whole number from `least` to `most`."""
    wanted = f"a whole number, at least {least}" + ("" if most is None else f" and at most {most}")
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, np.integer)):
        raise expected(name, wanted, repr(value))
    if value < least or (most is not None and value > most):
        raise expected(name, wanted, repr(value))
    return int(value)


def real(name, value, above, up_to):
    """`value` as a `float`, if it is a number with above < value <= up_to."""
    wanted = f"a number above {above} and at most {up_to}"
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, float, np.integer, np.floating)):
        raise expected(name, wanted, repr(value))
    if not above < value <= up_to:
        raise expected(name, wanted, repr(value))
    return float(value)


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
