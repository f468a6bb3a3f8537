"""The chapter on channels inside territories: every inequality by a computation of its own."""

import itertools
import math

import numpy as np
import pytest

from superpos_lib import TwoAnd, hubs, mixed, verify
from superpos_lib.two_and.assembly import assemble
from superpos_lib.two_and.channels import channel_matrix
from superpos_lib.two_and.mixed import owned_channels, shared_out


def heard_by(S, problem):
    """The inputs that each row listens to, as sets."""
    return [{j for i in np.flatnonzero(row) for j in problem.pairs[i].tolist()} for row in S]


def dense(matrix):
    return np.asarray(matrix.todense()) if hasattr(matrix, "todense") else np.asarray(matrix)


def unequal(owned):
    """Owners 0, 1, ..., with so many partners of their own."""
    owner = np.repeat(np.arange(len(owned)), owned)
    return TwoAnd(len(owned) + len(owner), np.stack([owner, len(owned) + np.arange(len(owner))], axis=1))


@pytest.mark.parametrize("owned", [[60, 60], [48, 80, 192], [300], [90, 45, 45, 120]])
@pytest.mark.parametrize("n", [240, 300])
def test_loads_of_territories_that_are_shared_out(owned, n):
    """Theorem: thm-mixed-loads."""
    problem, rng = unequal(owned), np.random.default_rng(0)
    owner, lands = shared_out(problem, n, v=2, rng=rng)
    S = dense(owned_channels(owner, lands, n, v=2, rng=rng))
    L = int(S[:, 0].sum())
    assert [len(land) for land in lands] == [n * f // problem.outputs for f in owned]
    assert len(set(np.concatenate(lands).tolist())) == sum(map(len, lands))
    smallest = min(map(len, lands))
    most = math.ceil((1 + 1 / smallest) * problem.outputs * L / n)
    carried = S.sum(axis=1)
    assert carried.max() <= most
    assert max(map(len, heard_by(S, problem))) <= 1 + most


def binomial(trials, p):
    k = np.arange(trials + 1)
    log = [math.lgamma(trials + 1) - math.lgamma(j + 1) - math.lgamma(trials - j + 1) for j in k]
    return np.exp(np.array(log) + k * math.log(p) + (trials - k) * math.log1p(-p))


def tail(law, least):
    return law[math.ceil(least) :].sum()


@pytest.mark.parametrize(("H", "f"), [(40, 50), (8, 250), (2, 1000), (200, 3)])
@pytest.mark.parametrize(("n", "w", "L"), [(300, 77, 6), (300, 20, 10), (1000, 140, 6)])
@pytest.mark.parametrize("Lambda", [0.5, 3.0, 10.0])
def test_the_fullest_row_of_random_territories(H, f, n, w, L, Lambda):
    """The exact law of b_r by convolution, that of t_r by the binomial, against both bounds.

    Theorem: thm-mixed-loads.
    """
    q, mu, g = w / n, H * f * L / n, max(1, f * L / w)
    one = q * binomial(f, L / w)
    one[0] += 1 - q
    size = 1 << (H * f).bit_length()
    law = np.fft.irfft(np.fft.rfft(one, size) ** H, size)
    assert tail(law, ((math.e - 1) * mu + g * Lambda) / math.log(2)) <= math.exp(-Lambda)
    assert tail(binomial(H, q), (q * H + Lambda) / math.log(2)) <= math.exp(-Lambda)


def test_only_one_channel_of_a_partner_matters():
    """Partners with several owners; in disjoint territories other owners are not heard at all.

    Theorem: lem-mixed-strangers.
    """
    rng = np.random.default_rng(0)
    pairs = [(h, 3 + k) for h in range(3) for k in range(60) if (h + k) % 2]
    problem = TwoAnd(63, pairs)
    owner, lands = problem.pairs[:, 0], np.split(rng.permutation(150), 3)
    S = dense(owned_channels(owner, lands, 150, v=2, rng=rng))
    sets, heard = [set(np.flatnonzero(column).tolist()) for column in S.T], heard_by(S, problem)
    of = {tuple(pair): i for i, pair in enumerate(problem.pairs.tolist())}
    shared = 0
    for i, k in itertools.product(range(problem.outputs), range(63)):
        h, partner = problem.pairs[i]
        if k in (h, partner):
            continue
        rows = {r for r in sets[i] if k in heard[r]}
        assert rows == (sets[i] & sets[of[h, k]] if (h, k) in of else set())
        shared += len(rows)
    assert shared > 0


def shared_sizes():
    for v, outputs, delta in itertools.product(
        (2, 3, 4, 7), (10**7, 10**8, 10**10, 10**13), (0.5, 0.01, 1e-6)
    ):
        for m in (math.ceil(2 * outputs**0.5), outputs, 2 * outputs):
            lam = math.ceil(math.log(4 * m * outputs / delta))
            n = math.ceil(5 * v * math.sqrt(v - 1) * lam * math.sqrt(outputs))
            if n <= outputs and math.sqrt(outputs) >= 5.7 * v * lam / math.sqrt(v - 1):
                yield v, outputs, delta, m, lam, n


@pytest.mark.parametrize(("v", "outputs", "delta", "m", "lam", "n"), list(shared_sizes()))
def test_sizes_of_territories_that_are_shared_out(v, outputs, delta, m, lam, n):
    """Theorem: thm-mixed-right, cor-mixed-size."""
    d, L = v * (lam - 1) + 1, (v - 1) * (lam - 1) + 1
    mu = outputs * L / n
    land = math.floor(n * (1.6 * (v - 1) ** 1.5 / v * math.sqrt(outputs)) / outputs)
    assert lam >= 12 and d <= v * lam and (v - 1) * lam >= L
    assert land >= math.e**2 * (v - 1) * L
    load = 1 + 2.28 * mu + 7 / 6 * lam
    assert n >= math.e**2 * v**2 * lam * load
    assert (math.e * load * d * d / (lam * n)) ** lam <= math.exp(-lam)
    assert math.comb(L, lam) * (L / land) ** lam <= math.exp(-lam)
    # (A), by the binomial bound with the mean of the smallest territory
    mean, over = 1.14 * mu, 2.28 * mu + 7 / 6 * lam - 1.14 * mu
    assert (1 + 1 / land) * mu <= mean
    assert math.exp(-(over**2) / (2 * (mean + over / 3))) <= math.exp(-lam)
    assert (n + n * m + m * outputs) * math.exp(-lam) <= delta


def random_sizes():
    for v, outputs, delta in itertools.product(
        (2, 3, 4), (10**9, 10**10, 10**12, 10**15), (0.5, 0.01, 1e-6)
    ):
        for m in (math.ceil(2 * outputs**0.5), outputs):
            lam = math.ceil(math.log(4 * m * outputs / delta))
            n = math.ceil(
                max(
                    14 * v ** (4 / 3) * (v - 1) ** (1 / 3) * lam ** (4 / 3) * math.sqrt(outputs),
                    28 * (v - 1) ** 3 * lam**2,
                    72 * v**2 * lam**2,
                )
            )
            if n <= outputs:
                yield v, outputs, delta, m, lam, n


@pytest.mark.parametrize(("v", "outputs", "delta", "m", "lam", "n"), list(random_sizes()))
def test_sizes_of_random_territories(v, outputs, delta, m, lam, n):
    """Theorem: thm-mixed-right, cor-mixed-size."""
    d, L = v * (lam - 1) + 1, (v - 1) * (lam - 1) + 1
    w = math.ceil(lam * math.sqrt((v - 1) * n / 2))
    q, mu, most = w / n, outputs * L / n, 1 / (math.e**2 * (v - 1))
    assert q <= most and L / w + outputs**0.25 * L / n <= most
    g, H = max(1, outputs**0.75 * L / w), 2 * outputs**0.75
    load = (q * H + (math.e - 1) * mu + (1 + g) * lam) / math.log(2)
    assert n >= math.e**2 * v**2 * lam * load
    assert (math.e * load * d * d / (lam * n)) ** lam <= math.exp(-lam)
    assert math.comb(L, lam) * q**lam <= math.exp(-lam)
    assert math.comb(L, lam) * (L / w + outputs**0.25 * L / n) ** lam <= math.exp(-lam)
    assert (2 * n + n * m + m * outputs) * math.exp(-lam) <= delta


def test_both_closed_forms_speak_of_many_sizes():
    """Theorem: cor-mixed-size."""
    assert len(list(shared_sizes())) > 80 and len(list(random_sizes())) > 50


@pytest.mark.parametrize("L", [1, 2, 3])
def test_channels_of_a_territory_need_only_differ(L):
    """Without noise and with v = 2: right with all L-sets of five rows, wrong if one comes twice.

    Theorem: thm-mixed-right.
    """
    sets = [list(some) for some in itertools.combinations(range(5), L)]
    for channels, right in ((sets, True), (sets[:-1] + sets[:1], len(sets) == 1)):
        problem = hubs(2, len(channels))
        both = channels + [[5 + r for r in channel] for channel in channels]
        net = assemble(problem, channel_matrix(both, 10), problem.inputs, v=2, rng=np.random.default_rng(0))
        assert verify(net, problem, 2).ok == right


def test_triangles_and_paths_of_partners():
    """Of 20 triples of six partners in four rows, 16 make an output true without their hub."""
    pairs = list(itertools.combinations(range(4), 2))
    wrong = 0
    for three in itertools.combinations(pairs, 3):
        ends = [point for line in three for point in line]
        lit = {point for point in range(4) if ends.count(point) >= 2}
        wrong += any(set(pair) <= lit for pair in pairs)
    assert wrong == 16


def test_a_hub_is_heard_in_its_territory_only():
    problem = hubs(8, 250)
    net = mixed(problem, 400, v=2, rng=np.random.default_rng(0))
    heard = heard_by(dense(net.code_out.matrix), problem)
    assert all(sum(j < 8 for j in row) <= 1 for row in heard)
