"""The chapter on proofs for one network: every statement by a computation of its own."""

import itertools
import math
import pathlib
from fractions import Fraction

import numpy as np
import pytest

from superpos_lib import double_light, random_two_and
from superpos_lib.measurements import records
from superpos_lib.verify import clopper_pearson_upper

ROOT = pathlib.Path(__file__).parent.parent
HALF = Fraction(1, 2)


def clip(off, on):
    """g and h = min(1, g) in exact arithmetic."""

    def g(s):
        return max(Fraction(0), (s - off) / (on - off))

    return g, lambda s: min(Fraction(1), g(s))


def toll(g, h, s, x, k):
    return min(1 - h(s), max(Fraction(0), (g(s + k * x) - g(s)) / k))


def sixteenths(rng, low, high, *shape):
    return [Fraction(int(value), 16) for value in rng.integers(low, high, size=shape).ravel()]


@pytest.mark.parametrize("k", [1, 2, 3, 5])
def test_one_input_at_a_time(k):
    """In fractions, for random clips, inputs and k; sometimes with equality.

    Theorem: lem-proof-one.
    """
    rng = np.random.default_rng(k)
    tight = 0
    for _ in range(800):
        off = Fraction(int(rng.integers(8, 30)), 16)
        g, h = clip(off, off + Fraction(int(rng.integers(1, 12)), 16))
        s, x = sixteenths(rng, -16, 40, 1)[0], sixteenths(rng, -20, 40, int(rng.integers(k + 1)))
        bound = h(s) + sum(toll(g, h, s, one, k) for one in x)
        assert h(s + sum(x)) <= bound
        tight += 0 < h(s + sum(x)) == bound
    assert tight > 10


def search(lit, tolls, level, own, P, B, k):
    """The chapter's search, step by step; a list of what it reports."""
    if lit(P) > level:
        return [P]
    if k == 0:
        return []
    price = tolls(P, k)
    loud = [j for j in sorted(B) if price[j] > 0 and price[j] >= (level - lit(P)) / k]
    reported = []
    for place, j in enumerate(loud):
        rest = B - set(loud[: place + 1])
        rest = rest - set(own) if j in own else rest
        reported += search(lit, tolls, level, own, P | {j}, rest, k - 1)
    return reported


def reports(A, off, on, theta, own, v, missing):
    """What the search reports for false outputs, or (`missing`) for true ones."""
    g, h = clip(Fraction(off), Fraction(on))
    if missing:  # what rows lack: a clip of -s
        g, h = clip(-Fraction(on), -Fraction(off))
        A = [[-x for x in row] for row in A]
    m, L = len(A[0]), len(A)

    def heard(P):
        return [sum((row[j] for j in P), Fraction(0)) for row in A]

    def lit(P):
        return sum(map(h, heard(P))) / L

    def tolls(P, k):
        return [
            sum(toll(g, h, s, row[j], k) for s, row in zip(heard(P), A, strict=True)) / L for j in range(m)
        ]

    if missing:
        # z <= theta is 1 - z >= 1 - theta; all numbers here are multiples of 1/10,000 or so.
        level = 1 - theta - Fraction(1, 10**9)
        return search(lit, tolls, level, (), frozenset(own), set(range(m)) - set(own), v - 2), lit, level
    return search(lit, tolls, theta, own, frozenset(), set(range(m)), v), lit, theta


@pytest.mark.parametrize("missing", [False, True])
@pytest.mark.parametrize("v", [2, 3, 4])
def test_the_search_reports_exactly_where_there_is_something(v, missing):
    """Against all sets, in fractions, for outputs that should be false and for those that should be true.

    Theorem: thm-proof-search, cor-proof-sound.
    """
    rng = np.random.default_rng([v, missing])
    seen = {True: 0, False: 0}
    for _ in range(80):
        m, L, own = 10 - v, int(rng.integers(2, 5)), (0, 1)
        A = np.array(sixteenths(rng, -8 if missing else -4, 10, L, m)).reshape(L, m)
        A[rng.random((L, m)) < 0.15] = 1
        A[:, own] = (
            np.array(sixteenths(rng, 15 if v == 2 else 13, 17, L, 2)).reshape(L, 2) if missing else 1
        )
        off, on = (Fraction(7, 4), Fraction(2)) if v == 2 else (Fraction(27, 20), Fraction(33, 20))
        theta = Fraction(int(rng.integers(5, 10)), 10) + Fraction(1, 100)
        found, lit, level = reports(A.tolist(), off, on, theta, own, v, missing)
        sets = [frozenset(K) for k in range(v + 1) for K in itertools.combinations(range(m), k)]
        asked = [K for K in sets if (set(own) <= K) == missing]
        wrong = {K for K in asked if lit(K) > level}
        assert set(found) <= wrong and bool(found) == bool(wrong)
        seen[bool(wrong)] += 1
    assert min(seen.values()) > 5, seen


def test_three_sets_for_an_output():
    """At the ends of what is allowed.

    Theorem: prop-proof-three.
    """
    rng = np.random.default_rng(0)
    for _ in range(3000):
        listened = rng.random((6, 12)) < rng.choice([0.1, 0.5, 0.9])
        listened[:, :2] = True
        listened[rng.integers(6, size=10), np.arange(2, 12)] = False
        A = np.where(listened, 1 + rng.choice([-0.008, 0.008], (6, 12)), rng.choice([-0.5, 0.875], (6, 12)))
        price = np.minimum(1, np.maximum(0, (2 * A - 1.75) / 0.25) / 2).mean(axis=0)
        assert np.flatnonzero(price >= 0.93 / 2 + 1e-12).tolist() == [0, 1]


@pytest.mark.parametrize(("m", "v"), [(5, 2), (7, 3), (8, 4)])
def test_random_inputs_are_quiet(m, v):
    """All inputs, counted.

    Theorem: prop-proof-quiet.
    """
    inputs = list(itertools.combinations(range(m), v))
    share = Fraction(sum({0, 1} <= set(one) for one in inputs), len(inputs))
    assert share == Fraction(v * (v - 1), m * (m - 1))


def test_numbers_about_quiet_inputs():
    passed = 1 - 2000 * 100_000 * 2 / (100_000 * 99_999)
    assert passed == pytest.approx(0.96, abs=1e-4)
    assert math.comb(1000, 2) / 15 == 33_300
    assert 500_501 * math.log(20) == pytest.approx(1.5e6, rel=1e-3)
    missed = (1 - 2 / 19_900) ** 2000
    assert missed == pytest.approx(0.82, abs=0.005)
    assert math.log(0.05) / math.log(1 - 2 / 19_900) == pytest.approx(29_800, rel=1e-3)
    assert math.log(2) * 166_667_501 / 60 == pytest.approx(1.9e6, rel=0.02)
    assert math.log(20) < 3


@pytest.mark.parametrize("trials", [1, 7, 40])
@pytest.mark.parametrize("alpha", [0.01, 0.05, 0.5])
def test_the_interval_covers(trials, alpha):
    """Exact coverage, for many p; and no shorter interval would do.

    Theorem: thm-proof-interval.
    """
    upper = [clopper_pearson_upper(x, trials, 1 - alpha) for x in range(trials + 1)]
    assert upper[0] == pytest.approx(1 - alpha ** (1 / trials)) and upper[0] < math.log(1 / alpha) / trials
    closest = 1.0
    for p in [*np.linspace(0, 1, 101), *(u + 1e-9 for u in upper[:-1])]:
        law = [math.comb(trials, x) * p**x * (1 - p) ** (trials - x) for x in range(trials + 1)]
        covered = math.fsum(law[x] for x in range(trials + 1) if p <= upper[x])
        assert covered >= 1 - alpha - 1e-9
        closest = min(closest, covered)
    assert closest <= 1 - alpha + 1e-6  # no shorter interval would do


def test_the_tolls_of_the_smallest_example():
    g, h = clip(Fraction(7, 4), Fraction(2))
    codes = [{0, 1}, {2, 3}, {4, 5}, {6, 7}, {0, 4}, {3, 6}]

    def row(listened):
        return [sum(Fraction(len(codes[j] & codes[k]), 2) for k in listened) for j in range(6)]

    def price(rows):
        columns = zip(*rows, strict=True)
        return [sum(toll(g, h, Fraction(0), x, 2) for x in column) / 3 for column in columns]

    third = Fraction(1, 3)
    last = [row({3, 4}), row({1, 2, 3, 4}), row({0, 1, 3, 4})]
    assert last[0] == [HALF, 0, HALF, 1, 1, HALF]
    assert last[1] == [HALF, 1, 3 * HALF, 1, 3 * HALF, 1]
    assert last[2] == [3 * HALF, 1, HALF, 1, 3 * HALF, 1]
    assert price(last) == [third, third, third, HALF, Fraction(5, 6), third]
    middle = [row({1, 2}), row({1, 2, 3, 4}), row({1, 2})]
    assert middle[0] == [0, 1, 1, 0, HALF, HALF]
    assert price(middle) == [0, HALF, 2 * third, third / 2, third, third / 2]


def test_what_rounding_can_do():
    """Both layers and the read-out of a network, in fractions and in floating point.

    Theorem: prop-proof-rounding.
    """
    problem = random_two_and(30, 30, rng=np.random.default_rng(1))
    net = double_light(problem, 24, v=2, rng=np.random.default_rng(1))
    y = np.zeros(30)
    y[problem.pairs[0]] = 1
    u = 2.0**-53
    maps = [(layer.factors, layer.bias) for layer in net.network.layers]
    maps.append(((net.code_out.decompressor,), np.zeros(30)))
    exact = [Fraction(value) for value in net.code_in.matrix @ y]
    rounded, size, error = np.array([float(value) for value in exact]), 2.0, 0.0
    for place, (factors, bias) in enumerate(maps):
        f = math.prod(abs(np.asarray(F)).sum(axis=1).max() for F in factors)
        N = 1 + sum(F.shape[1] for F in factors)
        beta = abs(bias).max()
        error = f * error + 1.02 * N * u * (f * (size + error) + beta)
        size = f * size + beta
        for F in reversed(factors):
            F = np.asarray(F)
            exact = [sum(Fraction(w) * x for w, x in zip(line, exact, strict=True)) for line in F.tolist()]
            rounded = F @ rounded
        exact = [x + Fraction(b) for x, b in zip(exact, bias.tolist(), strict=True)]
        rounded = rounded + bias
        if place < 2:
            exact, rounded = [max(Fraction(0), x) for x in exact], np.maximum(rounded, 0)
        apart = max(abs(Fraction(a) - b) for a, b in zip(rounded.tolist(), exact, strict=True))
        assert apart <= error
    assert apart > 0 and error < 1e-9


def test_what_the_text_says_of_networks_against_exact_arithmetic():
    text = (ROOT / "book" / "14_proof_for_one_network.ipynb").read_text(encoding="utf-8")
    found = records("soundness")
    assert not any(record["result"]["unsound"] for record in found)
    networks = sum(record["task"]["networks"] for record in found)
    assert f"{networks:,} small networks were tried against exact arithmetic" in text
    certified = {"ordinary": 0, "extreme": 0}
    for record in found:
        certified[record["task"]["kind"]] += record["result"]["counts"]["all"]["certified"]
    said = " and ".join(f"{certified[kind]:,} {kind}" for kind in certified)
    assert f"Certified were {said} ones" in text


def test_pairs_bound_a_row():
    """In fractions; sometimes with equality.

    Theorem: lem-proof-pairs.
    """
    rng = np.random.default_rng(2)
    _, h = clip(Fraction(27, 20), Fraction(33, 20))
    tight = 0
    for _ in range(3000):
        v = int(rng.integers(2, 5))
        x = sixteenths(rng, -10, 20, int(rng.integers(2, v + 1)))
        pairs = itertools.combinations(x, 2)
        bound = sum(h(max(a, b) + (v - 1) * max(Fraction(0), min(a, b))) for a, b in pairs)
        assert h(sum(x)) <= bound
        tight += 0 < h(sum(x)) == bound
    assert tight > 100


def test_plain_weights_only_add():
    """Where no entry is negative, the largest sets decide about false outputs."""
    rng = np.random.default_rng(3)
    _, h = clip(Fraction(7, 4), Fraction(2))
    for _ in range(300):
        A = np.array(sixteenths(rng, 0, 20, 3, 6)).reshape(3, 6)

        def read(K, A=A):
            return sum(h(sum((row[j] for j in K), Fraction(0))) for row in A.tolist())

        small = max(read(K) for k in range(3) for K in itertools.combinations(range(6), k) if {0, 1} - {*K})
        full = max(read(K) for K in itertools.combinations(range(6), 3) if {0, 1} - {*K})
        assert small <= full
