"""The statements and numbers of the chapter on circuits, counted another way than it proves them."""

import itertools
import json
import math
import pathlib

import numpy as np
import pytest
from some import some

from superpos_lib import neurons_needed, permutation_bits
from superpos_lib.circuits import Circuit, Gate, and_gate, circuit_network, circuit_width, parse
from superpos_lib.measurements import records
from superpos_lib.two_and.channels import balanced_rows
from superpos_lib.verify import clopper_pearson_upper

CHAPTER = pathlib.Path(__file__).parents[1] / "book" / "16_circuits.ipynb"


def drawn(seed, kind, m=9, gates=12, n=200, L=13):
    """A layer of random gates of one kind, and the channels of each."""
    rng, made = np.random.default_rng(seed), []
    for i in range(gates):
        a, b, c = (f"x{j}" for j in rng.choice(m, 3, replace=False))
        made.append(
            {
                "two of three": Gate(f"g{i}", (a, b, c), (), 2),
                "or": Gate(f"g{i}", (a, b)),
                "three": Gate(f"g{i}", (a, b, c), (), 3),
                "and not": Gate(f"g{i}", (a,), (b,)),
                "xor": Gate(f"g{i}", (a, b), (), 1, 1),
            }[kind]
        )
    return made, [set(s.tolist()) for s in balanced_rows(n, gates, L, rng=rng)]


def heard(gates, channels, row):
    """What the row hears each feature as: +1 if some gate of the row has it so, else -1."""
    here = [gate for gate, rows in zip(gates, channels, strict=True) if row in rows]
    signs = {name: -1 for gate in here for name in gate.minus}
    return signs | {name: 1 for gate in here for name in gate.plus}


def lit(gates, channels, row, active, low, high):
    count = sum(sign for name, sign in heard(gates, channels, row).items() if name in active)
    return low <= count <= high


def most_spoiled(gates, channels, names):
    """kappa: rows of a channel in which another gate reads one feature, at most."""
    found = 0
    for i, name in itertools.product(range(len(gates)), names):
        others = [k for k, gate in enumerate(gates) if k != i and name in gate.plus + gate.minus]
        found = max(found, sum(any(r in channels[k] for k in others) for r in channels[i]))
    return found


@pytest.mark.parametrize("kind", ["two of three", "or", "three", "and not", "xor"])
@pytest.mark.parametrize("seed", range(3))
def test_how_many_rows_are_lit(kind, seed):
    """Theorem: thm-circuit-threshold, thm-circuit-not."""
    names = [f"x{j}" for j in range(9)]
    gates, channels = drawn(seed, kind, n=600)
    kappa = most_spoiled(gates, channels, names)
    circuit, v, L = Circuit(names, [gates]), 3, 13
    assert 2 * v * kappa < L, "else the test says nothing"
    theta, high = gates[0].least, gates[0].most or 9
    for size in range(v + 1):
        for active in itertools.combinations(names, size):
            truth = circuit.truth(np.isin(names, active))
            for i, rows in enumerate(channels):
                count = sum(lit(gates, channels, r, active, theta, high) for r in rows)
                assert (count > L / 2) == truth[i]
                if kind in ("two of three", "or", "three"):
                    assert count == L if truth[i] else count <= max(0, v - theta + 1) * kappa


@pytest.mark.parametrize(("m", "outputs", "k"), [(1, 1, 1), (10, 10, 2), (6, 30, 15)])
def test_how_many_rows_are_spoiled(m, outputs, k):
    """Theorem: lem-circuit-spoiled."""
    rng, delta, L = np.random.default_rng(0), 0.1, 8
    lam = math.ceil(math.log(m * outputs / delta))
    n = math.ceil(math.e**2 * k * L**2 / lam)
    reads = [{(i + s) % outputs for s in range(k)} for i in range(m)]  # which gates read each feature
    bad = 0
    for _ in range(200):
        rows = [set(rng.choice(n, L, replace=False).tolist()) for _ in range(outputs)]
        spoiled = [
            len(rows[i] & set().union(*(rows[g] for g in gates if g != i)))
            for i in range(outputs)
            for gates in reads
        ]
        bad += max(spoiled) >= lam
    assert bad / 200 <= delta


@pytest.mark.parametrize("layers", [1, 2, 7, 1000])
@pytest.mark.parametrize("m", [2, 10, 5000])
def test_the_number_of_layers_cancels(layers, m):
    """Theorem: prop-circuit-lower."""
    bits = permutation_bits(m)
    one = neurons_needed(bits, bits_per_parameter=8, layers=2)
    assert neurons_needed(layers * bits, bits_per_parameter=8, layers=2 * layers) == one


@pytest.mark.parametrize("h", [1, 2, 3, 4])
def test_a_tree_is_as_full_as_one_gate(h):
    """Theorem: prop-circuit-tree."""
    names = tuple(f"x{j}" for j in range(2**h))
    direct = Circuit(names, [[and_gate("all", *names)]])
    below, layers = names, []
    while len(below) > 1:
        pairs = zip(below[::2], below[1::2], strict=True)
        layers.append([and_gate(f"{a}{b}", a, b) for a, b in pairs])
        below = [gate.name for gate in layers[-1]]
    tree = Circuit(names, layers)
    for one in (names, names[1:], ()):
        y = np.isin(names, one)
        assert tree.truth(y) == direct.truth(y) == [one == names]
    assert len(tree.layers) == h and sum(map(len, tree.layers)) == 2**h - 1
    fullest = [max(np.abs(signs).sum() for signs in one.signs) for one in (tree, direct)]
    assert fullest == [2**h, 2**h]
    assert circuit_width(direct, 2) == circuit_width(tree, 2) == 2**h


def prose():
    cells = json.loads(CHAPTER.read_text("utf-8"))["cells"]
    return " ".join(" ".join("".join(c["source"]).split()) for c in cells if c["cell_type"] == "markdown")


def stored(**wanted):
    (one,) = (r for r in records("circuits") if wanted.items() <= r["task"].items())
    return one["result"]


def test_numbers_of_the_two_depths():
    clipped, raw = (stored(gates=600, clip=clip) for clip in (True, False))
    first, last = clipped["levels"][0], clipped["levels"][-1]
    assert f"{first:.2%}" == f"{last:.2%}" == "0.01%"
    first, last = raw["levels"][0], raw["levels"][-1]
    assert f"from {100 * first:.1f} % to {100 * last:.0f} %" in prose()
    found = f"{clipped['failures']} are answered wrongly with the clip, and {raw['failures']:,} without"
    assert found in prose() and clipped["checked"] == raw["checked"] == 2000
    q = (35 / 1.6) ** 0.2
    assert (round(q, 2), round(math.log(50 / 35) / math.log(q), 1)) == (1.85, 0.6)
    assert clipped["reached"] == 2000


def test_numbers_of_the_networks_at_size():
    rules = {r["task"]["neurons"]: r["result"] for r in records("circuits") if r["task"]["kind"] == "rules"}
    for n, found in rules.items():
        assert found["checked"] == 2000
        assert f"| 10,000 rules, one layer | {n:,} | {found['failures']:,} |" in prose()
    deep = {r["task"]["neurons"]: r["result"] for r in records("circuits") if r["task"]["layers"] == 10}
    for n, found in deep.items():
        assert found["reached"] == found["checked"] == 2000
        assert max(found["levels"]) < 5e-6
        assert f"| ten layers of 10,000 gates | {n:,} | {found['failures']:,} |" in prose()
    assert len(rules) >= 3 and len(deep) >= 2
    assert f"{clopper_pearson_upper(0, 2000):.2%}" == "0.23%" and "at most 0.23 % of such inputs" in prose()


def test_what_a_thousand_layers_cost():
    lam = math.log(10**4 * 10**4 / 0.01)
    assert round(100 * math.log(1000) / lam) == 30


def test_what_is_lit_in_the_rule_base_is_whose_it_should_be():
    """As the chapter says: the neurons of what is true at each level, and no other."""
    rng = np.random.default_rng(3)
    drawn = [rng.choice(1200, 3, replace=False) for _ in range(1500)]
    lines = [f"rule{i} = s{a} and s{b} and not s{c}" for i, (a, b, c) in enumerate(drawn)]
    lines += ["alarm = smoke and heat and not test", "siren = alarm and not holiday"]
    rules = parse("\n".join(lines))
    room = circuit_network(rules, v=3, neurons=1000, rng=np.random.default_rng(0))
    true_at = (("smoke", "heat"), ("alarm",), ("alarm", "siren"))
    states = room.states(np.isin(rules.inputs, ("smoke", "heat")))
    for level, names in enumerate(some(true_at)):
        carried = [set(np.asarray(room.carriers(level, name)).tolist()) for name in names]
        assert set(np.flatnonzero(np.ravel(states[level])).tolist()) == set().union(*carried)
        assert [len(one) for one in carried] == [5] * len(names)
    tested = room.states(np.isin(rules.inputs, ("smoke", "heat", "test")))
    assert [bool(np.any(state)) for state in tested] == [True, False, False]
