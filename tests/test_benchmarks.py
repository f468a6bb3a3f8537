"""The engine of the benchmarks: nothing is measured twice, nothing lost; small measurements, checked."""

import itertools
import json
import math
import os
import pathlib
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import distributed
import numpy as np
import pytest
from some import some

from benchmarks import (
    bits,
    capacity,
    circuits,
    core,
    defaults,
    ideas,
    lengths,
    million,
    soundness,
    speed,
    training,
)
from superpos_lib import double_light, random_two_and, targeted_sparse, two_and_bits, verify
from superpos_lib.training import train

ROOT = pathlib.Path(core.__file__).parent.parent
# Seconds after which something is taken for hung, on a machine that is busy otherwise, too.
PATIENCE = 300
SWEEP = '''
"""A sweep of squares, which writes down when it starts and ends one."""
import os, pathlib, time
from benchmarks.core import columns

def tasks():
    return [{"number": number, "sleep": float(os.environ["SQUARES_SLEEP"])} for number in range(12)]

def note(word, number):
    with open(os.environ["SQUARES_LOG"], "a") as file:
        file.write(f"{word} {number} {os.getpid()}\\n")

def measure(task):
    note("start", task["number"])
    if pathlib.Path(os.environ["SQUARES_LOG"]).with_suffix(f".{task['number']}").exists():
        raise ArithmeticError("odd day")
    time.sleep(task["sleep"])
    note("end", task["number"])
    return {"square": task["number"] ** 2}

def table(records):
    return columns(["number", "square"], [(r["task"]["number"], r["result"]["square"]) for r in records])
'''


@pytest.fixture
def squares(tmp_path, monkeypatch):
    """The sweep's folder: it logs to squares.log, and fails at a number if squares.<number> exists."""
    (tmp_path / "squares.py").write_text(SWEEP)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "squares", raising=False)
    monkeypatch.setenv("SQUARES_LOG", str(tmp_path / "squares.log"))
    monkeypatch.setenv("SQUARES_SLEEP", "0")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), str(ROOT)]))
    return tmp_path


def log(folder, word):
    """(number, process) of every line that starts with the word."""
    path = folder / "squares.log"
    lines = path.read_text().splitlines() if path.exists() else []
    return [tuple(map(int, line.split()[1:])) for line in lines if line.startswith(word)]


def go(folder, tasks=None):
    import squares

    tasks = squares.tasks() if tasks is None else tasks
    with ThreadPoolExecutor(2) as executor:
        return core.run("squares", tasks, folder / "out.jsonl", executor, "python -m squares")


def test_every_task_is_measured_once_and_comes_back_in_order(squares):
    import squares as sweep

    records = go(squares, sweep.tasks()[:5]) and go(squares)
    assert [record["result"]["square"] for record in records] == [n**2 for n in range(12)]
    assert sorted(number for number, _ in log(squares, "start")) == list(range(12))
    assert len((squares / "out.jsonl").read_text().splitlines()) == 12
    for record in records:
        assert record["run"]["command"] == "python -m squares" and record["machine"]["cores"] >= 1


def test_a_line_that_was_cut_short_is_measured_again_and_spoils_nothing(squares):
    go(squares)
    path = squares / "out.jsonl"
    path.write_text(path.read_text()[:-30])
    assert len(core.finished(path)) == 11
    records = go(squares)
    assert [record["result"]["square"] for record in records] == [n**2 for n in range(12)]
    assert len(log(squares, "start")) == 13 and len(core.finished(path)) == 12
    lines = path.read_text().splitlines()
    path.write_text("\n".join([lines[0], lines[1][:-30], *lines[2:]]) + "\n")
    with pytest.raises(ValueError, match="line 2: expected a record"):
        core.finished(path)


def test_what_fails_is_named_and_the_rest_is_kept(squares):
    (squares / "squares.7").touch()
    with pytest.raises(RuntimeError, match=r"1 of 12 tasks failed:\n.*7.*ArithmeticError: odd day"):
        go(squares)
    assert len(core.finished(squares / "out.jsonl")) == 11
    (squares / "squares.7").unlink()
    assert go(squares)[7]["result"] == {"square": 49}
    assert len(log(squares, "start")) == 13


def call(*arguments, **how):
    words = [sys.executable, "-c", "from benchmarks.core import main; main('squares')", *arguments]
    return subprocess.Popen(
        words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **how
    )


def test_the_command_line_chooses_tasks_and_prints_their_table(squares):
    done = call(
        "--workers", "2", "--out", str(squares / "out.jsonl"), "--only", "number=3,5,40", "number<=9"
    )
    out, err = done.communicate(timeout=PATIENCE)
    assert done.returncode == 0, err
    assert out.split() == ["number", "square", "3", "9", "5", "25"]
    commands = {record["run"]["command"] for record in core.finished(squares / "out.jsonl").values()}
    assert len(commands) == 1 and commands.pop().endswith("--only number=3,5,40 'number<=9'")
    done = call("--only", "number=99", "--out", str(squares / "out.jsonl"))
    assert "no task" in done.communicate(timeout=PATIENCE)[1] and done.returncode == 1


def test_a_run_that_is_interrupted_stops_soon(squares, monkeypatch):
    monkeypatch.setenv("SQUARES_SLEEP", "1")
    out = squares / "out.jsonl"
    # Where tests run in the background, what they start would not hear of interruptions.
    heard = {"preexec_fn": lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)}
    with call("--workers", "1", "--out", str(out), **heard) as run:
        try:
            wait_for(lambda: len(core.finished(out)) >= 2)
            run.send_signal(signal.SIGINT)
            _, err = run.communicate(timeout=PATIENCE)
        finally:
            run.kill()
    assert run.returncode == 1 and "goes on from there" in err
    assert 2 <= len(core.finished(out)) <= len(log(squares, "start")) < 12


def wait_for(what, seconds=PATIENCE):
    end = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < end, "nothing came"
        time.sleep(0.02)
    return found


def test_a_dask_cluster_measures_the_same_and_loses_nothing_with_a_killed_worker(squares, monkeypatch):
    monkeypatch.setenv("SQUARES_SLEEP", "0.3")
    dask, place = [sys.executable, "-m", "dask"], squares / "scheduler.json"
    quiet = {"cwd": squares, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    words = ["scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--no-show"]
    cluster = [subprocess.Popen([*dask, *words, "--scheduler-file", str(place)], **quiet)]
    words = ["worker", "--scheduler-file", str(place), "--no-nanny", "--no-dashboard", "--nthreads", "1"]
    try:
        cluster += [subprocess.Popen([*dask, *words], **quiet) for _ in range(2)]
        address = json.loads(wait_for(lambda: place.exists() and place.read_text()))["address"]
        driver = call("--dask", address, "--out", str(squares / "out.jsonl"))
        cluster.append(driver)
        victim = cluster[1].pid

        def in_the_middle():
            begun = [number for number, process in log(squares, "start") if process == victim]
            return len(begun) >= 2 and {number for number, _ in log(squares, "end")}.isdisjoint(begun[-1:])

        wait_for(in_the_middle)
        os.kill(victim, signal.SIGKILL)
        out, err = driver.communicate(timeout=PATIENCE)
    finally:
        for process in cluster:
            process.kill()
            process.wait()
    assert driver.returncode == 0, err
    assert out.split()[2:] == [str(k) for n in range(12) for k in (n, n * n)]
    assert len(core.finished(squares / "out.jsonl")) == 12
    lost = {n for n, process in log(squares, "start") if process == victim}
    lost -= {n for n, process in log(squares, "end") if process == victim}
    assert lost, "the worker was not killed in the middle of a task"
    assert lost <= {n for n, process in log(squares, "end") if process == cluster[2].pid}


def test_a_result_counts_even_if_its_worker_is_gone_when_it_has_come(monkeypatch):
    def measured(number):
        return {"result": 12 // number, "seconds": 0.1, "machine": {}}

    client = distributed.Client(processes=False, n_workers=1, dashboard_address=None)
    with client, client.cluster, core.DaskExecutor(client) as executor:
        with monkeypatch.context() as gone:
            gone.setattr(distributed.Future, "status", "lost")
            assert executor.submit(measured, 3).result(60)["result"] == 4
        with pytest.raises(ZeroDivisionError):
            executor.submit(measured, 0).result(60)


# --- what is measured


@pytest.mark.parametrize("start", [1, 7, 60, 500, 5_000])
def test_the_search_finds_the_edge(start):
    for edge in [1, 2, 9, 55, 56, 57, 490, 1_000]:
        tried = []

        def passes(n, edge=edge, tried=tried):
            tried.append(n)
            return n >= edge

        found = capacity.search(passes, start, 1_000)
        assert edge <= found <= max(edge + 1, edge * (1 + capacity.PRECISION)) and found <= 1_000
        assert max(tried, default=0) < 1_000, "a width that is known to work was tried"


def test_the_lower_bound_is_the_smallest_network_that_holds_the_bits():
    for task in some(task for task in capacity.tasks() if task["kind"] == "lower"):
        m = task["outputs"]
        for size, n in some(capacity.measure(task)["by_parameter_bits"].items()):
            held = [2 * int(size) * width * (width + 1) for width in (n - 1, n)]
            assert held[0] < two_and_bits(m, m) <= held[1]


def test_a_measured_width_is_right_on_other_inputs_and_half_of_it_is_not():
    task = {"kind": "double_light", "outputs": 316, "v": 2, "seed": 0, "count": 2_000, "right": 0.999}
    n = capacity.measure(task)["neurons"]
    problem = random_two_and(316, 316, rng=np.random.default_rng([0, 316]))
    wrong = []
    for width in (n, n // 2):
        rng = np.random.default_rng([0, width])
        net = double_light(problem, width, v=2, rng=rng)
        other = np.random.default_rng(99)
        wrong.append(verify(net, problem, 2, "sampled", count=1_000, rng=other).failure_rate)
    assert wrong[0] <= 0.01 < 0.1 < wrong[1]


def test_a_certified_width_is_right_on_every_input():
    n = capacity.measure({"kind": "certified", "outputs": 100, "v": 2, "seed": 1})["neurons"]
    problem = random_two_and(100, 100, rng=np.random.default_rng([1, 100]))
    net = double_light(problem, n, v=2, rng=np.random.default_rng([1, n]))
    assert n < 100 and verify(net, problem, 2).ok


def test_rounded_weights_are_few_integers_and_bits_are_counted_as_shannon_does():
    task = {"outputs": 1_000, "v": 2, "weights": "exact", "neurons": 709, "seed": 0}
    result = bits.measure({**task, "count": 2_000, "right": 0.999})
    assert result["floor"] == two_and_bits(1_000, 1_000) < result["listed"] < result["entropy"]
    assert result["entropy"] < 709**2 * math.log2(result["kinds"]) < result["floats"] / 3
    assert abs(result["xz"] / result["entropy"] - 1) < 0.2
    assert bits._count(np.array([[0, 0], [1, 5]]))["bits_per_weight"] == 1.5


def test_plain_integers_are_the_overlaps_of_code_words():
    rng = np.random.default_rng(0)
    problem = random_two_and(400, 400, rng=rng)
    net = double_light(problem, 350, v=2, rng=rng)
    seen = []
    original, bits_passes = bits._count, bits._passes
    bits._count = lambda integers: seen.append(integers) or original(integers)
    bits._passes = lambda *_: True
    try:
        bits.plain(net, problem, {})
    finally:
        bits._count, bits._passes = original, bits_passes
    channels, C = (np.asarray(code.matrix) for code in (net.code_out, net.code_in))
    for row in (0, 17, 349):
        heard = np.unique(problem.pairs[channels[row] > 0])
        assert (seen[0][row] == C[:, heard].sum(axis=1)).all()


def test_speed_measures_one_network_in_a_process_of_its_own():
    task = {"problem": "random", "inputs": 1_000, "outputs": 1_000, "v": 2, "seed": 0, "count": 300}
    result = speed.measure(task)
    assert result["failures"] == 0 and result["checked"] == 300 and result["neurons"] < 1_000
    assert 20 < result["megabytes"]["build"] <= result["megabytes"]["verify"] < 1_000
    assert min(result["seconds"].values()) > 0
    with pytest.raises(RuntimeError, match="m: expected a whole number, at least 2; got 1"):
        speed.measure({**task, "inputs": 1})


def test_no_network_of_default_width_that_was_attacked_is_wrong():
    """Stored for v = 1, 2 and 3, but for one of the largest."""
    stored = core.finished(core.RESULTS / "defaults.jsonl")
    asked = {core.key(task) for task in defaults.tasks() if task["v"] <= 3}
    assert set(stored) <= asked and len(asked) - 1 <= len(stored)
    results = [record["result"] for record in stored.values()]
    assert [one for one in results if one["wrong"]] == []
    assert {one["proof"] for one in results} >= {"dedicated", "certificate", "climbing"}
    assert sum(one["tried"] for one in results) > 250_000_000


@pytest.mark.parametrize(
    "sweep",
    [bits, capacity, circuits, ideas, lengths, million, soundness, speed, training],
    ids=lambda s: s.__name__,
)
def test_every_task_of_a_sweep_has_its_result_with_its_origin(sweep):
    path = core.RESULTS / f"{sweep.__name__.split('.')[-1]}.jsonl"
    records = core.finished(path)
    assert records, f"no results at {path.name}"
    asked = {core.key(task) for task in sweep.tasks()}
    assert set(records) == asked
    for record in records.values():
        assert record["run"]["command"].startswith(f"python -m {sweep.__name__}")
        assert len(record["run"]["commit"]) == 40 and record["run"]["date"] > "2026"
        assert "/" not in record["run"]["command"] and record["machine"]["cores"] >= 1
    assert sweep.table(list(records.values())).count("\n") >= 3


def test_a_small_circuit_of_the_sweep():
    task = {"kind": "turning", "gates": 60, "layers": 2, "v": 2, "neurons": 60, "clip": True}
    result = circuits.measure({**task, "seed": 0, "count": 200})
    assert result["failures"] == 0 and result["levels"] == [0.0, 0.0]
    poor = circuits.measure({**task, "neurons": 20, "seed": 0, "count": 200})
    assert poor["failures"] > 0 and poor["levels"][0] > 0


@pytest.mark.parametrize("kind", lengths.KINDS)
def test_networks_of_the_sweep_have_channels_of_the_length_asked_for(kind, monkeypatch):
    built = []

    def build(problem, n, **how):
        built.append(double_light(problem, n, **how))
        return built[-1]

    monkeypatch.setitem(capacity.BUILD, kind, build)
    sample = {"count": 200, "right": 0.99} if kind == "double_light" else {}
    task = {"kind": kind, "outputs": 120, "v": 2, "seed": 0, "channel": 4, **sample}
    record = {"task": task, "result": lengths.measure(task)}
    assert built and all((net.code_out.weights == 4).all() for net in built)
    assert [tried["neurons"] for tried in record["result"]["tried"]] == sorted(n.neurons for n in built)
    n = str(record["result"]["neurons"])
    widths = [n, "-"] if kind == "double_light" else ["-", n]
    assert lengths.table([record]).split("\n")[1].split() == ["120", "2", "4", *widths]


def test_problems_of_the_training_sweep():
    both = training.both_kinds(3, 4)
    assert both.pairs.tolist()[:3] == [[0, 1], [2, 3], [4, 5]] and both.outputs == 3 + 6
    assert both.influence.tolist() == [1] * 6 + [3] * 4
    rest = {tuple(pair) for pair in training.others(both).pairs.tolist()}
    own = {tuple(sorted(pair)) for pair in both.pairs.tolist()}
    assert not rest & own and len(rest | own) == 45
    assert len({core.key(task) for task in training.tasks()}) == len(training.tasks()) == 208


@pytest.mark.parametrize("loss", ["squared", "entropy"])
@pytest.mark.parametrize("task", [{"kind": "influence", "outputs": 12, "influence": 2}, {"kind": "both"}])
def test_what_is_counted_of_a_trained_network(task, loss, monkeypatch):
    trained = []
    monkeypatch.setattr(training, "train", lambda *a, **k: trained.append(train(*a, **k)) or trained[-1])
    recipe = {"neurons": 6, "v": 2, "steps": 300, "batch": 32, "loss": loss, "seed": 1}
    found = training.measure({**task, "light": 4, "heavy": 4, **recipe})
    (net,), problem = trained, training._problem({**task, "light": 4, "heavy": 4, "seed": 1})
    wrong = 0
    for active in itertools.chain.from_iterable(itertools.combinations(range(12), k) for k in range(3)):
        y = np.isin(np.arange(12), active)
        wrong += (net.predict(y) != y[problem.pairs].all(axis=1)).any()
    assert found["wrong"] == wrong and problem.inputs == 12
    W = net.network.layers[0].factors[0]
    heard = np.maximum(W.max(axis=1, keepdims=True) / 4, 0) < W
    lifts = [
        6 * (heard[:, a] & heard[:, b]).sum() / (heard[:, a].sum() * heard[:, b].sum())
        if heard[:, a].any() and heard[:, b].any()
        else np.nan
        for a, b in problem.pairs
    ]
    assert found["lift"] == pytest.approx(np.nanmean(lifts))
    if task["kind"] == "both":
        assert found["light"] == pytest.approx(np.nanmean(lifts[:4]))
        assert found["heavy"] == pytest.approx(np.nanmean(lifts[4:]))
    record = {"task": {**task, **recipe}, "result": found}
    assert training.table([record]).split("\n")[1].split()[0] == task["kind"]


@pytest.mark.parametrize("reading", ["own", "code"])
def test_the_smallest_trained_width_is_the_smallest_that_passed(reading):
    task = {"kind": "width", "outputs": 8, "loss": "fourth", "reading": reading, "seed": 0}
    task |= {"v": 2, "steps": 500, "batch": 64}
    found = training.measure(task)
    passed = [one["neurons"] for one in found["tried"] if one["passed"]]
    assert found["neurons"] == min([*passed, 8]) and all(one["checked"] == 37 for one in found["tried"])
    assert all(one["passed"] == (one["failures"] == 0) for one in found["tried"])
    assert training.table([{"task": task, "result": found}]).split()[-1] == str(found["neurons"])


def combination(**changes):
    task = {"outputs": 200, "v": 2, "weights": "exact", "reading": "late", "deal": "even", "channel": 6}
    return {**task, "seed": 0, "count": 200, "right": 0.99, **changes}


@pytest.mark.parametrize(("v", "channel"), [(2, 6), (3, 10)])
def test_all_ideas_together_are_the_librarys_construction(v, channel):
    problem = random_two_and(200, 200, rng=np.random.default_rng(5))
    ours = double_light(problem, 90, v=v, rng=np.random.default_rng(1))
    net = ideas.build(combination(v=v, channel=channel), problem, 90, rng=np.random.default_rng(1))
    assert np.array_equal(net.code_in.matrix, ours.code_in.matrix)
    assert np.array_equal(net.code_out.matrix, ours.code_out.matrix)
    X = np.random.default_rng(2).random((90, 50))
    assert np.allclose(net.network(X), ours.network(X), rtol=0, atol=1e-9)


@pytest.mark.parametrize("weights", ideas.WEIGHTS)
@pytest.mark.parametrize("reading", ideas.READINGS)
@pytest.mark.parametrize("deal", ["even", "random"])
def test_what_rows_hear_and_how_they_are_read(weights, reading, deal):
    task = combination(weights=weights, reading=reading, deal=deal, channel=8)
    problem = random_two_and(200, 200, rng=np.random.default_rng(5))
    net = ideas.build(task, problem, 90, rng=np.random.default_rng(1))
    C, S = net.code_in.matrix, net.code_out.matrix
    assert (S.sum(axis=0) == 8).all() and (C.sum(axis=0) == 8).all()
    assert (np.ptp(S.sum(axis=1)) <= 1) == (np.ptp(C.sum(axis=1)) <= 1) == (deal == "even")
    listens = np.zeros((90, 200))
    for output, pair in enumerate(problem.pairs):
        listens[np.ix_(S[:, output] > 0, pair)] = 1
    y = np.isin(np.arange(200), [*problem.pairs[0]]).astype(float)
    x = C @ y
    if weights in ("exact", "quietest"):
        first = net.network.layers[0]
        cut = {"relu": (-1.0, 1.0), "middle": (3.5, -2.0), "late": (8.0, -4.0)}[reading]
        s = (first.trace(x).pre_activation - cut[0]) / cut[1]
        assert np.allclose(s[S[:, 0] > 0], 2, atol=0.01)
    else:
        s = listens @ (C.T @ x / 8) - (weights == "centred") * listens.sum(axis=1) * 16 / 90
    off, on = {"relu": (1, np.inf), "middle": (1.25, 1.75), "late": (1.75, 2.0)}[reading]
    h = np.maximum(s - 1, 0) if reading == "relu" else np.clip((s - off) / (on - off), 0, 1)
    assert np.allclose(net.trace(y).read_out, S.T @ h / 8, atol=1e-9)


def test_the_best_threshold_of_a_list_is_taken():
    task, problem = combination(), random_two_and(200, 200, rng=np.random.default_rng([0, 200]))
    tried = ideas.try_width(task, problem, 70)
    rng = np.random.default_rng([0, 70])
    net = ideas.build(task, problem, 70, rng=rng)
    Y = targeted_sparse(problem, 2, 200, rng=rng)
    read, truth = net.code_out.decompress(net.network(net.code_in.compress(Y))), problem.truth(Y)
    failures = [sum(((read[:, j] > t) != truth[:, j]).any() for j in range(200)) for t in ideas.READ_OUTS]
    assert tried["failures"] == min(failures) < max(failures)
    assert tried["read_out"] == ideas.READ_OUTS[failures.index(min(failures))]
    found = ideas.measure(task)
    assert found["neurons"] == min(t["neurons"] for t in found["tried"] if t["passed"])
    listed = ideas.tasks()
    assert len(listed) == len({core.key(task) for task in listed}) == 3 * 27 + 2 * 2 * 3
    record = {"task": {**task, "outputs": 1_000}, "result": found}
    assert ideas.table([record]).split()[-7:-1] == [
        "1,000",
        "2",
        "even",
        "exact",
        "late",
        str(found["neurons"]),
    ]
