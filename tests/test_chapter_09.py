"""The chapter on output channels: every inequality by a computation of its own."""

import itertools
import math

import numpy as np
import pytest
from some import some

from superpos_lib import TwoAnd, double_light, matching, provable_width, random_two_and, verify
from superpos_lib.codes import Code, constant_weight_code
from superpos_lib.two_and.assembly import assemble, clip_for
from superpos_lib.two_and.channels import balanced_rows, channel_matrix, listeners
from superpos_lib.two_and.width import light_width

ROUNDING = 1 + 1e-12


def binomial_tail(trials, p, least):
    """P[Bin(trials, p) >= least], term by term."""
    log = [
        math.lgamma(trials + 1) - math.lgamma(k + 1) - math.lgamma(trials - k + 1)
        + k * math.log(p) + (trials - k) * math.log1p(-p)
        for k in range(least, min(trials, least + 400) + 1)
    ]  # fmt: skip
    return math.fsum(map(math.exp, log))


@pytest.mark.parametrize("outputs", [50, 1000, 20_000])
@pytest.mark.parametrize("n", [40, 300])
@pytest.mark.parametrize("L", [1, 6, 30])
@pytest.mark.parametrize("delta", [0.5, 0.01, 1e-9])
def test_the_fullest_row_of_random_channels(outputs, n, L, delta):
    """Theorem: thm-light-loads."""
    mu, Lambda = outputs * L / n, math.log(n / delta)
    bound = mu + 2 / 3 * Lambda + math.sqrt(2 * mu * Lambda)
    assert n * binomial_tail(outputs, L / n, math.ceil(bound)) <= delta
    assert bound <= 2 * mu + 7 / 6 * Lambda


@pytest.mark.parametrize(("n", "outputs", "L"), [(10, 15, 4), (37, 100, 6), (50, 8, 10), (12, 5, 12)])
def test_the_fullest_row_of_dealt_channels(n, outputs, L):
    """Theorem: thm-light-loads."""
    for seed in range(5):
        sets = balanced_rows(n, outputs, L, rng=np.random.default_rng(seed))
        counts = np.bincount(sets.ravel(), minlength=n)
        assert counts.max() == math.ceil(outputs * L / n) and all(len(set(s)) == L for s in sets.tolist())


def overlaps(code):
    """|c_j & c_k|, from sets."""
    carriers = [set(np.flatnonzero(column)) for column in code.matrix.T]
    return np.array([[len(one & other) for other in carriers] for one in carriers])


def test_what_plain_rows_hear():
    rng = np.random.default_rng(0)
    problem, d = random_two_and(30, 40, rng=rng), 5
    code = constant_weight_code(30, 25, d, rng=rng)
    C0 = listeners(problem, channel_matrix(balanced_rows(25, 40, 6, rng=rng), 25))
    shared = overlaps(code)
    A = C0 @ code.decompressor @ code.matrix
    for r, k in some(np.ndindex(*A.shape)):
        others = [j for j in np.flatnonzero(C0[r]) if j != k]
        assert A[r, k] == pytest.approx(C0[r, k] + shared[others, k].sum() / d)


def gap_conditions(net, problem, v):
    """Whether the theorem applies; epsilon, gamma and x from loops over rows and inputs."""
    clip, S = clip_for(v, quiet=False), net.code_out.matrix
    left, right = net.network.layers[0].factors
    A = -(left @ (right @ net.code_in.matrix)) * (clip.on - clip.off)
    heard = [{j for i in np.flatnonzero(S[r]) for j in problem.pairs[i].tolist()} for r in range(len(S))]
    member = np.array([[j in heard[r] for j in range(problem.inputs)] for r in range(len(S))])
    epsilon, gamma = abs(A - 1)[member].max(), abs(A)[~member].max()
    x = max(
        sum(member[r, k] for r in np.flatnonzero(S[:, i]))
        for i, pair in enumerate(problem.pairs.tolist())
        for k in range(problem.inputs)
        if k not in pair
    )
    L = int(S[:, 0].sum())
    return (
        (v - 1) * gamma + epsilon <= clip.off - 1
        and (v - 1) * x <= clip.read_out * L
        and (clip.on - 2 + 2 * epsilon + (v - 2) * gamma) / (clip.on - clip.off) < 1 - clip.read_out
    )


@pytest.mark.parametrize(("m", "v", "widths"), [(120, 2, (50, 64, 90)), (46, 3, (43, 44, 45))])
def test_strangers_below_the_gap(m, v, widths):
    """Where the theorem applies every input is right; it applies to some of these networks, not to all.

    Theorem: thm-light-gap.
    """
    problem, applies = matching(m), []
    for n, seed in itertools.product(widths, range(3)):
        net = double_light(problem, n, v=v, rng=np.random.default_rng(seed))
        applies.append(gap_conditions(net, problem, v))
        if applies[-1]:
            assert verify(net, problem, v).ok
    assert 2 <= sum(applies) < len(applies)


def closed_form(v, outputs, delta, m):
    """lambda and n."""
    lam = math.ceil(math.log(3 * m * outputs / delta))
    return lam, math.ceil(7 * v * math.sqrt(v - 1) * lam * math.sqrt(outputs))


def sizes():
    """Those that the theorem speaks of."""
    for v, outputs in itertools.product((2, 3, 4, 7), (10**6, 10**7, 10**9, 10**12)):
        for delta, ratio in itertools.product((0.5, 0.01, 1e-6), (0.01, 1, 100)):
            m = int(outputs * ratio)
            lam, n = closed_form(v, outputs, delta, m)
            if n <= outputs and math.sqrt(outputs) >= 6.3 * v * lam / math.sqrt(v - 1):
                yield v, outputs, delta, m


def test_the_theorem_speaks_of_many_sizes():
    """Theorem: thm-light-right."""
    assert len(list(sizes())) > 100 and (2, 10**6, 0.01, 10**6) in sizes()


@pytest.mark.parametrize(("v", "outputs", "delta", "m"), list(sizes()))
def test_every_inequality_of_the_closed_form(v, outputs, delta, m):
    """Theorem: thm-light-right."""
    lam, n = closed_form(v, outputs, delta, m)
    d, L = v * (lam - 1) + 1, (v - 1) * (lam - 1) + 1
    assert d <= v * lam
    assert (v - 1) * lam >= L
    b = 2 * outputs * L / n + 7 / 6 * math.log(3 * n / delta)
    # (B): places 2 b d, lam hits
    base = math.e * 2 * b * d * d / (lam * n)
    assert base <= ROUNDING * 2 * math.e * v**2 * lam * b / n <= ROUNDING / math.e
    assert n * m * base**lam <= delta / 3
    # (C): places F L
    F = 0.94 * v * (v - 1) ** -1.5 * math.sqrt(outputs)
    base = math.e * F * L * L / (lam * n)
    assert base <= ROUNDING * math.e * F * (v - 1) ** 2 * lam / n <= ROUNDING / math.e
    assert m * outputs * base**lam <= delta / 3
    if v == 2:
        assert F >= 1.88 * math.sqrt(outputs) >= outputs**0.25


def test_a_closed_form_asks_for_more_than_the_best_constants():
    for outputs in (10**6, 10**7):
        _, closed = closed_form(2, outputs, 0.01, outputs)
        assert provable_width((outputs, outputs), 2).neurons < closed <= outputs


def test_places_bound_hits():
    """P[s or more of N places are hit] <= C(N, s) p^s, here for rows of s_i that listen to k."""
    rng = np.random.default_rng(0)
    n, L, F = 60, 6, 5
    inside = (rng.random((20_000, F, n)).argsort(axis=2)[:, :, :L] < L).any(axis=1)
    covered = rng.random((20_000, F, n)).argsort(axis=2)[:, :, :L]
    rows = np.array([len(set(one[one < L].tolist())) for one in covered])
    assert inside.shape[0] == len(rows)
    for s in range(1, L + 1):
        assert (rows >= s).mean() <= math.comb(F * L, s) * (L / n) ** s
        assert math.comb(F * L, s) * (L / n) ** s <= (math.e * F * L * L / (s * n)) ** s


def test_the_smallest_example_by_hand():
    problem = TwoAnd(6, [(0, 1), (1, 2), (3, 4)])
    S = channel_matrix([[0, 2, 7], [4, 5, 6], [1, 5, 7]], 8)
    code = Code(channel_matrix([[0, 1], [2, 3], [4, 5], [6, 7], [0, 4], [3, 6]], 8))
    C0 = listeners(problem, S)
    for active, reads, hears, outputs in (
        ((0, 1), [1, 1, 0, 0, 0.5, 0.5], [2, 0.5, 2, 0, 1, 1.5, 1, 2.5], [3, 0, 1]),
        ((1, 4), [0.5, 1, 0.5, 0, 1, 0.5], [1.5, 1, 1.5, 0, 1.5, 2.5, 1.5, 2.5], [1, 1, 2]),
    ):
        x = code.compress(np.isin(np.arange(6), active))
        assert code.decompress(x).tolist() == reads
        s = C0 @ code.decompress(x)
        assert s.tolist() == hears
        assert (S.T @ np.clip((s - 1.75) * 4, 0, 1)).tolist() == outputs


def test_how_much_a_hub_covers():
    rng = np.random.default_rng(0)
    n, L = 80, 6
    for f in (1, 10, 40):
        channels = rng.random((400, f, n)).argsort(axis=2)[:, :, :L]
        share = np.mean([len(set(one.ravel().tolist())) / n for one in channels])
        assert share == pytest.approx(1 - (1 - L / n) ** f, abs=0.01)
    assert math.log(1 - 2 ** (-1 / 6)) / math.log(1 - 6 / 400) == pytest.approx(147, abs=0.5)


def test_no_weights_can_save_the_hub():
    """As soon as the hub is heard in every row, an exact network reads every foreign output as true."""
    pairs = [(0, j) for j in range(1, 21)] + [(21, 22), (23, 24), (25, 26)]
    problem = TwoAnd(27, pairs)
    channels = channel_matrix(balanced_rows(30, 23, 3, rng=np.random.default_rng(0)), 30)
    assert channels[:, :20].any(axis=1).all()
    net = assemble(problem, channels, 30, v=2, rng=np.random.default_rng(0))  # a neuron for each input
    for b in range(21, 27):
        y = np.isin(np.arange(27), [0, b])
        assert net.predict(y)[20:].tolist() == [b in (21, 22), b in (23, 24), b in (25, 26)]


def test_the_ring_in_five_rows_and_not_in_four():
    pairs = [(j, (j + 1) % 6) for j in range(6)]

    def right(channels):
        heard = [set() for _ in range(6)]
        for (a, b), channel in zip(pairs, channels, strict=True):
            heard[a] |= channel
            heard[b] |= channel
        return all(
            (channel <= heard[a] & heard[b]) == ({a, b} == set(pair))
            for a, b in itertools.combinations(range(6), 2)
            for pair, channel in zip(pairs, channels, strict=True)
        )

    def solutions(rows):
        sets = [set(pair) for pair in itertools.combinations(range(rows), 2)]
        return sum(map(right, itertools.permutations(sets, 6)))

    assert solutions(4) == 0
    assert solutions(5) == 360
    assert right([{0, 1}, {0, 2}, {0, 3}, {3, 4}, {2, 4}, {1, 4}])
    assert not right([{0, 1}, {1, 2}, {2, 3}, {3, 4}, {4, 0}, {0, 2}])


def test_from_which_size_on_channels_for_random_pairs_save_neurons():
    """The widths that the chapter names for the largest influences, where they are fewer than outputs."""
    problems = [random_two_and(1450, 1450, rng=np.random.default_rng(seed)) for seed in range(12)]
    found = {(int(problem.influence.max()), light_width(problem, 2)) for problem in problems}
    assert found == {(7, 789), (8, 929), (9, 1050), (10, 1210)}
    below = [random_two_and(650, 650, rng=np.random.default_rng(seed)) for seed in range(12)]
    assert all(light_width(problem, 2) >= 650 for problem in below)
