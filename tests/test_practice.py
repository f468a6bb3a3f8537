"""Exercises from a seed: right by oracles that share no code with them, sound, and answered in words."""

import functools
import itertools
import math
import re
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import nbformat
import numpy as np
import pytest

from superpos_lib import (
    Code,
    Layer,
    Network,
    Permutation,
    SuperposedNetwork,
    TwoAnd,
    neurons_needed,
    practice,
    split_by_influence,
    verify,
)
from superpos_lib.compression import weights_needed
from superpos_lib.inputs import all_sparse
from superpos_lib.practice import TOPICS, draw, key, main, sheets
from superpos_lib.problems import clique, hubs
from superpos_lib.two_and.assembly import assemble
from superpos_lib.two_and.channels import channel_matrix, listeners

SEEDS = range(60)


def numbers(text):
    return [int(one) for one in re.findall(r"\d+", text)]


def sets(text, name=r"[Ff]eature (\d+)"):
    """The sets that a text lists, each after a colon."""
    return [numbers(one) for *_, one in re.findall(name + r": ([\d, ]+\d)", text)]


def asked(part, pattern=r"\d+"):
    return [int(one) for one in re.findall(pattern, part.question)]


def columns(found, rows):
    return channel_matrix(found, rows)


def superposition(task):
    code = Code(columns(sets(task.text), 7))
    y = np.isin(np.arange(5), numbers(re.search(r"Features (\d and \d) are", task.text)[1]))
    x = code.compress(y)
    shared = np.triu(code.matrix.T @ code.matrix, k=1)
    neuron, feature = asked(task.parts[0])[0], asked(task.parts[1])[0]
    return x[neuron], code.decompress(x)[feature], np.count_nonzero(shared == 1)


def computing(task):
    outputs, features, neurons = numbers(task.text)[:3]
    packed = int(re.search(r"into (\d+) numbers", task.text)[1])
    problem, code = clique(features), Code(columns(sets(task.text), neurons))
    A, one = np.zeros((outputs, features)), np.ones(outputs)
    np.put_along_axis(A, problem.pairs, 1, axis=1)
    g = Layer((-4 * A, code.decompressor), 8 * one)  # 1 - 4 (what a neuron hears - 7/4)
    h = Layer((-np.eye(outputs),), one)
    t = Layer((np.ones((packed, outputs)),), np.zeros(packed), relu=False)
    net = SuperposedNetwork(code, Network((g, h, t)), Code(np.ones((packed, outputs))), 2)
    y = np.isin(np.arange(features), numbers(re.search(r"Features (\d and \d) are", task.text)[1]))
    first, second, _ = net.trace(y).layers
    (asked_for,) = np.flatnonzero((problem.pairs == asked(task.parts[0])).all(axis=1))
    return 2 - first.pre_activation[asked_for] / 4, np.count_nonzero(second.output), net.neurons


def counting(task):
    *sizes, bits = numbers(task.text)
    k, m = sizes * (3 - len(sizes))
    orders = sum(1 for _ in itertools.permutations(range(m), k))
    needed = next(b for b in itertools.count() if 2**b >= orders)
    return orders, needed, next(p for p in itertools.count() if (2**bits) ** p >= orders)


def bound(task):
    m, outputs, L, B = numbers(task.text.replace("n + 1", "").replace("2-AND", ""))
    pairs = itertools.combinations(range(m), 2)
    problems = sum(1 for _ in itertools.permutations(pairs, outputs))
    n = neurons_needed(math.log2(problems), B, L)
    return problems, next(b for b in itertools.count() if 2**b >= problems), n


@functools.cache
def family(of, size):
    """How many permutations of so many features there are, or lists of so many disjoint pairs."""
    if of == "permutations":
        return sum(1 for _ in itertools.permutations(range(size)))
    orders = itertools.permutations(range(2 * size))
    return len({tuple(frozenset(order[k : k + 2]) for k in range(0, 2 * size, 2)) for order in orders})


def compression(task):
    of, size = re.search(r"are [\d,]+ (permutations|lists) of (\d)", task.text).groups()
    places, levels, scale = (
        int(re.search(pattern, task.text)[1])
        for pattern in (r"of (\d+) weights", r"of (\d+) levels", r"of (\d) bit")
    )
    chosen = itertools.combinations(range(places), asked(task.parts[0])[0])
    files = sum(levels ** len(kept) * 2**scale for kept in chosen)
    functions = family(of, int(size))
    return files, functions - files, weights_needed(math.log2(functions) - scale - 1e-9, places, levels)


def codes(task):
    m, d, n = numbers(task.text)[:3]
    v = 1 if "One feature is active" in task.text else int(re.search(r"(\d) features are", task.text)[1])
    read = set(range(d))
    shared = [len(read & set(one)) for one in itertools.combinations(range(n), d)]
    # The active features are independent, so inputs with v of them are lists of v sets.
    mean, none, all_of_them = (
        Fraction(one, len(shared)) for one in (sum(shared), *map(shared.count, (0, d)))
    )
    return sum([mean] * v), math.prod([none] * v), sum([all_of_them] * (m - 1))


def permutation(task):
    code = Code(columns(sets(task.text), 6))
    p = Permutation(numbers(re.search(r"p\(3\) = ([\d, ]+)\.", task.text)[1]))
    y = np.arange(4) == numbers(re.search(r"Feature \d is active", task.text)[0])[0]
    D = code.matrix.T / 2
    heard = code.matrix @ D[p.order] @ code.compress(y)
    row = asked(task.parts[1])[0]
    return int(np.flatnonzero(p.truth(y))[0]), heard[row], np.count_nonzero(heard > 0.999)


def influence(task):
    problem = TwoAnd(14, [numbers(one) for one in re.findall(r"\d+∧\d+", task.text)])
    cases = {name: len(outputs) for name, outputs in split_by_influence(problem).cases.items()}
    return problem.influence[asked(task.parts[0])[0]], cases["double_light"], cases["mixed"]


def double_light(task):
    problem = TwoAnd(6, [numbers(one) for one in re.findall(r"(\d∧\d):", task.text)])
    S = channel_matrix(sets(task.text, r"(\d∧\d)"), 8)
    C0 = listeners(problem, S)
    y = np.isin(np.arange(6), numbers(re.search(r"Inputs (\d and \d) are", task.text)[1]))
    lit = C0 @ y >= 2
    i = np.flatnonzero((problem.pairs == asked(task.parts[2])).all(axis=1))[0]
    return C0[asked(task.parts[0])[0]].sum(), lit.sum(), lit[S[:, i] > 0].mean()


def double_heavy(task):
    problem, sets_of = clique(4), [set(one) for one in sets(task.text, r"nput (\d)")]
    S = channel_matrix([sorted(sets_of[a] & sets_of[b]) for a, b in problem.pairs], 12)
    net = assemble(problem, S, 12, v=3, rng=np.random.default_rng(0))
    a, k, *pair = asked(task.parts[0])
    (output,) = np.flatnonzero((problem.pairs == pair).all(axis=1))
    reads = [
        net.trace(np.isin(np.arange(4), active)).read_out[output]
        for active in ((a, k), (a, k, asked(task.parts[1])[0]))
    ]
    # Of all readings, the lowest with which, as a threshold, the network is right on inputs with two ones.
    levels = np.unique(net.trace(all_sparse(4, 2)).read_out.round(9))
    right = [verify(replace(net, v=2, threshold=one + 1e-6), problem, 2).ok for one in levels]
    return *reads, levels[right.index(True)]


def mixed(task):
    own, other = (int(one) for one in re.findall(r"owns (\d+) outputs", task.text))
    S = channel_matrix(sets(task.text, r"0∧(\d+)"), 6)
    problem = hubs(1, own)  # the hub is input 0, as in the task, and its partners are one number lower
    net = assemble(problem, S, 1 + own, v=3, rng=np.random.default_rng(0))
    _, first, second, *_ = asked(task.parts[1])
    reads = net.trace(np.isin(np.arange(1 + own), [0, first - 1, second - 1])).read_out
    crowded = S.sum(axis=1).mean()
    rows = next(n for n in itertools.count(1) if 2 * other / n <= crowded)
    return listeners(problem, S)[asked(task.parts[0])[0]].sum(), np.sum(reads > 0.99), rows


def super_heavy(task):
    owns = {
        int(h): set(numbers(rows)) for h, rows in re.findall(r"ub (\d) owns rows ([\d, ]+\d)", task.text)
    }
    own, other = (set(numbers(one)) for one in re.findall(r"channel ([\d, ]+\d)", task.text))

    def read(channel, hubs, detector):
        lit = [
            sum(r in owns[h] for h in hubs) + (r in own) >= 2
            and not (detector and len(hubs) == 2 and r in owns[0] & owns[1])
            for r in sorted(channel)
        ]
        return np.mean(lit)

    return read(own, (0, 1), True), read(other, (0, 1), False), read(own, (1,), True)


def whole(task):
    problem = TwoAnd(9, [numbers(one) for one in re.findall(r"(\d∧\d): rows", task.text)])
    S = channel_matrix([numbers(one) for one in re.findall(r"rows ([\d, ]+) and neurons", task.text)], 9)
    words = channel_matrix([numbers(one) for one in re.findall(r"and neurons ([\d, ]+\d)", task.text)], 7)
    net = assemble(problem, S, 9, v=3, rng=np.random.default_rng(0))
    y = np.isin(np.arange(9), numbers(re.search(r"Inputs ([\d, ]+) are active", task.text)[1]))
    shares = net.trace(y).read_out
    hears = words @ shares
    half, lit = (shares > 0.4) & (shares < 0.6), hears > 0.9
    return half.sum(), hears[asked(task.parts[1])[0]], lit.sum()


@pytest.mark.parametrize("topic", TOPICS)
def test_answers_are_those_of_an_oracle(topic):
    for seed in SEEDS:
        task = draw(topic, seed)
        right = globals()[topic](task)
        assert [float(one) for one in task.answers] == pytest.approx([float(one) for one in right]), seed


def test_topics_stand_in_the_order_of_the_chapters_that_ask_them():
    chapters = sorted((Path(__file__).parent.parent / "book").glob("[0-9]*.ipynb"))
    sources = ["".join(cell.source for cell in nbformat.read(path, 4).cells) for path in chapters]
    said = [re.findall(r'verdict\(lambda: draw\("(\w+)"', source) for source in sources]
    assert [topic for (topic,) in filter(None, said)] == list(TOPICS)
    assert [path.name[:2] for path, topics in zip(chapters, said, strict=True) if topics] == [
        f"{number:02}" for number in range(1, 14)
    ]


@pytest.mark.parametrize("topic", TOPICS)
def test_every_seed_has_a_sound_task_and_seeds_differ(topic):
    tasks = [draw(topic, seed) for seed in range(100, 300)]
    assert all(value != part.answer for task in tasks for part in task.parts for value, _ in part.mistakes)
    assert len({str(task) for task in tasks[:100]}) == len({str(task) for task in tasks[100:]}) == 100
    practice._hundred.cache_clear()
    assert [str(draw(topic, seed)) for seed in range(299, 200, -1)] == [str(one) for one in tasks[:100:-1]]


@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.parametrize("first", [1, 5000])
def test_forty_seeds_give_forty_sheets(topic, first):
    assert len({str(draw(topic, seed)) for seed in range(first, first + 40)}) == 40


@pytest.mark.parametrize("topic", TOPICS)
def test_a_mistake_that_is_known_is_named(topic):
    for seed in range(20):
        task = draw(topic, seed)
        assert task.fault(task.answers) is None
        assert task.fault([float(one) for one in task.answers]) is None
        assert task.fault(None).endswith(f"Seed {seed} asks:\n{task}")
        for number, part in enumerate(task.parts):
            for value, why in part.mistakes:
                given = [*task.answers[:number], value, *task.answers[number + 1 :]]
                said = task.fault(given)
                wrong, question = said.split("\n", 1)
                assert wrong.startswith(f"({'abc'[number]}) is not {value}: ") and why in wrong
                assert question == f"Seed {seed} asks:\n{task}"


def test_tasks_stay_as_they_are():
    """A key that was printed once is good for ever."""
    assert draw("counting", 1).answers == (60, 6, 1)
    assert draw("codes", 1).answers == (Fraction(9, 14), Fraction(165, 364), Fraction(129, 364))
    assert str(draw("permutation", 1)).startswith("Four features in six neurons, 0 to 5, the same code")


@pytest.mark.parametrize(
    "bad", [1, (1, 2), (1, 2, 3, 4), ("1", 2, 3), (1, 2, True), (1, 2, math.inf), (1, None, 2)]
)
def test_bad_answers_are_named(bad):
    with pytest.raises(ValueError, match="answers: expected 3 numbers"):
        draw("codes", 1).fault(bad)


def test_bad_topics_and_seeds_are_named():
    with pytest.raises(ValueError, match="topic: expected one of superposition, "):
        draw("alchemy", 1)
    for bad in (-1, 1.5, "1", None, True):
        with pytest.raises(ValueError, match="seed: expected a whole number"):
            draw("codes", bad)


def test_a_key_answers_every_sheet_and_names_its_mistakes():
    topics = ["codes", "influence"]
    asked, told = sheets([3, 5000], topics), key([3, 5000], topics)
    assert asked.count("## Sheet") == told.count("### Sheet") == 2 and "Key" not in asked
    for seed in (3, 5000):
        sheet = told.split(f"### Sheet {seed}\n\n")[1].split("\n\n")[0].splitlines()
        parts = [part for topic in topics for part in draw(topic, seed).parts]
        assert len(sheet) == len(parts) == 6
        for line, part in zip(sheet, parts, strict=True):
            assert f"**{part.answer}**" in line and part.question in asked
            assert all(f"{value}: {said}" in line and said not in asked for value, said in part.mistakes)


def test_the_command_prints_them(capsys):
    main(["4:6", "codes"])
    both = sheets([4, 5, 6], ["codes"]) + "\n" + key([4, 5, 6], ["codes"])
    assert capsys.readouterr().out == both
    for only, made in (("sheets", sheets), ("key", key)):
        main(["4:6", "codes", "--only", only])
        assert capsys.readouterr().out == made([4, 5, 6], ["codes"])
    run = [sys.executable, "-m", "superpos_lib.practice", "1,2", "--only", "sheets"]
    printed = subprocess.run(run, capture_output=True, text=True, check=True).stdout
    assert printed == sheets([1, 2], list(TOPICS))
    for bad in (["x"], ["1", "alchemy"], ["5:"]):
        with pytest.raises(SystemExit):
            main(bad)
        assert "expected" in capsys.readouterr().err
