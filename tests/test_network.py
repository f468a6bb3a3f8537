"""Networks against plain NumPy on multiplied-out matrices, and how their size is counted."""

import numpy as np
import pytest

from superpos_lib import (
    Code,
    Layer,
    Network,
    SuperposedNetwork,
    bernoulli_code,
    constant_weight_code,
    random_two_and,
    targeted_sparse,
    two_and_network,
)
from superpos_lib.network import centred_product


def random_network(seed, relus=(True, False, True)):
    rng = np.random.default_rng(seed)
    widths = (5, 7, 4, 6)
    layers = []
    for a, b, relu in zip(widths[:-1], widths[1:], relus, strict=True):
        factors = (rng.normal(size=(b, 9)), rng.normal(size=(9, a)))
        layers.append(Layer(factors, rng.normal(size=b), relu))
    return Network(tuple(layers))


def test_forward_pass_is_that_of_the_raw_weights():
    net = random_network(0)
    X = np.random.default_rng(1).normal(size=(5, 20))
    A = X
    for layer in net.layers:
        A = np.linalg.multi_dot([*layer.factors]) @ A + layer.bias[:, None]
        if layer.relu:
            A[A < 0] = 0
    assert np.allclose(net(X), A, rtol=0, atol=1e-10)
    assert np.allclose(net(X[:, 3]), A[:, 3], rtol=0, atol=1e-10) and net(X[:, 3]).shape == (6,)
    assert net(X[:, :0]).shape == (6, 0)


def test_trace_shows_every_stage():
    net = random_network(2)
    x = np.random.default_rng(3).normal(size=5)
    traces = net.trace(x)
    assert len(traces) == 3
    for layer, trace in zip(net.layers, traces, strict=True):
        inner = layer.factors[1] @ x
        assert np.allclose(trace.products[0], inner) and len(trace.products) == 2
        assert np.allclose(trace.pre_activation, layer.factors[0] @ inner + layer.bias)
        x = trace.output
    assert np.allclose(net(np.random.default_rng(3).normal(size=5)), x, rtol=0, atol=1e-12)


def test_composition_runs_one_after_the_other():
    a, b = random_network(4), Network((Layer((np.ones((5, 6)),), np.zeros(5)),))
    X = np.random.default_rng(5).normal(size=(5, 3))
    assert (((a >> b) >> a)(X) == a(b(a(X)))).all()


def test_neurons_are_the_relus_of_the_widest_layer():
    assert random_network(0).neurons == 7
    assert random_network(0, (False, True, True)).neurons == 6
    assert random_network(0, (False, False, False)).neurons == 0


def test_parameters_are_the_non_zero_weights_and_biases_of_the_product():
    left, right = np.array([[1.0, -1, 0], [0, 0, 2]]), np.array([[1.0, 0], [1, 0], [0, 3]])
    layer = Layer((left, right), [0.0, 5.0])  # the product is [[0, 0], [0, 6]]
    assert layer.parameters == 1 + 1
    assert Network((layer, Layer((np.eye(2),), [0, 0]))).parameters == 2 + 2


def test_the_width_of_the_output_code_counts_as_neurons():
    rng = np.random.default_rng(0)
    wide, slim = constant_weight_code(3, 10, 2, rng=rng), Code(np.eye(3))
    inside = Layer((np.ones((4, 3)),), np.zeros(4))
    net = Network((inside, Layer((np.ones((10, 4)),), np.zeros(10), False)))
    both = SuperposedNetwork(slim, net, wide, 1)
    assert (net.neurons, both.neurons, both.parameters) == (4, 10, 12 + 40)


def test_predictions_do_not_depend_on_the_batch(monkeypatch):
    import superpos_lib.network as network

    rng = np.random.default_rng(6)
    code = constant_weight_code(20, 12, 3, rng=rng)
    net = SuperposedNetwork(
        code, Network((Layer((rng.normal(size=(12, 12)),), rng.normal(size=12)),)), code, 4
    )
    Y = np.random.default_rng(7).random((20, 50)) < 0.04
    whole = net.predict(Y)
    assert whole.dtype == bool and whole.any() and not whole.all()
    monkeypatch.setattr(network, "CELLS_IN_FLIGHT", 1)
    assert (net.predict(Y) == whole).all()
    assert all((net.predict(Y[:, k]) == whole[:, k]).all() for k in range(50))
    assert net.predict(Y[:, :0]).shape == (20, 0)
    trace = net.trace(Y)
    assert (trace.predicted == whole).all() and (trace.x == code.compress(Y)).all()
    assert np.allclose(trace.read_out, code.decompress(net.network(trace.x)))


@pytest.mark.parametrize("kind", ["constant", "bernoulli"])
def test_centred_product_takes_the_mean_of_x_from_every_reading(kind):
    rng = np.random.default_rng(8)
    code = (
        constant_weight_code(30, 20, 4, rng=rng)
        if kind == "constant"
        else bernoulli_code(30, 20, 0.2, rng=rng)
    )
    C0 = (rng.random((7, 30)) < 0.3).astype(float)
    left, right = centred_product(C0, code)
    x = rng.normal(size=20)
    reading = np.array([x[code.matrix[:, j] == 1].mean() for j in range(30)]) - x.mean()
    assert np.allclose(left @ (right @ x), C0 @ reading, rtol=0, atol=1e-12)


@pytest.mark.parametrize("batch", [None, 1, 40])
def test_running_and_tracing_a_large_network_are_the_same_but_for_rounding(batch):
    """`trace` goes through the factors; `predict` takes the product where that is the cheaper one."""
    rng = np.random.default_rng(3)
    problem = random_two_and(9000, 9000, rng=rng)
    net = two_and_network(problem, v=2, neurons=1200, rng=rng)
    Y = targeted_sparse(problem, 2, batch or 1, rng=rng)
    Y = Y[:, 0] if batch is None else Y
    trace = net.trace(Y)
    assert np.abs(net.network(trace.x) - trace.layers[-1].output).max() < 1e-9
    assert (net.predict(Y) == trace.predicted).all()
