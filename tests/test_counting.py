"""Functions and permutations counted one by one, against networks evaluated one input at a time."""

import itertools
import math

import numpy as np
import pytest
from some import some

from superpos_lib.counting import (
    numbered_permutation,
    permutation_number,
    threshold_functions,
    two_unit_functions,
)

ENOUGH = {1: 2, 2: 2, 3: 3, 4: 5}


def table(function, k):
    """The truth table of a Python function of k bits, bit by bit."""
    inputs = ([i >> j & 1 for j in range(k)] for i in range(2**k))
    return sum(bool(function(y)) << i for i, y in enumerate(inputs))


@pytest.mark.parametrize("k", [1, 2, 3, 4])
def test_functions_of_one_threshold_unit(k):
    """OEIS A000609."""
    assert len(threshold_functions(k, ENOUGH[k])) == {1: 4, 2: 14, 3: 104, 4: 1882}[k]
    more = threshold_functions(k, ENOUGH[k] + 1)
    np.testing.assert_array_equal(more, threshold_functions(k, ENOUGH[k]))


def test_functions_of_one_unit_evaluated_one_input_at_a_time():
    for k, W in ((1, 1), (2, 1), (2, 2), (3, 1)):
        found = {
            table(lambda y, w=w, b=b: sum(map(np.multiply, w, y)) + b > 0, k)
            for *w, b in itertools.product(range(-W, W + 1), repeat=k + 1)
        }
        assert threshold_functions(k, W).tolist() == sorted(found)


def test_two_units_evaluated_through_all_output_units():
    for k in (1, 2, 3):
        units = threshold_functions(k, ENOUGH[k]).tolist()
        outer = threshold_functions(2, 2).tolist()
        found = set()
        for g, h in itertools.product(units, repeat=2):
            for o in outer:
                at = (((g >> i & 1) + 2 * (h >> i & 1)) for i in range(2**k))
                found.add(sum((o >> j & 1) << i for i, j in enumerate(at)))
        assert two_unit_functions(units).tolist() == sorted(found)


def test_what_two_units_miss():
    parity = table(lambda y: sum(y) % 2, 3)
    three = two_unit_functions(threshold_functions(3, 3))
    assert set(range(256)) - set(three.tolist()) == {parity, 255 - parity}
    assert len(two_unit_functions(threshold_functions(4, 5))) == 41_614


@pytest.mark.parametrize("m", [1, 2, 3, 6])
def test_permutations_are_numbered_in_alphabetical_order(m):
    """Theorem: reading-back."""
    for i, p in enumerate(some(itertools.permutations(range(m)))):
        assert numbered_permutation(i, m) == list(p)
        assert permutation_number(np.array(p)) == i


def test_large_permutations_keep_their_number():
    """Theorem: reading-back."""
    last = math.factorial(100) - 1
    assert numbered_permutation(last, 100) == list(range(99, -1, -1))
    order = np.random.default_rng(0).permutation(100).tolist()
    assert numbered_permutation(permutation_number(order), 100) == order


BAD = [
    ("m", lambda: numbered_permutation(0, 0)),
    ("number", lambda: numbered_permutation(6, 3)),
    ("number", lambda: numbered_permutation(-1, 3)),
    ("number", lambda: numbered_permutation(1.0, 3)),
    ("order", lambda: permutation_number([])),
    ("order", lambda: permutation_number([0, 0])),
    ("order", lambda: permutation_number([1, 2])),
    ("order", lambda: permutation_number([0.0, 1.0])),
    ("inputs", lambda: threshold_functions(0, 1)),
    ("inputs", lambda: threshold_functions(5, 1)),
    ("largest", lambda: threshold_functions(2, 0)),
    ("largest", lambda: threshold_functions(2, 13)),
    ("functions", lambda: two_unit_functions([])),
    ("functions", lambda: two_unit_functions([[1, 2]])),
    ("functions", lambda: two_unit_functions([0.5])),
    ("functions", lambda: two_unit_functions([2**16])),
    ("functions", lambda: two_unit_functions([-1])),
]


@pytest.mark.parametrize(("name", "call"), BAD, ids=[f"{i}-{name}" for i, (name, _) in enumerate(BAD)])
def test_bad_arguments(name, call):
    with pytest.raises(ValueError, match=f"^{name}: expected .*; got "):
        call()
