"""The chapter on the gap: its inequalities, and its numbers from stored records, each by other means."""

import itertools
import json
import math
import pathlib

import numpy as np
import pytest
import scipy.stats
from scipy import stats

import superpos_lib
from superpos_lib import (
    double_light,
    neurons_needed,
    provable_width,
    random_two_and,
    two_and_bits,
    verify,
)
from superpos_lib.certificate import ADDITIVE_CELLS
from superpos_lib.measurements import records
from superpos_lib.two_and.assembly import clip_for
from superpos_lib.two_and.channels import channel_length

STORED = pathlib.Path(superpos_lib.__file__).parent / "measurements"


def phi(N, p, s):
    """Chernoff's bound, by SciPy's relative entropy."""
    if s > N or s <= N * p:
        return float(s <= N * p)
    a = s / N
    return math.exp(-N * stats.entropy([a, 1 - a], [p, 1 - p]))


@pytest.mark.parametrize(
    ("n", "d", "sizes"), [(12, 3, (3, 3)), (20, 5, (5, 5, 5, 5)), (9, 4, (2, 9)), (30, 1, (1,) * 8)]
)
def test_sums_of_overlaps_stay_below_chernoffs_bound(n, d, sizes):
    """Theorem: thm-tight-computed."""
    law = np.ones(1)
    for size in sizes:
        law = np.convolve(law, stats.hypergeom(n, d, size).pmf(np.arange(size + 1)))
    N = sum(sizes)
    for s in range(N + 2):
        assert law[s:].sum() <= phi(N, d / n, s) * (1 + 1e-9)
    for z in (0.1, 1.0, 7.0):
        moment = (law * (1 + z) ** np.arange(len(law))).sum()
        assert moment <= (1 + z * d / n) ** N * (1 + 1e-9)


@pytest.mark.parametrize(
    ("problem", "v"), [((10**6, 10**6), 2), ((1000, 1000), 2), ((5000, 5000), 3), (None, 4)]
)
def test_the_provable_width_spends_what_the_theorem_says(problem, v):
    """Theorem: thm-tight-computed."""
    found = problem or random_two_and(2000, 2000, rng=np.random.default_rng(0))
    width = provable_width(found, v)
    n, d, L, b = width.neurons, width.weight, width.channel, width.row_channels
    t, x = (d - 1) // v, (L - 1) // (v - 1)
    assert (d, L) == (v * t + 1, (v - 1) * x + 1)
    m, outputs = problem or (found.inputs, found.outputs)
    influences = [math.floor(outputs**0.25)] * m if problem else found.influence[found.influence > 0]
    p_a = n * stats.binom(outputs, L / n).sf(b)
    p_b = n * m * phi(2 * b * d, d / n, t + 1)
    p_c = outputs * sum(
        phi(f * L, L / n, x + 1) * c
        for f, c in zip(*np.unique(influences, return_counts=True), strict=True)
    )
    assert p_a + p_b + p_c <= 0.01 and math.isclose(p_a + p_b + p_c, width.failure, rel_tol=1e-3)


def test_the_constants_of_the_gap():
    """Theorem: thm-tight-gap."""
    assert 1.899 * 19.93 * 100 > 61**2 and 0.99 * math.sqrt(1.899) > 1.36 and 24.13 / 1.36 < 18
    for exponent in np.arange(6, 60, 0.25):
        m = 10.0**exponent
        Lambda, lam = math.log2(m), math.ceil(math.log(300) + 2 * math.log(m))
        assert 1.3863 * Lambda + 6.704 >= lam and 1.7227 * Lambda >= lam
        assert 14 * lam * math.sqrt(m) + 1 <= 24.13 * Lambda * math.sqrt(m) <= m
        assert 12.6 * lam <= math.sqrt(m)  # the theorem of output channels asks for it
        assert (
            m * (2 * Lambda - 2 + math.log2(1 - 1 / m)) - 2 >= m * (2 * Lambda - 2.01) >= 1.899 * m * Lambda
        )
        for beta in (1, 64, m / 100):
            low = math.sqrt(1.899 * m * Lambda / beta) - 0.5
            assert low >= 1.36 * math.sqrt(m * Lambda / beta)
            assert 24.13 * math.sqrt(m) * Lambda / low < 18 * math.sqrt(beta * Lambda)
        g = math.floor(1.88 * math.sqrt(m)) + 1
        assert math.log(m) + g * math.log(2 * math.e / g) < math.log(0.5) and 2 * math.e / g < 1 / 300


def test_few_problems_have_a_heavy_input():
    """Theorem: thm-tight-gap."""
    # All lists of 3 of the 6 pairs of 4 inputs: how often g given outputs all contain input 0.
    pairs = list(itertools.combinations(range(4), 2))
    lists = list(itertools.permutations(pairs, 3))
    for g in (1, 2, 3):
        share = sum(all(0 in pair for pair in chosen[:g]) for chosen in lists) / len(lists)
        assert share <= (2 / 4) ** g
        assert math.comb(3, g) * (2 / 4) ** g <= 2**g / math.factorial(g) * (3 / 4) ** g


def medians(kind, v):
    """m' and median width, read from the file itself; sizes where some search ended at m' are left out."""
    found = {}
    for line in (STORED / "capacity.jsonl").read_text().splitlines():
        record = json.loads(line)
        task = record["task"]
        if (task["kind"], task["v"]) == (kind, v):
            found.setdefault(task["outputs"], []).append(record["result"]["neurons"])
    keep = {m: float(np.median(n)) for m, n in found.items() if kind in ("lower", "provable") or max(n) < m}
    return np.array(sorted(keep)), np.array([keep[m] for m in sorted(keep)])


def slope(kind, v):
    return np.polyfit(*(np.log(a) for a in medians(kind, v)), 1)[0]


def test_slopes_that_the_text_speaks_of():
    assert 0.4 < slope("double_light", 2) < 0.55 and 0.4 < slope("certified", 2) < 0.6
    assert 0.6 < slope("u_and", 2) < 0.72 and slope("provable", 2) < 0.42
    assert math.isclose(slope("lower", 2), 0.565, abs_tol=0.001)
    assert [f"{slope('double_light', v):.3f}" for v in (3, 4)] == ["0.565", "0.607"]
    assert [f"{slope('u_and', v):.3f}" for v in (3, 4)] == ["0.767", "0.785"]


def interval(m, neurons):
    """Exponent and 95 % interval of a power law: least squares, in other words than the library's."""
    fit = scipy.stats.linregress(np.log(m), np.log(neurons))
    half = scipy.stats.t.ppf(0.975, len(m) - 2) * fit.stderr
    return [f"{x:.3f}" for x in (fit.slope, fit.slope - half, fit.slope + half)]


def test_intervals_that_the_text_speaks_of():
    # The third question of the check.
    assert interval(*medians("double_light", 2)) == ["0.458", "0.424", "0.492"]
    m, _ = medians("double_light", 2)
    law = np.sqrt(m * np.log(m))
    assert f"{np.polyfit(np.log(m), np.log(law), 1)[0]:.2f}" == "0.57"
    far = {}
    for v in (2, 3, 4):
        m, neurons = medians("measured", v)
        far[v] = interval(m[m >= 10_000], neurons[m >= 10_000])
    assert all(0.48 < float(slope) < 0.53 for slope, _, _ in far.values())
    assert far[2][1:] == ["0.503", "0.538"]
    m = 10.0 ** np.arange(4, 6.5, 0.5)
    assert f"{np.polyfit(np.log(m), np.log(np.sqrt(m * np.log(m))), 1)[0]:.3f}" == "0.544"


def test_the_end_of_the_measured_line():
    m, neurons = medians("measured", 2)
    assert (m[-1], neurons[-1]) == (10**6, 5920)
    c = neurons[-1] / 1000
    assert round(c, 1) == 5.9 and round(0.92 * 19.93 / 5.9**2, 2) == 0.53
    assert 300 < (32 * c**2 + 1) * math.log10(2) < 400
    assert 7332 / neurons[-1] > 1.2
    m, neurons = medians("measured", 4)
    assert (m[-1], neurons[-1]) == (10**6, 24_796) and 10**6 / neurons[-1] > 40


def test_how_far_seeds_are_apart():
    searched = {}
    for record in records("capacity"):
        task = record["task"]
        if "seed" in task and "outputs" in task:
            key = task["kind"], task["outputs"], task["v"]
            searched.setdefault(key, []).append(record["result"]["neurons"])
    apart = [max(n) / min(n) for (_, m, _), n in searched.items() if max(n) < m]
    assert f"{max(apart):.1f}" == "1.4"
    for v in (2, 3, 4):
        assert len(searched["measured", 31_623, v]) == 3
    assert len(searched["certified", 31_623, 2]) == 3


def test_gaps_and_crossings_that_the_text_speaks_of():
    gaps = {}
    for v in (2, 3, 4):
        width = dict(zip(*medians("measured", v), strict=True))[100_000]
        gaps[v] = width / neurons_needed(two_and_bits(10**5, 10**5), 32, 2)
    assert {v: round(gap, 1) for v, gap in gaps.items()} == {2: 7.7, 3: 24.3, 4: 34.0}
    for m, neurons in zip(*medians("measured", 2), strict=True):
        gap = neurons / neurons_needed(two_and_bits(int(m), int(m)), 32, 2)
        assert m < 10_000 or 7.4 < gap < 8.6
    at = {
        kind: dict(zip(*medians(kind, 2), strict=True))[10_000]
        for kind in ("u_and", "double_light", "certified")
    }
    assert dict(zip(*medians("u_and", 2), strict=True))[100_000] == 8798
    assert at == {"u_and": 1728, "double_light": 536, "certified": 872}
    above = {
        m: dict(zip(*medians("certified", 2), strict=True))[m] / n
        for m, n in zip(*medians("double_light", 2), strict=True)
    }
    assert round(above[100], 1) == 1.3 and {round(above[m], 1) for m in (10_000, 31_623)} == {1.6}
    searched = [
        record["result"]["neurons"]
        for record in records("capacity")
        if record["task"].items() >= {"kind": "certified", "outputs": 10_000, "v": 2}.items()
    ]
    assert sorted(searched) == [861, 872, 925]
    certified = {v: dict(zip(*medians("certified", v), strict=True)) for v in (3, 4)}
    assert certified[3][3162] == 1471 and 10_000 not in certified[3] and certified[4] == {}
    tried = {
        (r["task"]["outputs"], r["task"]["v"])
        for r in records("capacity")
        if r["task"]["kind"] == "certified"
    }
    assert (
        ADDITIVE_CELLS == 2**29
        and {(10_000, 3), (10_000, 4), (3162, 4)} <= tried
        and 3056 * 10**5 < ADDITIVE_CELLS < 1720 * 316_228
    )
    m, certified = medians("certified", 2)
    assert (m[-1], certified[-1]) == (100_000, 3056) and math.comb(10**5, 2) + 10**5 + 1 == 5_000_050_001
    assert dict(zip(*medians("measured", 2), strict=True))[100_000] == 1720
    assert provable_width((25_158, 25_158), 2).neurons < 25_158
    assert provable_width((25_157, 25_157), 2).neurons >= 25_157
    sizes, provable = medians("provable", 2)
    assert (provable / [neurons_needed(two_and_bits(int(m), int(m)), 32, 2) for m in sizes] >= 142).all()


def test_where_naive_is_beaten():
    firsts = [r for r in records("capacity") if r["task"]["kind"] == "first"]
    found = {(r["task"]["of"], r["task"]["v"]): r["result"]["outputs"] for r in firsts}
    assert [found["double_light", v] for v in (2, 3, 4)] == [72, 196, 284]
    assert [found["measured", v] for v in (2, 3, 4)] == [55, 377, 1069]
    assert dict(zip(*medians("measured", 4), strict=True))[1000] < 1000


@pytest.mark.parametrize(
    ("outputs", "deal", "wanted"),
    [
        (1000, "even", [696, 638, 532, 605, 517, 1000, 208, 192, 171]),
        (3162, "even", [1204, 1123, 934, 948, 840, 2195, 361, 361, 300]),
        (1000, "random", [778, 696, 589, 638, 597, 1000, 208, 203, 166]),
    ],
)
def test_ideas_that_the_text_speaks_of(outputs, deal, wanted):
    best = {}
    for record in records("ideas"):
        task = record["task"]
        if (task["outputs"], task["v"], task["deal"]) == (outputs, 2, deal):
            best.setdefault((task["weights"], task["reading"]), []).append(record["result"]["neurons"])
    order = itertools.product(("plain", "centred", "exact"), ("relu", "middle", "late"))
    assert [min(best[key]) for key in order] == wanted and all(len(n) == 3 for n in best.values())


def test_readings_and_settings_that_the_text_speaks_of():
    best, threshold = {}, {}
    for record in records("ideas"):
        task, result = record["task"], record["result"]
        if task["outputs"] == 10_000:
            key = (task["v"], task["weights"])
            found = (result["neurons"], task["channel"])
            best[key] = min(found, best.get(key, found))
            (passed,) = (tried for tried in result["tried"] if tried["neurons"] == result["neurons"])
            threshold[*key, *found] = passed["read_out"]
    assert best == {
        (3, "exact"): (1440, 6),
        (3, "quietest"): (1282, 6),
        (4, "exact"): (1781, 6),
        (4, "quietest"): (1781, 6),
    }
    assert {threshold[v, "exact", *best[v, "exact"]] for v in (3, 4)} == {0.7}
    ours = [dict(zip(*medians("double_light", v), strict=True))[10_000] for v in (3, 4)]
    assert ours == [1693, 2412] and (clip_for(3, False).read_out, channel_length(3)) == (0.81, 10)


def test_lengths_of_channels_that_the_text_speaks_of():
    found = {}
    for record in records("lengths"):
        task, n = record["task"], record["result"]["neurons"]
        if task["outputs"] == 3162:
            found.setdefault((task["v"], task["kind"], task["channel"]), []).append(n)
    assert {len(both) for both in found.values()} == {2}
    nearly = {(v, L): np.mean(both) for (v, kind, L), both in found.items() if kind == "double_light"}
    every = {(v, L): np.mean(both) for (v, kind, L), both in found.items() if kind == "certified"}
    for v in (2, 3, 4):
        least = min(n for (of, _), n in nearly.items() if of == v)
        assert min(nearly[v, 5], nearly[v, 10]) == least and max(nearly[v, 5], nearly[v, 10]) < 1.06 * least
        assert 1.22 < nearly[v, 30] / least < 1.45
        assert (1.2 if v == 2 else 1.05) < nearly[v, 3] / least < (1.3 if v == 2 else 1.07)
    assert [every[2, 3], every[2, 10], every[3, 5], every[3, 10]] == [1491.5, 435, 2066.5, 1443]
    assert (every[2, 5], math.floor(every[2, 15])) == (506, 435)
    assert found[3, "certified", 3] == found[4, "certified", 10] == [3162, 3162]
    assert (every[4, 15], math.ceil(every[4, 30])) == (2013, 1960)


def test_short_channels_on_larger_problems():
    larger = [record for record in records("lengths") if record["task"]["outputs"] > 3162]
    assert {record["task"]["channel"] for record in larger} == {5}
    five = {(r["task"]["v"], r["task"]["outputs"]): r["result"]["neurons"] for r in larger}
    for v in (3, 4):
        ten = dict(zip(*medians("measured", v), strict=True))
        sizes = [m for m in ten if m >= 10_000]
        assert sizes == [m for of, m in sorted(five) if of == v] and len(sizes) == 5
        assert all(0.73 < five[v, m] / ten[m] < 0.78 for m in sizes)
        both = np.log([[ten[m], five[v, m]] for m in sizes])
        assert abs(np.subtract(*np.polyfit(np.log(sizes), both, 1)[0])) < 0.015
    at_least = neurons_needed(two_and_bits(10**5, 10**5), 32, 2)
    assert [round(five[v, 10**5] / at_least) for v in (3, 4)] == [19, 26]


def test_short_channels_are_fooled_by_accidents():
    """A network with three rows a channel is wrong just where a third input is heard in all of them."""
    problem = random_two_and(3162, 3162, rng=np.random.default_rng([0, 3162]))
    for n, accidents in ((700, 10), (1000, 2), (1200, 1), (1294, 0)):
        net = double_light(problem, n, v=2, rng=np.random.default_rng([0, n]), channel=3)
        S = net.code_out.matrix
        channels = (S if isinstance(S, np.ndarray) else S.toarray()).astype(np.float32).T
        heard = np.zeros((3162, n), dtype=np.float32)
        for (a, b), rows in zip(problem.pairs, channels, strict=True):
            heard[a] = np.maximum(heard[a], rows)
            heard[b] = np.maximum(heard[b], rows)
        common = channels @ heard.T
        fooled = [(i, j) for i, j in np.argwhere(common == 3) if j not in problem.pairs[i]]
        assert len(fooled) == accidents
        for i, j in fooled:
            y = np.zeros(3162, dtype=bool)
            y[[j, problem.pairs[i][0]]] = True
            assert net.predict(y)[i] and not problem.truth(y)[i]
        assert verify(net, problem, 2, "certified").ok == (accidents == 0)


def test_bits_that_the_text_speaks_of():
    least = {}
    for record in records("bits"):
        task, result = record["task"], record["result"]
        if result["entropy"]:
            share = result["entropy"] / result["floor"]
            key = (task["outputs"], task["weights"])
            least[key] = min(share, least.get(key, share))
            assert 1.05 < result["listed"] / result["floor"] < 1.1
    assert round(least[3162, "plain"]) == 19 and round(least[10_000, "plain"]) == 16
    assert round(least[10_000, "exact"]) == 24 and (1000, "plain") not in least


def test_a_million():
    first, second = records("million")[:2]
    assert (first["task"]["v"], second["task"]["v"]) == (2, 4)
    for record, each in ((first, 40), (second, 20)):
        result = record["result"]
        assert record["task"]["outputs"] == 10**6 and 10**6 / result["neurons"] >= each
        assert result["failures"] == 0 and result["checked"] == 2000
        assert sum(result["cpu"].values()) < 180 and result["megabytes"]["verify"] < 8000
    assert first["result"]["neurons"] == 7332 and round(first["result"]["entries"], -6) == 20_000_000


def test_what_ten_times_as_many_outputs_take():
    taken = {}
    for record in records("speed"):
        if record["task"]["v"] == 2:
            result = record["result"]
            row = result["cpu"]["build"], result["cpu"]["verify"], result["megabytes"]["verify"]
            taken.setdefault(record["task"]["outputs"], []).append(row)
    taken = {m: np.median(rows, axis=0) for m, rows in taken.items()}
    assert np.round(taken[10**6] / taken[10**5]).tolist() == [12, 19, 7]
    assert (taken[10**4] < 1.5 * taken[10**3]).all()


def test_a_power_law_at_the_large_end():
    steep = [r for r in records("million") if r["task"]["problem"] == "power law"]
    found = {(r["task"]["v"], r["result"]["neurons"]): r["result"]["failures"] for r in steep}
    assert found[2, 7590] == 0 and found[4, 18_974] == 3 and found[4, 28_000] == 1
    assert {r["result"]["checked"] for r in steep} == {2000} and steep[0]["result"]["influence"] == 6987
    random = [
        r["result"]["neurons"]
        for r in records("speed")
        if r["task"]["outputs"] == 10**5 and r["task"]["v"] == 2
    ]
    assert 2.5 < 7590 / np.median(random) < 3.5
