"""Circuits: their truth, their text and their networks, against formulas that Python evaluates."""

import itertools
import re

import numpy as np
import pytest

from superpos_lib.circuits import (
    Circuit,
    and_gate,
    and_not,
    circuit_inputs,
    circuit_network,
    circuit_width,
    or_gate,
    parse,
    pass_gate,
    threshold_gate,
    verify_circuit,
    xor_gate,
)
from superpos_lib.inputs import all_sparse

ALARMS = """
# a rule base
fire = smoke and heat        # both
alarm = fire and not test or button
strange = (door xor window) and not (keeper or test)
visit = strange and not alarm
"""
ADDER = """
s0 = a0 xor b0
c1 = a0 and b0
s1 = a1 xor b1 xor c1
c2 = a1 and b1 or c1 and (a1 xor b1)
"""


def evaluated(text, given):
    """Truth of all defined names, by Python itself: the lines, with xor written as !=."""
    known, defined = dict(given), []
    for line in text.splitlines():
        name, _, formula = line.split("#")[0].partition("=")
        if formula:
            known[name.strip()] = bool(eval(_python(formula), {}, known))
            defined.append(known[name.strip()])
    return defined


def _python(formula):
    """The formula with `xor` as the operator ^ between brackets: `and` binds closer, `or` less."""
    words = re.sub(r"\bxor\b", "^", formula)
    words = re.sub(r"\band\b", "*", words)
    words = re.sub(r"\bor\b", "|", words)
    return (
        re.sub(r"\bnot\b", "True -", words)
        if "not (" in words
        else re.sub(r"\bnot (\w+)", r"(True - \1)", words)
    )


def columns(names, Y):
    for column in Y.T:
        yield {name: bool(value) for name, value in zip(names, column, strict=True)}


def everything(m):
    return np.array(list(itertools.product([0, 1], repeat=m))).T


FORMULAS = [
    "z = a and b",
    "z = a or b and c",
    "z = a xor b and c or d",
    "z = (a or b) and (c or d)",
    "z = a and not b",
    "z = a and (not b) and (not c) and d",
    "z = (a xor b) xor (not c) xor (not d)",
    "z = a and b\ny = z xor c\nx = y and not z",
    "z = (not a) and b or a and (not b)",
    "z = a and (b or (not c) or d)",
    "z = a\ny = z",
    "z = (a and b) xor (a and b and c)",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_text_means_what_python_makes_of_it(text):
    circuit = parse(text)
    Y = everything(len(circuit.inputs))
    wanted = np.array([evaluated(text, given) for given in columns(circuit.inputs, Y)]).T
    assert (circuit.truth(Y) == wanted).all()
    assert wanted.any() and not wanted.all()


def alarms(given):
    y = given
    fire = y["smoke"] and y["heat"]
    alarm = (fire and not y["test"]) or y["button"]
    strange = (y["door"] != y["window"]) and not (y["keeper"] or y["test"])
    return [fire, alarm, strange, strange and not alarm]


def test_a_rule_base_on_every_input():
    circuit = parse(ALARMS)
    assert circuit.outputs == ("fire", "alarm", "strange", "visit")
    Y = everything(len(circuit.inputs))
    wanted = np.array([alarms(given) for given in columns(circuit.inputs, Y)]).T
    assert (circuit.truth(Y) == wanted).all()
    net = circuit_network(circuit, v=len(circuit.inputs), rng=np.random.default_rng(0))
    assert (net.predict(Y) == wanted).all() and verify_circuit(net).ok


def test_an_adder_adds():
    circuit = parse(ADDER)
    net = circuit_network(circuit, v=4, rng=np.random.default_rng(0))
    for a, b in itertools.product(range(4), repeat=2):
        bits = {"a0": a & 1, "a1": a >> 1, "b0": b & 1, "b1": b >> 1}
        seen = dict(zip(circuit.outputs, net.predict([bits[name] for name in circuit.inputs]), strict=True))
        assert seen["s0"] + 2 * seen["s1"] + 4 * seen["c2"] == a + b


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("z = not a", 1, 1, "true there"),
        ("z = a or not b", 1, 1, "true there"),
        ("z = a and not a", 1, 1, "never"),
        ("z = a and", 1, 10, "the end of the line"),
        ("y = a\nz = (a or b", 2, 12, "bracket of column 5"),
        ("z = a b", 1, 7, "'b'"),
        ("z = a\n\nz = b", 3, 1, "defined above"),
        ("z = a\na = b", 2, 1, "used as an input above"),
        ("z = a & b", 1, 7, "'&'"),
        ("and = a", 1, 1, "'and'"),
        ("z a", 1, 3, "= after 'z'"),
        ("z", 1, 2, "= after 'z'"),
        ("z = z and a", 1, 5, "other than the one"),
        ("z = a)", 1, 6, "')'"),
        ("# nothing", 1, 1, "no formula"),
    ],
)
def test_a_mistake_is_told_with_its_place(text, line, column, words):
    with pytest.raises(
        ValueError, match=rf"^text, line {line}, column {column}: expected .+; got .+"
    ) as caught:
        parse(text)
    assert words in str(caught.value)


ONE = {
    "and": (and_gate("z", "a", "b"), lambda a, b: a and b),
    "or": (or_gate("z", "a", "b"), lambda a, b: a or b),
    "xor": (xor_gate("z", "a", "b"), lambda a, b: a != b),
    "and not": (and_not("z", ("a",), ("b",)), lambda a, b: a and not b),
    "pass": (pass_gate("z", "a"), lambda a, b: a),
}


@pytest.mark.parametrize("kind", ONE)
def test_gates_of_two_inputs(kind):
    """Theorem: thm-circuit-silent."""
    gate, rule = ONE[kind]
    circuit = Circuit("ab", [[gate]])
    for a, b in itertools.product([False, True], repeat=2):
        assert circuit.truth(np.array([a, b])).tolist() == [rule(a, b)]
    assert not circuit.truth(np.array([0, 0])).any()


def test_the_gates_silent_at_rest_are_these_or_constant_or_swapped():
    """Eight of the sixteen; the others cannot be written. Theorem: thm-circuit-silent."""
    made = {(False,) * 4}
    for kind in ("and", "or", "xor", "and not", "pass"):
        _, rule = ONE[kind]
        made |= {tuple(rule(a, b) for a in (0, 1) for b in (0, 1))}
        made |= {tuple(rule(b, a) for a in (0, 1) for b in (0, 1))}
    made = {tuple(map(bool, table)) for table in made}
    assert made == {table for table in itertools.product([False, True], repeat=4) if not table[0]}


def mixed(m, layers, rng):
    """A circuit whose layers have all kinds of gates, each feature read about twice."""
    below, made = [f"x{j}" for j in range(m)], []
    for depth in range(layers):
        order, other, third = rng.permutation(m), rng.permutation(m), rng.permutation(m)
        gates = []
        for i in range(m):
            a, b, c = below[order[i]], below[other[i]], below[third[i]]
            name = f"g{depth}.{i}"
            if len({a, b, c}) < 3:
                gates.append(pass_gate(name, a))
            elif i % 5 == 0:
                gates.append(and_gate(name, a, b))
            elif i % 5 == 1:
                gates.append(threshold_gate(name, (a, b, c), 2))
            elif i % 15 == 2:
                gates.append(xor_gate(name, a, b))
            else:
                gates.append(and_not(name, (a,), (b,)))
        made.append(gates)
        below = [gate.name for gate in gates]
    return Circuit([f"x{j}" for j in range(m)], made)


def by_hand(circuit, y):
    """Truth of the outputs, gate by gate, in Python's integers."""
    known = dict(zip(circuit.inputs, map(int, y), strict=True))
    for layer in circuit.layers:
        known = {
            gate.name: int(
                gate.least
                <= sum(known[name] for name in gate.plus) - sum(known[name] for name in gate.minus)
                <= (len(gate.plus) if gate.most is None else gate.most)
            )
            for gate in layer
        }
    return [bool(known[name]) for name in circuit.outputs]


def ands(m, layers, rng):
    """Layers of m ANDs of two random features each."""
    below, made = [f"x{j}" for j in range(m)], []
    for depth in range(layers):
        pairs = [rng.choice(m, 2, replace=False) for _ in range(m)]
        made.append([and_gate(f"g{depth}.{i}", below[a], below[b]) for i, (a, b) in enumerate(pairs)])
        below = [gate.name for gate in made[-1]]
    return Circuit([f"x{j}" for j in range(m)], made)


def test_three_layers_in_superposition_on_every_input():
    """Theorem: thm-circuit-clean."""
    circuit = ands(300, 3, np.random.default_rng(2))
    net = circuit_network(circuit, v=2, neurons=250, rng=np.random.default_rng(0))
    Y = all_sparse(300, 2)
    some = np.random.default_rng(1).integers(Y.shape[1], size=300)
    wanted = np.array([by_hand(circuit, y) for y in Y[:, some].T]).T
    assert (circuit.truth(Y[:, some]) == wanted).all()
    assert (net.predict(Y) == circuit.truth(Y)).all()
    assert net.neurons == 250 and all(net.origin.superposed)


@pytest.mark.parametrize("seed", range(3))
def test_mixed_layers_with_a_neuron_for_each_name_are_exact(seed):
    """AND, two of three, XOR, AND NOT: all inputs. Theorem: thm-circuit-clean."""
    circuit = mixed(20, 4, np.random.default_rng(seed))
    net = circuit_network(circuit, v=4, neurons=24, rng=np.random.default_rng(0))
    Y = all_sparse(20, 4)
    wanted = np.array([by_hand(circuit, y) for y in Y.T]).T
    assert (circuit.truth(Y) == wanted).all() and wanted.any()
    assert (net.predict(Y) == wanted).all() and not any(net.origin.superposed)


def test_mixed_layers_in_superposition():
    circuit = mixed(1500, 3, np.random.default_rng(2))
    net = circuit_network(circuit, v=2, neurons=1400, rng=np.random.default_rng(0))
    Y = circuit_inputs(circuit, 2, 200, rng=np.random.default_rng(1))
    wanted = np.array([by_hand(circuit, y) for y in Y.T]).T
    assert wanted.any(axis=0).mean() > 0.5
    assert (net.predict(Y) == wanted).all() and all(net.origin.superposed)


def test_without_the_clip_errors_add_up():
    circuit = ands(1000, 3, np.random.default_rng(5))
    nets = [
        circuit_network(circuit, v=8, neurons=950, rng=np.random.default_rng(0), clip=clip)
        for clip in (True, False)
    ]
    Y = circuit_inputs(circuit, 8, 100, rng=np.random.default_rng(1))
    levels = circuit.levels(Y)
    errors = []
    for net in nets:
        ideal = [
            (code.matrix @ level > 0).astype(float) for code, level in zip(net.codes, levels, strict=True)
        ]
        pairs = list(zip(net.states(Y), ideal, strict=True))[1:]
        errors.append([(np.abs(state - right) > 0.25).mean() for state, right in pairs])
    clipped, raw = errors
    assert max(clipped) < 0.002 and clipped[2] < 0.0005
    assert min(raw) > 0.05
    assert nets[1].origin.failures > 10 * nets[0].origin.failures


def test_a_network_says_what_it_took():
    circuit = ands(100, 2, np.random.default_rng(0))
    poor = circuit_network(circuit, v=4, neurons=20, rng=np.random.default_rng(0))
    assert poor.origin.failures > 0 and poor.origin.draws == 2
    assert not verify_circuit(poor, method="sampled", count=100, rng=np.random.default_rng(1)).ok
    good = circuit_network(circuit, v=4, rng=np.random.default_rng(0))
    assert good.origin.failures == 0 and good.origin.first == circuit_width(circuit, 4)


def test_three_layers_of_ands_are_right_on_inputs_that_reach_the_last():
    rng = np.random.default_rng(5)
    circuit = ands(1000, 3, rng)
    net = circuit_network(circuit, v=8, neurons=750, rng=rng)
    Y = circuit_inputs(circuit, 8, 100, rng=rng)
    wanted = np.array([by_hand(circuit, y) for y in Y.T]).T
    assert wanted.any(axis=0).mean() > 0.5
    assert (net.predict(Y) == wanted).all() and net.neurons <= 750
    assert verify_circuit(net, method="sampled", count=50, rng=rng).ok


@pytest.mark.parametrize("seed", range(2))
def test_a_default_network_is_right_on_every_input_where_these_can_be_tried(seed):
    """Random ANDs, where pairs of strangers are what goes wrong: hardly any targeted input is one."""
    rng = np.random.default_rng(seed)
    pairs = list(itertools.combinations(range(120), 2))
    chosen = rng.choice(len(pairs), 240, replace=False)
    lines = [f"g{k} = x{pairs[at][0]} and x{pairs[at][1]}" for k, at in enumerate(chosen)]
    circuit = parse("\n".join(lines))
    net = circuit_network(circuit, v=2, rng=rng)
    m = len(circuit.inputs)
    assert net.origin.tried == 400 + 1 + m + m * (m - 1) // 2 and net.origin.failures == 0
    assert verify_circuit(net).ok


@pytest.mark.parametrize("text", ["a = " + "(" * 3000 + "b" + ")" * 3000, "a = " + "not " * 4000 + "b"])
def test_what_is_too_deep_is_said_with_its_place(text):
    with pytest.raises(ValueError, match=r"brackets and nots at most 50 deep") as said:
        parse(text)
    assert "line 1" in str(said.value) and "column" in str(said.value)


def test_fifty_brackets_are_not_too_deep():
    circuit = parse("a = " + "(" * 49 + "b and c" + ")" * 49)
    assert circuit.truth(np.ones((2, 1), dtype=bool)).all()
