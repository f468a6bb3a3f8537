"""The inequalities of the chapter on super-heavy inputs, computed another way than it proves them."""

import itertools
import math

import numpy as np
import pytest
from some import some

from superpos_lib import hubs, power_law, random_two_and


def log_choose(n, k):
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


@pytest.mark.parametrize("seed", range(6))
def test_few_super_heavy_inputs(seed):
    """Fewer than 2 m'^(1/4), and fewer than 2 sqrt(m') pairs of them; equal hubs come near.

    Theorem: thm-super-few.
    """
    rng = np.random.default_rng(seed)
    for problem in (
        power_law(200, int(rng.integers(50, 2000)), exponent=rng.uniform(0.5, 2), rng=rng),
        random_two_and(30, int(rng.integers(10, 300)), rng=rng),
        hubs(int(rng.integers(1, 7)), int(rng.integers(1, 2000))),
    ):
        outputs = problem.outputs
        count = np.count_nonzero(problem.influence > outputs**0.75)
        assert count < 2 * outputs**0.25 and math.comb(count, 2) < 2 * outputs**0.5


@pytest.mark.parametrize("active", [*itertools.product((0, 1), repeat=3)])
@pytest.mark.parametrize("error", [-0.25, 0.0, 0.5])
def test_detectors_silence_what_two_hubs_share(active, error):
    """All subsets of three hubs, at the ends of the errors that are allowed; and just beyond them.

    Theorem: lem-super-silence, thm-super-right.
    """

    def left(hears, error):
        pairs = itertools.combinations(active, 2)
        detectors = sum(max(0, 4 * (g + h + error - 1.5)) for g, h in pairs)
        u = max(0, (1.65 - hears) / 0.3)
        return max(0, 1 - u - detectors)

    for hears in (0, 1, 1.2, 1.35, 1.5, 1.65, 2, 3):
        plain = max(0, 1 - max(0, (1.65 - hears) / 0.3))
        assert math.isclose(left(hears, error), 0 if sum(active) >= 2 else plain, abs_tol=1e-12)
    if sum(active) == 1:
        assert left(3, 0.51) < 1
    if sum(active) == 2:
        assert left(3, -0.26) > 0


@pytest.mark.parametrize(("R", "q", "L", "k"), [(40, 0.25, 6, 1), (60, 0.1, 10, 2), (50, 0.2, 8, 3)])
def test_what_is_left_of_a_channel(R, q, L, k):
    """Simulated: the mean, and every tail below its bound.

    Theorem: thm-super-left.
    """
    rng = np.random.default_rng(R)
    lands = [[rng.choice(R, round(q * R), replace=False) for _ in range(k)] for _ in range(4000)]
    draws = np.array([np.count_nonzero(np.unique(land) < L) for land in lands])
    assert abs(draws.mean() - L * (1 - (1 - q) ** k)) < 5 * draws.std() / 4000**0.5
    for s in range(1, L + 1):
        named = math.comb(L, s) * (k * q) ** s
        tail = (draws >= s).mean()
        assert tail <= min(1, named) + 4 * math.sqrt(named / 4000)
        assert named <= (math.e * k * q * L / s) ** s * (1 + 1e-12)


def test_half_truths_add_up():
    """Two active hubs light a share q of their channels on average, at the least.

    Theorem: thm-super-half.
    """
    rng = np.random.default_rng(1)
    R, size, L, owned = 60, 15, 5, 40
    total = []
    for _ in range(300):
        lands = [rng.choice(R, size, replace=False) for _ in range(2)]
        both = np.intersect1d(*lands)
        channels = [rng.choice(land, L, replace=False) for land in lands for _ in range(owned)]
        total.append(sum(np.isin(channel, both).mean() for channel in channels))
    assert abs(np.mean(total) - 0.25 * 2 * owned) < 4 * np.std(total) / 300**0.5


def with_meetings(m, outputs, v, delta):
    """(lambda, n) of the corollary."""
    cases = math.ceil(math.log(5 * m * outputs / delta))
    return cases, math.ceil(31 * v * (v - 1) * cases * math.sqrt(outputs))


# Where the corollary speaks: n is at most m'.
SIZES = [
    (m, outputs, v, delta)
    for v, exponent, delta in itertools.product([2, 3, 4, 6, 10], [6, 8, 9, 10, 12, 14], [0.5, 0.01])
    for outputs in [10**exponent]
    for m in (outputs // 4, outputs, 4 * outputs)
    if with_meetings(m, outputs, v, delta)[1] <= outputs
]


@pytest.mark.parametrize(("m", "outputs", "v", "delta"), some(SIZES))
def test_the_square_root_with_meetings(m, outputs, v, delta):
    """Every hypothesis, and every one of the five probabilities, at the width of the corollary.

    Theorem: thm-super-size, cor-super-size.
    """
    cases, n = with_meetings(m, outputs, v, delta)
    x = t = cases - 1
    L, d, hubs_most = 2 * (v - 1) * x + 1, v * t + 1, math.floor(2 * outputs**0.25)
    R = n - math.comb(hubs_most, 2)
    size = math.floor(R / (2 * math.e**2 * (v - 1)))
    q, influence = size / R, outputs**0.25
    b = math.ceil(2 * outputs * L / size)
    assert cases >= 8 and size >= L and b >= 11 * cases
    assert 2 * math.e**2 * (v - 1) * influence * L / q <= R and n >= 2 * math.e**2 * v * b * d
    few = d // (4 * v)
    logs = [
        log_choose(L, x + 1) + (x + 1) * math.log(q),
        log_choose(L, x + 1) + (x + 1) * math.log(influence * L / size),
        b / 2 - b * math.log(2),
        log_choose(2 * b * d, t + 1) + (t + 1) * math.log(d / n),
        log_choose(d, few + 1) + (few + 1) * math.log(d / n),
    ]
    assert max(logs) <= -cases and 2 * v * few / d <= 0.5 and v * t / d <= 1 - 1 / d
    assert (v - 2) * x < L / 2 and (v - 1) * x <= L / 2


def without_meetings(outputs, v):
    """(lambda, n) of the theorem, with as many inputs as outputs."""
    cases = math.ceil(math.log(5 * outputs * outputs / 0.01))
    return cases, math.ceil(6 * v * math.sqrt(v - 1) * cases * math.sqrt(outputs))


def in_the_theorem(outputs, v):
    cases, n = without_meetings(outputs, v)
    return n <= outputs and math.sqrt(outputs) >= 21 * v * cases / math.sqrt(v - 1)


@pytest.mark.parametrize(
    ("outputs", "v"),
    some(
        (10**exponent, v)
        for exponent, v in itertools.product([6, 8, 9, 10, 12, 14], [2, 3, 4, 6])
        if in_the_theorem(10**exponent, v)
    ),
)
def test_the_square_root_without_meetings(outputs, v):
    """Theorem: thm-super-shared."""
    cases, n = without_meetings(outputs, v)
    x = t = cases - 1
    L, d = (v - 1) * x + 1, v * t + 1
    for owned in (outputs**0.75, outputs**0.9, outputs):
        size = math.floor(n * owned / outputs)
        b = math.ceil(2 * outputs * L / (0.99 * n))
        assert size >= 0.99 * n * owned / outputs and size >= math.e**2 * (v - 1) * L
        assert b >= 6 * cases and owned * L / size <= b / 2 and n >= 2 * math.e**2 * v * b * d
        logs = [
            log_choose(L, x + 1) + (x + 1) * math.log(L / size),
            b / 2 - b * math.log(2),
            log_choose(2 * b * d, t + 1) + (t + 1) * math.log(d / n),
        ]
        assert max(logs) <= -cases
