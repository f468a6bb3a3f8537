"""The appendix's tail bounds against exact probabilities, by fractions and by counting."""

import json
import re
from fractions import Fraction
from itertools import combinations, product
from math import comb, e, exp
from pathlib import Path

import pytest
from some import some

PAGE = Path(__file__).parent.parent / "book" / "tail_bounds.md"


def coins(N, p):
    """The exact law of the number of heads."""
    return [comb(N, k) * p**k * (1 - p) ** (N - k) for k in range(N + 1)]


def overlap(n, d, N):
    """The exact law of |A ∩ B| for |A| = N and a random B of d of n things, by counting."""
    shared = (comb(N, k) * comb(n - N, d - k) if k <= d else 0 for k in range(N + 1))
    return [Fraction(count, comb(n, d)) for count in shared]


def sum_of(first, second):
    total = [Fraction(0)] * (len(first) + len(second) - 1)
    for (i, a), (j, b) in product(enumerate(first), enumerate(second)):
        total[i + j] += a * b
    return total


def laws():
    """(N, p, law): coins, overlaps, and sums of independent overlaps."""
    for N in (1, 2, 5, 12):
        for p in (Fraction(1, 50), Fraction(1, 4), Fraction(2, 3)):
            yield N, p, coins(N, p)
    for n, d, N in ((5, 2, 3), (12, 4, 4), (30, 6, 10), (30, 20, 12)):
        yield N, Fraction(d, n), overlap(n, d, N)
        yield 2 * N, Fraction(d, n), sum_of(overlap(n, d, N), overlap(n, d, N))


def naming(N, p, s):
    return comb(N, s) * p**s


def chernoff(N, p, s):
    a = Fraction(s, N)
    return (p / a) ** s * (((1 - p) / (1 - a)) ** (N - s) if s < N else 1)


def poisson(mu, s):
    return exp(-mu) * (e * mu / s) ** s


def near(mu, tau):
    return exp(-(tau**2) / (2 * (mu + tau / 3)))


def test_the_union_bound_and_markov_on_every_small_law():
    """Theorem: tail-union."""
    for events in product(range(8), repeat=3):  # each a set of three equally likely outcomes, as bits
        union = events[0] | events[1] | events[2]
        assert union.bit_count() <= sum(one.bit_count() for one in events)
    for N, _, law in laws():
        mean = sum(k * q for k, q in enumerate(law))
        assert all(sum(law[y:]) <= mean / y for y in range(1, N + 1))


@pytest.mark.parametrize(("n", "d"), [(4, 1), (5, 2), (6, 3), (6, 5)])
def test_elements_of_a_random_set_do_not_attract_each_other(n, d):
    """Theorem: tail-places."""
    sets = [set(one) for one in combinations(range(n), d)]
    for g in some(range(n + 1)):
        hit = Fraction(sum(set(range(g)) <= one for one in sets), len(sets))
        assert hit <= Fraction(d, n) ** g
        # Two independent random sets, with g places in the first and one in the second.
        assert hit * Fraction(d, n) <= Fraction(d, n) ** (g + 1)


def test_four_bounds_are_above_the_truth_and_in_their_order():
    """Theorem: tail-above."""
    for N, p, law in some(laws()):
        mu = N * p
        for s in some(range(1, N + 1)):
            truth = sum(law[s:])
            assert truth <= naming(N, p, s)
            assert naming(N, p, s) <= (e * mu / s) ** s * (1 + 1e-12)
            if s >= mu:
                assert truth <= poisson(mu, s)
                assert poisson(mu, s) <= (e * mu / s) ** s
            if s > mu:
                assert truth <= chernoff(N, p, s) <= poisson(mu, s) * (1 + 1e-12)
                assert truth <= near(mu, s - mu)


def test_the_bounds_from_below():
    """Theorem: tail-below."""
    for n, d, N in ((5, 2, 3), (12, 4, 4), (30, 6, 10), (30, 20, 12), (60, 30, 30)):
        mean = Fraction(N * d, n)
        for law in (overlap(n, d, N), coins(d, Fraction(N, n))):
            for a in (Fraction(1, 10), Fraction(1, 2), Fraction(9, 10)):
                truth = sum(q for k, q in enumerate(law) if k <= a * mean)
                assert truth <= (exp(a - 1) * a ** -float(a)) ** float(mean)
    assert (2 / e) ** 0.5 < exp(-0.153)


def test_the_table_holds_what_the_formulas_give():
    N, p = 60, Fraction(1, 10)
    for s in (9, 12, 18, 24):
        bounds = [
            sum(coins(N, p)[s:]),
            chernoff(N, p, s),
            poisson(6, s),
            near(6, s - 6),
            naming(N, p, s),
        ]
        cells = " | ".join(f"{float(one):.1e}" if one < 1 else "above 1" for one in bounds)
        assert f"| {s} | {cells} |" in PAGE.read_text("utf-8")


STATEMENT = re.compile(r"^:::\{prf:(theorem|lemma|proposition)\}.*?^:::$", re.MULTILINE | re.DOTALL)
# Statements with a probability that is exact, or only a tool for others, and what only holds for means.
NO_TAIL = {
    "centring", "counting-coins", "maclaurin", "random-floor", "thm-codes-law", "thm-codes-mean",
    "thm-codes-linear", "tail-union", "tail-places", "tail-above", "tail-below",
}  # fmt: skip


def test_the_table_names_every_statement_with_a_probability():
    listed = set(
        re.findall(r"{prf:ref}`([\w-]+)`", PAGE.read_text("utf-8").partition("## Which chapter")[2])
    )
    found = set()
    for path in sorted(PAGE.parent.glob("*.ipynb")):
        cells = json.loads(path.read_text("utf-8"))["cells"]
        text = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
        for one in STATEMENT.finditer(text):
            if re.search(r"probabilit|mathbb P|random", one[0]):
                found.add(re.search(r":label: (\S+)", one[0])[1])
    assert len(found) > 25
    assert found - NO_TAIL <= listed
