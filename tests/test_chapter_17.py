"""The chapter on training: its theorems by exact counting, and its numbers from stored records."""

import itertools
import json
import pathlib
import re
from collections import defaultdict
from fractions import Fraction
from math import comb

import numpy as np
import pytest
from some import some

import superpos_lib
from superpos_lib import clique, matching, neurons_at_any_precision, neurons_needed, regular, two_and_bits
from superpos_lib.reading import from_arrays, lift, listens, pair_lifts
from superpos_lib.training import train, training_steps

ROOT = pathlib.Path(__file__).parents[1]
STORED = pathlib.Path(superpos_lib.__file__).parent / "measurements"
CELLS = json.loads((ROOT / "book" / "17_what_training_finds.ipynb").read_text("utf-8"))["cells"]
PROSE = " ".join(" ".join("".join(c["source"]).split()) for c in CELLS if c["cell_type"] == "markdown")
# What training takes on the page.
SHORT = {"v": 2, "steps": 2000, "batch": 128, "rate": 0.01}


def says(*sentences):
    assert sentences
    missing = [one for one in sentences if " ".join(one.split()) not in PROSE]
    assert not missing, f"the chapter does not say: {missing}"


def results(**wanted):
    """(task, result) of the stored records that have these entries, from the file itself."""
    lines = (STORED / "training.jsonl").read_text().splitlines()
    found = [(r["task"], r["result"]) for r in map(json.loads, lines)]
    found = [(t, r) for t, r in found if all(t.get(k) == v for k, v in wanted.items())]
    assert found, wanted
    return found


def values(name, **wanted):
    return [result[name] for _, result in results(**wanted)]


def rng(seed=0):
    return np.random.default_rng(seed)


def at_most_two(m):
    return [(), *((j,) for j in range(m)), *itertools.combinations(range(m), 2)]


def wrong(net, problem):
    """On how many inputs with at most two ones a network is wrong: its layers once more, by hand."""
    (first, last), count = net.network.layers, 0
    W, V = first.factors[0], last.factors[0]
    pairs = [{*pair} for pair in problem.pairs.tolist()]
    for active in at_most_two(problem.inputs):
        z = V @ np.maximum(W[:, list(active)].sum(axis=1) + first.bias, 0) + last.bias
        count += any((z > net.threshold) != [pair <= {*active} for pair in pairs])
    return count


# --- theorems


def both_and_one(n, L, f):
    """P_ab and P_a, exactly: over all ways in which the 2 f - 1 outputs have a given row or not."""
    there = Fraction(comb(n - 1, L - 1), comb(n, L))
    one = both = Fraction(0)
    for rows in itertools.product((0, 1), repeat=2 * f - 1):
        chance = there ** sum(rows) * (1 - there) ** (len(rows) - sum(rows))
        a, b = any(rows[:f]), any((rows[0], *rows[f:]))
        one, both = one + a * chance, both + (a and b) * chance
    return both, one


@pytest.mark.parametrize(("n", "L"), [(2, 1), (7, 3), (24, 4), (30, 29)])
@pytest.mark.parametrize("f", [1, 2, 3, 5])
def test_the_lift_of_output_channels(n, L, f):
    """Theorem: prop-training-lift."""
    both, one = both_and_one(n, L, f)
    p = Fraction(L, n)
    law = 1 + p * (1 - p) ** (2 * f - 1) / (1 - (1 - p) ** f) ** 2
    assert both / one**2 == law
    assert 1 < law <= 1 + 1 / (p * (1 - p) * f**2)
    if f * f * L * (n - L) >= n * n:
        assert law <= 2
    if f == 1:
        assert law == Fraction(n, L)


@pytest.mark.parametrize("kind", ["outputs", "inputs"])
def test_networks_with_drawn_channels_have_that_lift(kind):
    """Theorem: prop-training-lift."""
    n, L, f, seen = 40, 6, 4, []
    both, one = both_and_one(n, L, f)
    for seed in range(40):
        random, problem = rng(seed), regular(60, f, rng=rng(seed))
        if kind == "outputs":
            heard = np.zeros((n, 60))
            for a, b in problem.pairs:
                heard[random.permutation(n)[:L][:, None], [a, b]] = 1
        else:
            heard = random.random((n, 60)) < 0.4
        seen.append(lift(from_arrays(heard, -np.ones(n), np.ones((120, n))), problem))
    wanted = float(both / one**2) if kind == "outputs" else 1
    assert np.isclose(np.mean(seen), wanted, atol=0.02)


@pytest.mark.parametrize("m", [2, 3, 8])
def test_five_neurons_are_enough(m):
    """In whole numbers, for every pair and every input.

    Theorem: thm-training-five.
    """
    for a, b in some(list(itertools.combinations(range(1, m + 1), 2))):
        four = np.poly([a, a, b, b])[::-1]
        coefficients = [Fraction(int(k == 0), 2) - round(c) for k, c in enumerate(four)]
        for active in some(at_most_two(m)):
            inputs = [j + 1 for j in active]
            h = [max(0, sum(j**k for j in inputs)) for k in range(5)]
            z = sum(c * one for c, one in zip(coefficients, h, strict=True))
            assert z == 1 if {a, b} == {*inputs} else z <= Fraction(1, 2)


def test_three_neurons_are_enough_for_a_matching():
    for count in (1, 2, 5):
        for i in some(range(1, count + 1)):
            for active in some(at_most_two(2 * count)):
                own = [1 + j // 2 for j in active]
                z = sum(Fraction(1, 2) - (one - i) ** 2 for one in own)
                assert z == 1 if own == [i, i] else z <= Fraction(1, 2)


# --- numbers in the text


def test_the_smallest_example():
    net = train(matching(8), 3, v=2, loss="entropy", steps=2000, rate=0.02, rng=rng())
    W = net.network.layers[0].factors[0].round(1)
    assert wrong(net, matching(8)) == 0 and len(at_most_two(8)) == 37
    assert [*W[0, :4], *W[0, 6:]] == [2.8, 2.7, -1.4, -1.4, 3.3, 3.3]
    heard = listens(net)
    assert heard.sum(axis=0).tolist() == [2, 2, 1, 1, 1, 1, 2, 2] and heard[:2, :2].all()
    assert pair_lifts(net, matching(8)).tolist() == [1.5, 3, 3, 1.5]
    assert lift(net, matching(8)) == 2.25
    says("features 0 and 1 weigh 2.8 and 2.7, features 2 and 3 both $-1.4$, features 6 and 7 both 3.3")
    says("a lift of 1.5. Features 4 and 5", "the same, a lift of 3. The mean is 2.25")


def test_what_is_seen_while_it_trains():
    pairs, nets = matching(64), {}
    for loss in ("entropy", "fourth", "squared"):
        nets[loss] = list(training_steps(pairs, 12, loss=loss, every=100, rng=rng(1), **SHORT))
    assert {loss: wrong(all_of[-1], pairs) for loss, all_of in nets.items()} == {
        "entropy": 0,
        "fourth": 0,
        "squared": 58,
    }
    first, at_200, at_500 = (nets["entropy"][k] for k in (0, 2, 5))
    assert len({tuple(pair) for pair in pairs.pairs}) == wrong(at_200, pairs) == 32
    assert not at_200.predict(np.eye(64, dtype=bool)[:, ::2] | np.eye(64, dtype=bool)[:, 1::2]).any()
    assert wrong(at_500, pairs) == 0 and len(at_most_two(64)) == 2081
    lifts = [f"{lift(net, pairs):.2f}" for net in (first, at_200, at_500)]
    assert lifts == ["0.73", "1.52", "2.16"]
    assert f"{lift(nets['squared'][-1], pairs):.1f}" == "10.7"
    assert {f"{lift(nets['entropy'][k], pairs):.1f}" for k in (5, 20)} == {"2.2"}
    says("the lift was 2.2 after 500 steps and after 2,000")
    counts = np.concatenate([listens(nets[loss][-1]).sum(axis=1) for loss in ("entropy", "fourth")])
    tidy = listens(nets["squared"][-1])
    assert (tidy.sum(axis=1).min(), tidy.sum(axis=1).max()) == (2, 6)
    assert np.count_nonzero(tidy[:, ::2] != tidy[:, 1::2]) == 1
    says(
        "a lift of 0.73",
        "At 200 steps the lift is 1.52",
        "at 500, the lift is 2.16",
        f"between {counts.min()} and {counts.max()} of the 64 features",
        "two to six features each, all but one of them beside its partner, and a lift of 10.7",
        "it is wrong on 58 inputs",
    )


def test_how_narrow_a_network_may_be():
    def fails(loss, neurons):
        return [
            wrong(train(matching(64), neurons, loss=loss, rng=rng(seed), **SHORT), matching(64))
            for seed in range(3)
        ]

    assert fails("entropy", 6) == fails("fourth", 7) == [0, 0, 0]
    assert min(fails("fourth", 6)) > 10 and fails("fourth", 5) == [32, 32, 32]
    says("six neurons are enough for the seeds 0, 1 and 2", "more than ten inputs are wrong")
    narrow = [train(matching(64), 4, loss="entropy", rng=rng(seed), **SHORT) for seed in range(3)]
    found = sorted(f"{lift(net, matching(64)):.1f}" for net in narrow)
    says(f"with cross-entropy and four rows it is between {found[0]} and {found[-1]}")


def test_losses_that_the_text_speaks_of():
    for name, right in (("entropy", 10), ("fourth", 9), ("squared", 0)):
        found = values("wrong", kind="loss", loss=name)
        assert len(found) == 10 and found.count(0) == right
        kinds = values("code", kind="loss", loss=name)
        assert kinds.count("channel" if name == "squared" else "dense") > (5 if name == "squared" else 9)
    assert sorted(values("wrong", kind="loss", loss="fourth"))[-1] == 1
    says("nine of ten are, and one is wrong on a single input. All twenty are dense.")


def means(outputs, loss, name="lift"):
    groups = defaultdict(list)
    for task, result in results(kind="influence", outputs=outputs, loss=loss):
        if result[name] is not None:
            groups[task["influence"]].append(result[name])
    return {f: float(np.mean(all_of)) for f, all_of in sorted(groups.items())}


def test_lifts_that_the_text_speaks_of():
    shown = {loss: [f"{one:.2f}" for one in means(64, loss).values()] for loss in ("entropy", "squared")}
    one, two, four, eight, eleven = shown["entropy"]
    says(f"from {one} over {two} and {four} to {eight} and {eleven}")
    says(f"{shown['squared'][3]} at influence 8, {shown['squared'][4]} at 11")
    p = 1 / means(64, "entropy")[1]
    law = 1 + p * (1 - p) ** 3 / (1 - (1 - p) ** 2) ** 2
    says(f"{two} at influence 2, where the line is at {law:.2f}")
    assert means(64, "fourth")[8] < 1
    for loss in ("entropy", "fourth"):
        assert all(0.85 < one <= 1.005 for one in means(64, loss, "others").values())
    assert max(means(64, "squared", "others").values()) < 0.9
    for loss in ("entropy", "fourth"):
        small, large = means(64, loss), means(256, loss)
        assert all(large[f] > small[f] for f in (2, 4, 8))
    says(f"{means(256, 'entropy')[8]:.2f} at influence 8, where it was {eight}")
    assert max(values("wrong", kind="influence", outputs=256)) == 0


def test_both_kinds_in_one_network():
    for loss in ("squared", "fourth", "entropy"):
        light, heavy = (values(kind, kind="both", loss=loss) for kind in ("light", "heavy"))
        assert len(light) == 5 and min(light) > max(heavy)
    (task, _), *_ = results(kind="both")
    assert (task["light"], task["heavy"], task["neurons"]) == (24, 9, 24)


def test_how_random_weights_are_scaled():
    one, eight = (values("lift", kind="scale", influence=f) for f in (1, 8))
    assert len(one) == len(eight) == 18
    says(f"the lift at influence 1 is between {min(one):.2f} and {max(one):.2f}")
    says(f"at influence 8 between {min(eight):.2f} and {max(eight):.2f}")
    worst = max(values("wrong", kind="scale", loss="fourth", scale=1.0))
    says(f"is wrong on up to {worst} inputs")


def test_widths_that_the_text_speaks_of():
    found = {
        (reading, m): sorted(values("neurons", kind="width", reading=reading, outputs=m))
        for reading in ("own", "code")
        for m in (30, 100, 316, 1000)
    }
    three = found["code", 100]
    built = defaultdict(list)
    for line in (STORED / "capacity.jsonl").read_text().splitlines():
        record = json.loads(line)
        task = record["task"]
        if task["v"] == 2 and task["kind"] in ("certified", "double_light"):
            built[task["kind"], task.get("outputs")].append(record["result"]["neurons"])
    certified = {m: sorted(built["certified", m]) for m in (100, 316, 1000)}
    says(f"ended at {three[0]}, {three[1]} and {three[2]} trained neurons")
    says("needed {}, {} and {}".format(*certified[100]))
    light = sorted(built["double_light", 100])
    says(f"and {light[0]} to {light[2]} for 99.9 % of a sample")
    low, _, high = certified[316]
    says(f"it is {found['code', 316][0]} trained, against {low} to {high} certified")
    own = found["own", 100]
    light = sorted(built["double_light", 1000])
    says(f"For 1,000 outputs it is {found['code', 1000][0]}, against {light[0]} to {light[2]} for")
    larger = found["own", 316][0], found["own", 1000][0]
    says(f"{own[0]} to {own[2]} at 100 outputs, {larger[0]} at 316, {larger[1]} at 1,000")
    near = [one for _, r in results(kind="width", reading="own", outputs=100) for one in r["tried"]]
    failed = [one for one in near if not one["passed"]]
    assert {one["failures"] for one in failed} == {1, 2} and near[0]["checked"] == 5051
    assert {min(one["neurons"] for one in failed), max(one["neurons"] for one in failed)} == {32, 37}
    # Chapter 18 says "about half" and "about as many".
    assert 0.4 < np.median(three) / np.median(certified[100]) < 0.6
    assert 0.9 < found["code", 1000][0] / np.median(light) < 1.1
    floors = neurons_needed(two_and_bits(100, 100), 32, 2), neurons_at_any_precision(99, 2)
    says(f"{floors[0]} neurons at 100 outputs for 32 bits, {floors[1]} for real weights")
    says(f"Between {floors[0]} and {three[0]} nobody knows")
    for task, result in results(kind="width"):
        (passed,) = (one for one in result["tried"] if one["neurons"] == result["neurons"])
        sample = task["outputs"] >= 1000
        assert passed["failures"] <= (2 if sample else 0)
        assert passed["checked"] == (2000 if sample else 1 + comb(task["outputs"] + 1, 2))


def test_the_chapter_reads_what_it_says_of_networks():
    """The share of a row's largest entry that counts, and the sizes of the problems."""
    from superpos_lib.reading import SHARE

    assert SHARE == 0.25 and clique(12).outputs == 66 and clique(9).outputs == 36
    assert 12 * 2.5 < 32 and re.search(r"all 780 pairs of 40 features", PROSE) and comb(40, 2) == 780
