"""The permutation network: every input where there are few, targeted ones where there are many."""

import numpy as np
import pytest

from superpos_lib import (
    Permutation,
    all_sparse,
    permutation_network,
    random_sparse,
    targeted_sparse,
    verify,
)

SWAP = np.arange(24)
SWAP[[0, 1]] = 1, 0
ORDERS = {
    "random": np.random.default_rng(11).permutation(24),
    "identity": np.arange(24),
    "one swap": SWAP,
    "cycle": np.roll(np.arange(24), 1),
    "reversal": np.arange(24)[::-1],
}


def moved(order, y):
    """What the permutation should give, without the library."""
    return [y[order[i]] for i in range(len(order))]


@pytest.mark.parametrize("name", ORDERS)
def test_right_on_every_2_sparse_input_of_24_features(name):
    order = ORDERS[name]
    net = permutation_network(Permutation(order), 320, v=2, rng=np.random.default_rng(0))
    Y = all_sparse(24, 2)
    assert Y.shape == (24, 301)
    predicted = net.predict(Y)
    assert all(predicted[:, k].tolist() == moved(order, Y[:, k].tolist()) for k in range(301))


def test_applied_as_often_as_its_order_it_returns_to_the_start_exactly():
    """Theorem: repeat."""
    p = Permutation([1, 2, 3, 4, 0, 6, 7, 5, 9, 8, *range(10, 24)])  # cycles of 5, 3, 2: order 30
    net = permutation_network(p, 480, v=2, rng=np.random.default_rng(1))
    Y = all_sparse(24, 2)
    first = net.network(net.code_in.compress(Y))
    X = first
    for k in range(1, 31):
        if k > 1:
            X = net.network(X)
        assert np.isin(X, (0, 1)).all(), "the threshold leaves zeros and ones, nothing between"
    assert ((net.code_out.decompress(X) > net.threshold) == Y).all()
    assert (net.network(X) == first).all()


def test_chained_networks_compute_the_composed_permutation():
    rng = np.random.default_rng(2)
    p = Permutation(rng.permutation(30))
    net = permutation_network(p, 400, v=3, rng=rng)
    three = net >> net >> net
    assert verify(three, p.then(p).then(p), 3).ok
    assert len(three.network.layers) == 6 and three.neurons == 400


def test_relabelled_features_give_the_relabelled_permutation():
    rng = np.random.default_rng(3)
    order, names = rng.permutation(40), rng.permutation(40)
    relabelled = np.empty(40, dtype=int)
    relabelled[names] = names[order]  # output names[i] is y[names[order[i]]]
    Y = random_sparse(40, 2, 200, rng=rng)
    Z = np.empty_like(Y)
    Z[names] = Y
    a = permutation_network(Permutation(order), 400, v=2, rng=np.random.default_rng(4)).predict(Y)
    b = permutation_network(Permutation(relabelled), 400, v=2, rng=np.random.default_rng(4)).predict(Z)
    assert (b[names] == a).all()


def test_the_weights_are_T_as_the_docstring_has_it():
    order = ORDERS["one swap"]
    net = permutation_network(Permutation(order), 60, v=1, rng=np.random.default_rng(5))
    C, n, d = net.code_in.matrix, 60, int(net.code_in.weights[0])
    P = np.zeros((24, 24))
    P[np.arange(24), order] = 1
    T = C @ P @ (C.T / d - 1 / n)
    for i in np.flatnonzero(order == np.arange(24)):
        T[np.diag_indices(n)] -= C[:, i] / d
    first, second = net.network.layers
    assert np.allclose(np.linalg.multi_dot(first.factors), -T / 0.3, rtol=0, atol=1e-12)
    assert np.allclose(first.bias, 0.7 / 0.3) and first.relu and second.relu
    assert (second.factors[0] == -np.eye(n)).all() and (second.bias == 1).all()
    assert net.neurons == n
    assert net.parameters == np.count_nonzero(np.abs(T) > 1e-12) + n + n + n


def test_without_the_correction_a_permutation_that_moves_little_fails():
    from superpos_lib import Layer, Network, SuperposedNetwork
    from superpos_lib.network import centred_product

    p = Permutation(np.r_[1, 0, 2:1000])
    net = permutation_network(p, 700, v=1, rng=np.random.default_rng(6))
    first, second = net.network.layers
    left, right = centred_product(net.code_in.matrix[:, np.argsort(p.order)], net.code_in)
    plain = Network((Layer((-left / 0.3, right), first.bias), second))
    Y = np.eye(1000, dtype=bool)[:, :1]
    echoing = SuperposedNetwork(net.code_in, plain, net.code_out, 1, net.threshold)
    assert np.flatnonzero(echoing.predict(Y)[:, 0]).tolist() == [0, 1], "the input shows beside the output"
    assert np.flatnonzero(net.predict(Y)[:, 0]).tolist() == [1]


def test_too_few_neurons_give_a_wrong_network_and_verify_shows_where():
    p = Permutation(np.random.default_rng(7).permutation(24))
    net = permutation_network(p, 30, v=2, rng=np.random.default_rng(8))
    report = verify(net, p, 2)
    assert not report.ok and report.failures > 0
    y = report.counterexample
    assert (net.predict(y) != p.truth(y)).any()


@pytest.mark.parametrize("neurons", [1, 2, 7])
def test_tiny_sizes_build(neurons):
    net = permutation_network(Permutation([0]), neurons, v=1, rng=np.random.default_rng(0))
    assert net.predict([1]).shape == (1,) and net.predict([0]).tolist() == [False]


def test_a_hundred_thousand_features_in_eight_thousand_neurons():
    rng = np.random.default_rng(9)
    p = Permutation(rng.permutation(100_000))
    net = permutation_network(p, 8000, v=3, rng=rng)
    Y = targeted_sparse(p, 3, 1000, rng=rng)
    assert net.neurons == 8000
    assert (net.predict(Y) == Y[p.order]).all()


def test_the_same_seed_gives_the_same_network():
    def build():
        p = Permutation(np.arange(50)[::-1])
        return permutation_network(p, 90, v=2, rng=np.random.default_rng(10))

    a, b = build(), build()
    assert (a.code_in.matrix == b.code_in.matrix).all()
    assert (a.network.layers[0].factors[0] == b.network.layers[0].factors[0]).all()
