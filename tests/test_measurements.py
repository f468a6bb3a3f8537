"""What was stored, and the fits through it: against SciPy, and by simulation."""

import math

import numpy as np
import pytest
from scipy.stats import linregress, t

from superpos_lib.measurements import SWEEPS, PowerLaw, fit_power_law, narrowest, records, typical, widths


@pytest.mark.parametrize("sweep", SWEEPS)
def test_every_record_says_where_it_comes_from(sweep):
    found = records(sweep)
    assert len(found) > 5
    for record in found:
        assert set(record) == {"task", "result", "seconds", "machine", "run"}
        assert record["run"]["command"].startswith(f"python -m benchmarks.{sweep}")
        assert len(record["run"]["commit"]) == 40 and record["run"]["date"] > "2026"
        assert {"cpu", "cores", "python", "numpy", "threads"} <= set(record["machine"])
        deterministic = record["task"].get("kind") in ("lower", "provable")
        assert deterministic or "seed" in record["task"]


def test_widths_are_collected_by_size():
    found = [
        {"task": {"kind": kind, "v": v, "outputs": m}, "result": {"neurons": n}}
        for kind, v, m, n in (("a", 2, 100, 9), ("a", 2, 10, 5), ("b", 2, 10, 1), ("a", 3, 10, 2))
    ]
    found.append({"task": {"kind": "a", "v": 2, "outputs": 10}, "result": {"neurons": 4}})
    found.append({"task": {"kind": "a", "v": 2}, "result": {"outputs": 3}})
    assert list(widths(found, "a", 2).items()) == [(10, [4, 5]), (100, [9])]
    assert typical(found, "a", 2) == {10: 4.5, 100: 9}
    found.append({"task": {"kind": "a", "v": 2, "outputs": 10}, "result": {"neurons": 10}})
    assert typical(found, "a", 2) == {100: 9}
    for record in found:
        record["task"]["kind"] = "provable"
    assert typical(found, "provable", 2) == {10: 4.5, 100: 9}


def test_widths_are_collected_by_anything_that_tasks_have():
    found = [
        {"task": {"kind": "a", "v": 2, "outputs": 9, "channel": L}, "result": {"neurons": n}}
        for L, n in ((6, 4), (3, 5), (3, 8), (10, 7), (10, 9))
    ]
    found.append({"task": {"kind": "a", "v": 2, "outputs": 9}, "result": {"neurons": 1}})
    by_length = widths(found, "a", 2, by="channel")
    assert list(by_length.items()) == [(3, [5, 8]), (6, [4]), (10, [7, 9])]
    assert typical(found, "a", 2, by="channel") == {3: 6.5, 6: 4}


def test_the_best_channel_is_taken():
    combination = {"outputs": 9, "weights": "exact", "reading": "late"}
    found = [
        {"task": {**combination, "v": v, "deal": deal, "channel": L}, "result": {"neurons": n}}
        for v, deal, L, n in ((2, "even", 6, 5), (2, "even", 3, 4), (2, "random", 2, 1), (3, "even", 7, 2))
    ]
    assert narrowest(found, 9, 2) == {("exact", "late"): (4, 3)}
    assert narrowest(found, 9, 2, "random") == {("exact", "late"): (1, 2)}
    assert narrowest(found, 8, 2) == {}


@pytest.mark.parametrize("count", [3, 4, 5, 9, 20])
@pytest.mark.parametrize("confidence", [0.5, 0.95, 0.999])
def test_the_fit_is_scipys(count, confidence):
    rng = np.random.default_rng(count)
    x = rng.uniform(1, 1e6, size=count)
    y = 3 * x**0.5 * np.exp(rng.normal(size=count))
    law, line = fit_power_law(x, y, confidence), linregress(np.log(x), np.log(y))
    half = t.ppf((1 + confidence) / 2, count - 2) * line.stderr
    assert math.isclose(law.exponent, line.slope) and math.isclose(law.constant, math.exp(line.intercept))
    assert math.isclose(law.low, line.slope - half) and math.isclose(law.high, line.slope + half)
    assert np.allclose(law(x), law.constant * x**law.exponent)


def test_the_interval_holds_the_exponent_as_often_as_it_says():
    x, held = np.array([10.0, 100, 1_000, 10_000]), 0
    for seed in range(300):
        noise = np.exp(0.1 * np.random.default_rng(seed).normal(size=4))
        law = fit_power_law(x, 3 * x**0.5 * noise)
        held += law.low <= 0.5 <= law.high
    assert 270 <= held <= 297  # 95 % of 300 is 285, give or take four standard deviations
    assert math.isclose(fit_power_law(x, 3 * x**0.5).exponent, 0.5) and PowerLaw(2, 1, 1, 1)(3) == 6


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("x", ([1, 2], [1, 2])),
        ("x", ([1, 2, -1], [1, 2, 3])),
        ("x", ([2, 2, 2], [1, 2, 3])),
        ("y", ([1, 2, 3], [1, 2])),
        ("y", ([1, 2, 3], [1, 2, 0])),
        ("y", ([1, 2, 3], [1, 2, math.nan])),
        ("confidence", ([1, 2, 3], [1, 2, 3], 1.0)),
    ],
)
def test_bad_points_are_refused(name, arguments):
    with pytest.raises(ValueError, match=f"^{name}: expected"):
        fit_power_law(*arguments)
    with pytest.raises(ValueError, match=r"^sweep: expected one of capacity"):
        records("nothing")
