"""Training: its gradients against differences and PyTorch, and what it returns against every input."""

import itertools

import numpy as np
import pytest

from superpos_lib import (
    Layer,
    Network,
    Permutation,
    SuperposedNetwork,
    constant_weight_code,
    double_heavy,
    double_light,
    hubs,
    matching,
    random_two_and,
    super_heavy,
    training,
    verify,
)
from superpos_lib.training import LOSSES, loss_and_gradients, train, training_steps


def rng(seed=0):
    return np.random.default_rng(seed)


def random_network(widths, seed):
    random = rng(seed)
    layers = [
        Layer((random.normal(size=(high, wide)),), random.normal(size=high), relu=k < len(widths) - 2)
        for k, (wide, high) in enumerate(itertools.pairwise(widths))
    ]
    return Network(tuple(layers))


def changed(network, layer, place, by):
    """The same network with one weight, at (row, column), or one bias, at (row,), moved."""
    layers = list(network.layers)
    W, b = layers[layer].factors[0].copy(), layers[layer].bias.copy()
    (W if len(place) == 2 else b)[place] += by
    layers[layer] = Layer((W,), b, layers[layer].relu)
    return Network(tuple(layers))


def loss_by_hand(network, X, T, loss):
    z = network(X)
    each = {
        "squared": lambda: (z - T) ** 2,
        "fourth": lambda: (z - T) ** 4,
        "entropy": lambda: -(T * np.log(1 / (1 + np.exp(-z))) + (1 - T) * np.log(1 / (1 + np.exp(z)))),
    }[loss]()
    return each.sum(axis=0).mean()


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("widths", [(5, 4, 3), (6, 5, 4, 3), (3, 2)])
@pytest.mark.parametrize("coded", [False, True])
def test_gradients_are_those_of_finite_differences(loss, widths, coded):
    network = random_network(widths, 1)
    Y = rng(2).random((2 * widths[0], 7)) < 0.4
    code = constant_weight_code(len(Y), widths[0], 2, rng=rng(3))
    X = code.compress(Y) if coded else rng(4).normal(size=(widths[0], 7))
    T = rng(5).random((widths[-1], 7)) < 0.4
    value, gradients = loss_and_gradients(network, X, T, loss)
    assert value == pytest.approx(loss_by_hand(network, X, T, loss))
    step, checked, off = 1e-6, 0, []
    for layer, parts in enumerate(gradients):
        for part in parts:
            for place in np.ndindex(part.shape):
                up = loss_by_hand(changed(network, layer, place, step), X, T, loss)
                down = loss_by_hand(changed(network, layer, place, -step), X, T, loss)
                off.append(abs((up - down) / (2 * step) - part[place]) / (1 + abs(part[place])))
                checked += 1
    assert checked == sum(a * b + b for a, b in itertools.pairwise(widths))
    assert max(off) < 1e-5


@pytest.mark.parametrize("loss", LOSSES)
def test_gradients_are_those_of_pytorch(loss):
    torch = pytest.importorskip("torch")
    network = random_network((6, 8, 5), 1)
    X, T = rng(2).normal(size=(6, 20)), rng(3).random((5, 20)) < 0.3
    weights = [
        torch.tensor(part, requires_grad=True)
        for one in network.layers
        for part in (one.factors[0], one.bias)
    ]
    W, b, V, c = weights
    z = V @ torch.relu(W @ torch.tensor(X) + b[:, None]) + c[:, None]
    target = torch.tensor(T, dtype=torch.float64)
    if loss == "entropy":
        total = torch.nn.functional.binary_cross_entropy_with_logits(z, target, reduction="sum") / 20
    else:
        total = ((z - target) ** (2 if loss == "squared" else 4)).sum() / 20
    total.backward()
    value, gradients = loss_and_gradients(network, X, T, loss)
    assert value == pytest.approx(float(total.detach()))
    found = [part for parts in gradients for part in parts]
    assert all(np.allclose(w.grad.numpy(), g) for w, g in zip(weights, found, strict=True))


def test_entropy_is_finite_however_sure_the_network():
    network = Network((Layer(([[1000.0]],), [0.0], relu=False),))
    value, ((dW, db),) = loss_and_gradients(network, [[1.0, -1.0]], [[0, 1]], "entropy")
    assert value == 1000 and np.isfinite(dW).all() and np.isfinite(db).all()


@pytest.mark.parametrize(("loss", "neurons"), [("entropy", 8), ("fourth", 8), ("squared", 24)])
def test_what_is_trained_is_right_on_every_input(loss, neurons):
    problem = matching(24)
    net = train(problem, neurons, v=2, loss=loss, steps=2500, rate=0.01, rng=rng())
    assert isinstance(net, SuperposedNetwork) and net.network.neurons == neurons
    assert verify(net, problem, 2).ok
    assert net.history[-1, 1] < net.history[0, 1] / 20


def test_more_outputs_than_neurons_of_superposed_inputs():
    problem = random_two_and(30, 30, rng=rng(1))
    code = constant_weight_code(30, 16, 4, rng=rng(2))
    net = train(problem, 16, v=2, loss="entropy", code=code, steps=3000, rate=0.01, rng=rng(3))
    assert net.code_in is code and net.network.inputs == 16
    assert verify(net, problem, 2).ok


def test_outputs_of_a_code_are_read_from_it_and_the_code_stays():
    problem = matching(24)
    codes = [constant_weight_code(features, 16, 4, rng=rng(2)) for features in (24, 12)]
    how = {"code": codes[0], "code_out": codes[1], "steps": 3000, "rate": 0.01}
    net = train(problem, 16, v=2, loss="fourth", rng=rng(3), **how)
    assert net.code_in is codes[0] and net.code_out is codes[1] and net.neurons == 16
    assert [layer.factors[0].shape for layer in net.network.layers] == [(16, 16)] * 2
    assert verify(net, problem, 2).ok


@pytest.mark.parametrize("loss", LOSSES)
def test_the_first_step_with_an_output_code_is_that_of_the_product(loss):
    """Adam's first step is the sign of the gradient: here that of D V, turned over to V by hand."""
    problem, code = matching(12), constant_weight_code(6, 8, 3, rng=rng(2))
    how = {"v": 2, "loss": loss, "code_out": code, "steps": 1, "rate": 1e-4, "batch": 64}
    before, after = training_steps(problem, 5, rng=rng(1), **how)
    (first, last), moved = before.network.layers, after.network.layers
    D = code.decompressor
    product = Network((first, Layer((D @ last.factors[0],), D @ last.bias, relu=False)))
    # The generator has drawn both matrices; then come the inputs.
    drawn = rng(1)
    drawn.normal(size=(5, 12)), drawn.normal(size=(8, 5))
    Y = first_inputs(problem, 64, drawn)
    _, ((dW, db), (dV, dc)) = loss_and_gradients(product, Y.astype(float), problem.truth(Y), loss)
    for old, new, slope in (
        (first.factors[0], moved[0].factors[0], dW),
        (first.bias, moved[0].bias, db),
        (last.factors[0], moved[1].factors[0], D.T @ dV),
        (last.bias, moved[1].bias, D.T @ dc),
    ):
        assert np.allclose(old - new, 1e-4 * slope / (np.abs(slope) + 1e-8 / 0.001**0.5), atol=1e-10)


def first_inputs(problem, batch, drawn):
    """Targeted and other inputs as training draws them: once more, from the same generator."""
    (active,) = itertools.islice(training._batches(problem, 2, batch, 1, drawn), 1)
    Y = np.zeros((problem.inputs, batch), dtype=bool)
    for column, inputs in enumerate(active):
        for j in inputs[inputs < problem.inputs]:
            Y[j, column] = True
    return Y


def test_the_scale_is_that_of_random_weights():
    how = {"v": 2, "loss": "fourth", "steps": 0}
    (one,), (other,) = (training_steps(matching(12), 8, scale=s, rng=rng(), **how) for s in (0.25, 1))
    for small, large in zip(one.network.layers, other.network.layers, strict=True):
        assert np.allclose(4 * small.factors[0], large.factors[0]) and large.factors[0].any()
    # Each sum of an input with v ones has variance 1.
    (net,) = training_steps(matching(400), 300, scale=1, rng=rng(), **how)
    sums = net.network.layers[0].factors[0][:, :2].sum(axis=1)
    assert np.isclose(sums.std(), 1, atol=0.2)


def test_a_trained_network_is_shown_and_joined_as_any_other():
    permutation = Permutation([1, 2, 3, 0])
    net = train(permutation, 6, v=2, loss="entropy", steps=600, rate=0.02, rng=rng())
    assert verify(net, permutation, 2).ok
    assert verify(net, permutation, 2, "sampled", count=50, rng=rng()).ok
    assert net.trace([1, 0, 0, 1]).predicted.tolist() == [False, False, True, True]
    other = SuperposedNetwork(net.code_out, net.network, net.code_out, 2)
    assert (net >> other).history is None


def test_the_generator_decides_alone():
    how = {"v": 2, "loss": "fourth", "steps": 30}
    one, same, other = (train(matching(12), 8, rng=rng(seed), **how) for seed in (1, 1, 2))
    assert all(
        np.array_equal(a.factors[0], b.factors[0])
        for a, b in zip(one.network.layers, same.network.layers, strict=True)
    )
    assert not np.array_equal(one.network.layers[0].factors[0], other.network.layers[0].factors[0])


def test_snapshots_lead_to_what_train_returns():
    how = {"v": 2, "loss": "entropy", "steps": 25, "every": 10}
    nets = list(training_steps(matching(12), 8, rng=rng(), **how))
    last = train(matching(12), 8, rng=rng(), **how)
    assert [net.history[-1, 0] for net in nets] == [0, 10, 20, 25]
    assert np.array_equal(nets[-1].network.layers[1].factors[0], last.network.layers[1].factors[0])
    assert not np.array_equal(nets[0].network.layers[0].bias, nets[1].network.layers[0].bias)
    assert np.array_equal(last.history, nets[-1].history)


def test_no_steps_give_the_start():
    (net,) = training_steps(matching(12), 8, v=2, loss="squared", steps=0, rng=rng())
    assert net.history is None and net.network.neurons == 8


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize(
    ("build", "problem", "neurons"),
    [(double_light, matching(40), 30), (double_heavy, hubs(2, 6), 80), (super_heavy, hubs(2, 12), 60)],
)
def test_a_construction_decides_as_before_until_it_is_trained(build, problem, neurons, loss):
    built = build(problem, neurons, v=2, rng=rng())
    width = built.network.neurons
    (net,) = training_steps(problem, width, v=2, loss=loss, start=built, steps=0, rng=rng(1))
    Y = rng(2).random((problem.inputs, 300)) < 1.5 / problem.inputs
    Y = Y[:, Y.sum(axis=0) <= 2]
    assert Y.shape[1] > 50
    assert np.array_equal(net.predict(Y), built.predict(Y))
    assert len(net.network.layers) == 3


def test_training_a_construction_goes_on_from_it():
    problem = matching(40)
    built = double_light(problem, 12, v=2, rng=rng())
    assert not verify(built, problem, 2).ok
    how = {"v": 2, "loss": "entropy", "rng": rng(1), "rate": 0.01}
    net = train(problem, 12, start=built, steps=1500, **how)
    assert verify(net, problem, 2).failures < verify(built, problem, 2).failures / 4
    again = train(problem, 12, start=net, steps=0, **how)
    assert verify(again, problem, 2).failures == verify(net, problem, 2).failures


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"loss": "cubed"}, "loss: expected one of squared, fourth, entropy"),
        ({"v": 13}, "v: expected"),
        ({"neurons": 0}, "neurons: expected"),
        ({"code": constant_weight_code(5, 4, 2, rng=rng())}, "code: expected 12 features"),
        ({"code_out": constant_weight_code(12, 8, 2, rng=rng())}, "code_out: expected 6 features"),
        (
            {
                "start": double_light(matching(12), 8, v=2, rng=rng()),
                "code_out": constant_weight_code(6, 8, 2, rng=rng()),
            },
            "code_out: expected none",
        ),
        ({"scale": 0}, "scale: expected"),
        (
            {"start": double_light(matching(10), 8, v=2, rng=rng())},
            "start: expected a network of 12 inputs",
        ),
        ({"start": double_light(matching(12), 9, v=2, rng=rng())}, "neurons: expected 9, as the start has"),
        ({"rate": 0}, "rate: expected"),
    ],
)
def test_bad_arguments_are_named_at_once(wrong, said):
    given = {"problem": matching(12), "neurons": 8, "v": 2, "loss": "entropy", "rng": rng(), **wrong}
    with pytest.raises(ValueError, match=f"^{said}"):
        training_steps(**given)


def test_a_history_is_rows_of_two_numbers():
    net = double_light(matching(12), 9, v=2, rng=rng())
    with pytest.raises(ValueError, match=r"^history: expected rows \(step, loss\)"):
        SuperposedNetwork(net.code_in, net.network, net.code_out, 2, history=[1, 2, 3])
