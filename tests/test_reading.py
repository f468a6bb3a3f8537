"""Reading weights: constructions, where the truth is known, random weights, and anybody's files."""

import subprocess
import sys

import numpy as np
import pytest

from superpos_lib import (
    Layer,
    Network,
    Permutation,
    SuperposedNetwork,
    TwoAnd,
    clique,
    double_heavy,
    double_light,
    hubs,
    matching,
    mixed,
    naive_two_and,
    permutation_network,
    power_law,
    random_two_and,
    super_heavy,
    two_and_network,
    u_and,
    verify,
)
from superpos_lib.reading import (
    auc,
    channels,
    computed_pairs,
    from_arrays,
    lift,
    listens,
    load,
    load_pairs,
    main,
    pair_lifts,
    pair_scores,
    read,
)
from superpos_lib.training import train
from superpos_lib.two_and.assembly import recode
from superpos_lib.two_and.channels import listeners


def rng(seed=0):
    return np.random.default_rng(seed)


LIGHT, POWER = matching(60), power_law(40, 60, rng=rng(1))
BUILT = {
    "double_light": (double_light(LIGHT, 50, v=2, rng=rng()), LIGHT),
    "double_light v=3": (double_light(LIGHT, 90, v=3, rng=rng()), LIGHT),
    "double_heavy": (double_heavy(clique(16), 200, v=2, rng=rng()), clique(16)),
    "mixed": (mixed(hubs(2, 20), 90, v=2, rng=rng()), hubs(2, 20)),
    "super_heavy": (super_heavy(hubs(3, 20), 120, v=2, rng=rng()), hubs(3, 20)),
    "super_heavy v=3": (super_heavy(hubs(3, 20), 160, v=3, rng=rng()), hubs(3, 20)),
    "two_and_network": (two_and_network(POWER, v=2, rng=rng()), POWER),
    "two_and_network v=3": (two_and_network(POWER, v=3, neurons=400, rng=rng()), POWER),
    "u_and": (u_and(clique(16), 120, v=2, rng=rng()), clique(16)),
    "naive": (naive_two_and(POWER), POWER),
}


def dense(matrix):
    return matrix if isinstance(matrix, np.ndarray) else matrix.toarray()


@pytest.mark.parametrize("name", BUILT)
def test_the_channels_of_a_construction_are_found_exactly(name):
    net, _ = BUILT[name]
    assert np.array_equal(channels(net), dense(net.code_out.matrix).T == 1)


@pytest.mark.parametrize("name", BUILT)
def test_the_kind_and_the_pairs_of_a_construction_are_found(name):
    net, problem = BUILT[name]
    found = read(net, rng=rng(5), problem=problem)
    served = dense(net.code_out.matrix)
    alone = served.sum() / np.count_nonzero(served.any(axis=1)) < 1.5
    assert found.kind == ("dedicated" if alone else "channel")
    assert verify(net, problem, 2).ok and found.right == 1
    assert found.rows_per_output == net.code_out.weights.mean()


def test_a_recoded_network_is_read_from_the_code_that_its_outputs_are_in():
    net = recode(BUILT["double_light"][0], rng=rng(3))
    assert len(net.network.layers) == 4
    assert np.array_equal(channels(net), dense(net.code_out.matrix).T == 1)
    assert read(net, rng=rng(4)).kind == "channel"


def test_a_permutation_is_read_from_its_code():
    net = permutation_network(Permutation(rng(1).permutation(30)), 60, v=2, rng=rng())
    assert np.array_equal(channels(net), dense(net.code_out.matrix).T == 1)
    assert read(net, rng=rng(2)).kind == "channel"


@pytest.mark.parametrize(
    ("build", "problem", "neurons"),
    [
        (double_light, matching(60), 60),
        (double_heavy, clique(16), 200),
        (mixed, hubs(2, 20), 90),
        (super_heavy, hubs(3, 20), 120),
    ],
)
def test_listeners_are_those_of_the_channels_where_inputs_have_neurons_of_their_own(
    build, problem, neurons
):
    net = build(problem, neurons, v=2, rng=rng())
    wanted = listeners(problem, net.code_out.matrix)
    assert net.code_in.weights.max() == 1
    assert np.array_equal(listens(net), wanted == 1)


def test_what_a_detector_takes_away_is_listened_to_all_the_same():
    net = super_heavy(hubs(3, 20), 80, v=3, rng=rng())
    first, second = net.network.layers
    assert first.outputs - second.outputs == 3
    assert np.array_equal(listens(net), listeners(hubs(3, 20), net.code_out.matrix) == 1)


def test_lift_is_counted_by_hand():
    problem = TwoAnd(4, [(0, 1), (2, 3)])
    W = np.array([[1, 1, 0, 0], [1, 1, 0.2, 0], [0, 0, 1, 0], [0, 0, 0, 1], [-1, 0, 0, 0.0]])
    net = from_arrays(W, np.zeros(5), np.ones((2, 5)))
    assert listens(net).sum(axis=1).tolist() == [2, 2, 1, 1, 0]
    assert pair_lifts(net, problem).tolist() == [2 / (2 * 2 / 5), 0.0]
    assert lift(net, problem) == 1.25
    silent = from_arrays(np.zeros((5, 4)), np.zeros(5), np.ones((2, 5)))
    assert np.isnan(pair_lifts(silent, problem)).all() and np.isnan(lift(silent, problem))


def test_light_partners_share_and_the_columns_of_random_sets_do_not():
    light = double_light(matching(60), 60, v=2, rng=rng())
    heavy = double_heavy(clique(16), 400, v=2, rng=rng())
    assert lift(light, matching(60)) == pytest.approx(60 / 6 if light.code_out.weights[0] == 6 else 60 / 2)
    assert 0.8 < lift(heavy, clique(16)) < 1.2


def test_nothing_is_said_of_random_weights():
    alarms, laws = 0, ("normal", "uniform")
    for seed in range(300):
        random = rng([7, seed])
        rows, m, outputs = random.integers(3, 40, size=3)
        W, V = (
            getattr(random, laws[(seed >> k) % 2])(-1, 1, size=size)
            for k, size in enumerate([(rows, m), (outputs, rows)])
        )
        net = from_arrays(W, random.normal(size=rows), V, v=1)
        alarms += read(net, rng=random).kind != "nothing"
    # At one in a hundred each, more than 9 of 300 come once in a thousand times.
    assert alarms <= 9


def test_untrained_weights_are_nothing_and_trained_ones_something():
    problem = matching(24)
    how = {"v": 2, "loss": "entropy", "rate": 0.01}
    before = train(problem, 10, steps=0, rng=rng(), **how)
    after = train(problem, 10, steps=2000, rng=rng(), **how)
    assert read(before, rng=rng(1)).kind == "nothing"
    found = read(after, rng=rng(1), problem=problem)
    assert verify(after, problem, 2).ok
    assert found.kind in ("channel", "dense") and found.right == 1


def test_half_a_network_is_nothing():
    net = double_light(matching(128), 48, v=2, rng=rng())
    assert read(net, rng=rng(1)).kind == "channel"
    first, second = net.network.layers
    shuffled = second.factors[0][rng(9).permutation(second.outputs)]
    broken = SuperposedNetwork(
        net.code_in, Network((first, Layer((shuffled,), second.bias))), net.code_out, 2
    )
    assert read(broken, rng=rng(1)).kind == "nothing"


def test_scores_and_auc_by_hand():
    random = rng(3)
    W, b = random.normal(size=(7, 6)), random.normal(size=7)
    scores = pair_scores(from_arrays(W, b, np.ones((2, 7))))
    relu = lambda x: np.maximum(x, 0)  # noqa: E731
    by_hand = sum(
        relu(W[r, 1] + W[r, 4] + b[r]) - relu(W[r, 1] + b[r]) - relu(W[r, 4] + b[r]) + relu(b[r])
        for r in range(7)
    )
    assert scores[1, 4] == pytest.approx(by_hand) and np.array_equal(scores, scores.T)
    problem = random_two_and(6, 5, rng=rng(4))
    pairs = {tuple(sorted(pair)) for pair in problem.pairs.tolist()}
    others = [(a, b) for a in range(6) for b in range(a) if (b, a) not in pairs]
    ahead = [(scores[p] > scores[q]) + 0.5 * (scores[p] == scores[q]) for p in pairs for q in others]
    assert auc(scores, problem) == pytest.approx(np.mean(ahead))
    assert auc(np.zeros((6, 6)), problem) == 0.5


# --- anybody's weights

W, B, V, C = np.array([[1.0, 1, 0], [0, 1, 1]]), np.array([-1.0, -1]), np.eye(2), np.zeros(2)


@pytest.mark.parametrize(
    "named",
    [
        {"W": W, "b": B, "V": V, "c": C},
        {"V": V, "W": W, "b": B},
        {"fc1.weight": W, "fc1.bias": B, "fc2.weight": V, "fc2.bias": C},
        {"0.weight": W, "0.bias": B, "2.weight": V},
        {"model.10.weight": V, "model.10.bias": C, "model.2.weight": W, "model.2.bias": B},
        {"W1": W, "b1": B, "W2": V, "b2": C},
        {"Dense_0.kernel": W.T, "Dense_0.bias": B, "Dense_1.kernel": V.T, "Dense_1.bias": C},
        {"weight_1": W, "bias_1": B, "weight_2": V, "steps": np.array(7)},
    ],
)
def test_arrays_by_many_names(named, tmp_path):
    np.savez(tmp_path / "net.npz", **named)
    net = load(tmp_path / "net.npz")
    assert computed_pairs(net).tolist() == [[0, 1], [1, 2]]
    assert net.predict([1, 1, 0]).tolist() == [True, False]


def test_a_state_dict_of_pytorch(tmp_path):
    torch = pytest.importorskip("torch")
    model = torch.nn.Sequential(torch.nn.Linear(3, 5), torch.nn.ReLU(), torch.nn.Linear(5, 2))
    torch.save(model.state_dict(), tmp_path / "net.pt")
    x = rng(1).normal(size=3)
    wanted = model(torch.tensor(x, dtype=torch.float32)).detach().numpy()
    assert np.allclose(load(tmp_path / "net.pt").network(x), wanted, atol=1e-5)


BAD = {
    "no zip.npz": b"hello",
    "empty.npz": b"",
    "weights.txt": b"1 2",
    "net.pt": b"hello",
}


@pytest.mark.parametrize("name", BAD)
def test_bad_files_are_named(name, tmp_path, capsys):
    (tmp_path / name).write_bytes(BAD[name])
    with pytest.raises(ValueError, match=r"^path: expected"):
        load(tmp_path / name)
    assert main([str(tmp_path / name)]) == 2
    assert "path: expected" in capsys.readouterr().err


@pytest.mark.parametrize(
    "named",
    [
        {"W": W, "b": B, "V": np.eye(3)},
        {"W": W},
        {"a.weight": W, "b.weight": np.eye(5)},
        {"W": np.array(["a"]), "V": V},
        {"W": W, "b": np.ones(3), "V": V},
        {"W": W * np.nan, "V": V},
        {"W": np.array([None, 1], dtype=object), "V": V},
    ],
)
def test_arrays_that_are_no_network_are_named(named, tmp_path):
    np.savez(tmp_path / "net.npz", **named)
    with pytest.raises(ValueError, match=r"^[a-zA-Z]+: expected"):
        load(tmp_path / "net.npz")


@pytest.mark.parametrize(
    "text", ["0,1\n1,2\n", "a;b\n0;1\n1;2\n", "# pairs\n0 1\n\n1\t2\n", "\ufeffa,b\r\n0,1\r\n1,2\r\n"]
)
def test_pairs_in_text(text, tmp_path):
    (tmp_path / "pairs.csv").write_text(text, encoding="utf-8", newline="")
    assert load_pairs(tmp_path / "pairs.csv", 3).pairs.tolist() == [[0, 1], [1, 2]]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("0,1\n1,x\n", "line 2"),
        ("0,1,2\n", "line 1"),
        ("", "pairs: expected"),
        ("0,9\n", "pairs: expected inputs from 0 to 2"),
    ],
)
def test_bad_pairs_are_named(text, said, tmp_path):
    (tmp_path / "pairs.csv").write_text(text)
    with pytest.raises(ValueError, match=said):
        load_pairs(tmp_path / "pairs.csv", 3)


def test_the_command_prints_what_is_read(tmp_path):
    problem = random_two_and(20, 24, rng=rng(1))
    net = train(problem, 14, v=2, loss="entropy", steps=2500, rate=0.01, rng=rng(2))
    assert verify(net, problem, 2).ok
    first, last = net.network.layers
    np.savez(tmp_path / "net.npz", W=first.factors[0], b=first.bias, V=last.factors[0], c=last.bias)
    np.save(tmp_path / "pairs.npy", problem.pairs)
    command = [sys.executable, "-W", "error", "-m", "superpos_lib.reading", str(tmp_path / "net.npz")]
    run = subprocess.run(
        [*command, "--pairs", str(tmp_path / "pairs.npy")], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0 and run.stderr == ""
    assert "20 inputs, 14 rows, 24 outputs" in run.stdout and "of their pair most: 100.0%" in run.stdout
    alone = subprocess.run(command, capture_output=True, text=True, check=False)
    low, high = sorted(problem.pairs[3].tolist())
    assert f"3: {low} {high}" in alone.stdout.splitlines()
    missing = subprocess.run(
        [*command, "--pairs", "nowhere.csv"], capture_output=True, text=True, check=False
    )
    assert missing.returncode == 2 and "expected a file that exists; got nowhere.csv" in missing.stderr


def test_what_is_no_network_for_reading_is_named():
    code = BUILT["double_light"][0].code_in
    straight = Network((Layer((np.eye(50),), np.zeros(50), relu=False),))
    line = SuperposedNetwork(code, straight, code, 2)
    with pytest.raises(ValueError, match=r"^network: expected one with a layer of ReLUs"):
        channels(line)
    with pytest.raises(ValueError, match=r"^problem: expected 60 inputs"):
        lift(BUILT["double_light"][0], matching(10))
    with pytest.raises(ValueError, match=r"^problem: expected 30 pairs"):
        read(BUILT["double_light"][0], rng=rng(), problem=TwoAnd(60, [(0, 1)]))
    with pytest.raises(ValueError, match=r"^share: expected a number above 0 and below 1"):
        channels(BUILT["double_light"][0], share=1)
