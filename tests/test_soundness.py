"""No network is certified that is wrong, in exact arithmetic or in any that it may meet."""

import ctypes
import importlib
import platform
from fractions import Fraction

import numpy as np
import pytest
from scipy import sparse

from benchmarks import soundness
from superpos_lib import Code, Layer, Network, Permutation, SuperposedNetwork, TwoAnd, matching, verify
from superpos_lib.certificate.heard import rounding

CERTIFIER = importlib.import_module("superpos_lib.certificate")
HEARD = importlib.import_module("superpos_lib.certificate.heard")


def two(*layers, threshold, code=((1, 1),)):
    """A network for the AND of two inputs; its layers are tuples of factors, bias, relu."""
    network = Network(tuple(Layer(*layer) for layer in layers))
    return SuperposedNetwork(
        Code(code), network, Code([[1]]), len(code[0]) if len(code) == 1 else 2, threshold
    )


HANDMADE = {
    "biases of linear layers that cancel": two(
        (([[0.1]],), [2.0**40], False), (([[1.0]],), [-(2.0**40)]), threshold=0.2 - 1e-7
    ),
    "biases that cancel after a ReLU": two(
        (([[0.1]],), [2.0**40]), (([[1.0]],), [-(2.0**40)]), threshold=0.2 - 1e-7
    ),
    "underflow inside factors": two(
        (([[1e200]], [[1e-200]], [[1e-200]]), [0.0]), (([[1e200]],), [0.0]), threshold=1.5
    ),
    "overflow inside factors": two(
        (([[2e-308, -1e-308]], [[1e308], [1e308]]), [0.0]), threshold=1.5
    ),
    "underflow where a product is formed": two(
        (([[1e-162, 1e-162]], [[1e-160, 0], [0, 1e-163]], [[1e302, 1e302, 0], [0, 0, 1e305]]), [0.0]),
        (([[1e20]],), [0.0]),
        threshold=1.5,
        code=np.eye(3),
    ),
    "a weight that is zero where subnormal numbers are": two(
        (([[5e-324]],), [0.0]), (([[1e308]],), [0.0]), (([[1e16]],), [0.0]), threshold=0.7
    ),
    "infinity less infinity": two(
        (([[1e308], [-1e308]],), [1e308, -1e308], False), (([[1.0, 1.0]],), [0.0]), threshold=-1.0
    ),
    "a threshold among subnormal numbers": two((([[1.0]],), [-1.0]), threshold=5e-324),
    "two read-outs that differ in the last place": two((([[0.1]],), [0.0]), threshold=np.nextafter(0.2, 0)),
}  # fmt: skip


@pytest.mark.parametrize("name", HANDMADE)
def test_what_only_some_machines_get_right_is_not_certified(name):
    net = HANDMADE[name]
    report = verify(net, TwoAnd(net.code_in.features, [(0, 1)]), 2, "certified")
    assert not report.ok and report.gave_up != "" and report.counterexample is None
    assert net.code_in.features == 2 or name.startswith("underflow")


@pytest.mark.parametrize(("kind", "certified"), [("ordinary", 200), ("extreme", 60)])
def test_certified_networks_are_right_in_fractions_and_on_another_machine(kind, certified):
    """Theorem: thm-proof-certificate."""
    found = soundness.measure({"kind": kind, "networks": 300, "seed": 10_000})
    assert found["unsound"] == []
    assert found["counts"]["all"]["certified"] >= certified and found["counts"]["all"]["wrong"] >= 20


def test_the_same_fuzz_finds_a_certificate_that_forgets_about_rounding(monkeypatch):
    right = CERTIFIER.rounding
    monkeypatch.setattr(CERTIFIER, "rounding", lambda net, v: [0.0 for _ in right(net, v)])
    found = soundness.measure({"kind": "extreme", "networks": 250, "seed": 77})
    assert found["unsound"] and {one["fault"] for one in found["unsound"]} & {
        "exactly wrong",
        "predicted wrongly",
    }


def test_the_bound_on_rounding_holds_on_every_machine():
    """Read-outs in fractions, and with sums and products in random order, fused or not, flushed or not.

    Theorem: prop-proof-rounding.
    """
    g, bounded, widest = np.random.default_rng(4), 0, 0.0
    for _ in range(120):
        draft, _ = soundness.drawn(g, "extreme")
        draft.given = np.asarray
        try:
            with np.errstate(all="ignore"):
                error = rounding(draft.built(), draft.v)[-1]
        except HEARD.GaveUp:
            continue
        bounded += 1
        exact, other = soundness.exact_reads(draft), soundness.Machine(g).run(draft)
        for one, rounded in zip(exact, other.tolist(), strict=True):
            off = max(abs(x - Fraction(y)) for x, y in zip(one, rounded, strict=True))
            assert off <= error
            widest = max(widest, float(off) / error)
    assert bounded > 40 and 1e-4 < widest < 1


@pytest.mark.parametrize("dtype", [float, np.float32, np.int64, np.int8, bool])
def test_repeated_entries_are_added_up_once_and_for_all(dtype):
    rows, columns, values = [0, 0, 0, 1], [1, 0, 1, 1], [1, 1, 1, 1]
    wanted = [[1, 2], [0, 1]]
    entries = sparse.coo_array((np.array(values, dtype), (rows, columns)), shape=(2, 2))
    lying = sparse.csr_array((np.array(values, dtype), [1, 0, 1, 1], [0, 3, 4]), shape=(2, 2))
    lying.has_canonical_format = lying.has_sorted_indices = True
    for given in (entries, lying, sparse.csc_array((np.array(values, dtype), [0, 0, 0, 1], [0, 1, 4]))):
        (factor,) = Layer((given,), [0.0] * given.shape[0]).factors
        assert factor.toarray().tolist() == wanted and factor.nnz == 3
        with pytest.raises(ValueError, match="an entry 2"):
            Code(given)


def test_the_sum_of_repeated_entries_does_not_depend_on_their_order():
    values = np.array([1.0, 2.0**60, 0.5, -(2.0**60), 2.0**-60])
    for order in ([0, 1, 2, 3, 4], [1, 3, 0, 2, 4], [4, 3, 2, 1, 0]):
        given = sparse.coo_array((values[order], (np.zeros(5, int), np.zeros(5, int))), shape=(1, 1))
        assert Layer((given,), [0.0]).factors[0].toarray().item() == 1.5
    halves = sparse.coo_array(([0.5, 0.5], ([0, 0], [0, 0])), shape=(1, 1))
    assert Code(halves).matrix.toarray().tolist() == [[1.0]] and Code(halves).weights.tolist() == [1]
    nothing = sparse.coo_array(([1.0, -1.0], ([0, 0], [0, 0])), shape=(1, 1))
    with pytest.raises(ValueError, match="at least one neuron for each feature"):
        Code(nothing)


@pytest.mark.parametrize(
    ("data", "indices"), [([np.nan, 1.0], [0, 1]), ([1e308, 1e308], [0, 0]), ([1.0, 1.0], [0, 7])]
)
def test_sparse_matrices_that_are_none_are_refused(data, indices):
    broken = sparse.csr_array(np.ones((1, 2)))
    broken.data, broken.indices = np.array(data), np.array(indices, dtype=np.int32)
    with pytest.raises(ValueError, match=r"^factors: expected matrices of finite numbers"):
        Layer((broken,), [0.0])
    with pytest.raises(ValueError, match=r"^factors: expected matrices of finite numbers"):
        Layer((sparse.csr_array(np.array([[1j, 0]])),), [0.0])


def test_a_matrix_cannot_be_changed_afterwards():
    net = two((([[1.0]],), [-1.0]), threshold=0.5)
    assert verify(net, matching(2), 2, "certified").ok
    for kept in (net.network.layers[0].factors[0], net.code_in.matrix, net.network.layers[0].bias):
        with pytest.raises(ValueError, match="read-only"):
            kept[0] = 3.0


class Always(TwoAnd):
    """Not what its pairs say."""

    def truth(self, Y):
        return super().truth(Y) | True


class Louder(Layer):
    """Not what its numbers say."""

    def _run(self, X):
        return super()._run(X) + 1


def test_what_computes_something_else_is_not_certified():
    net, problem = two((([[1.0]],), [-1.0]), threshold=0.5), matching(2)
    assert verify(net, problem, 2, "certified").ok
    assert not verify(net, Always(2, problem.pairs), 2, "certified").ok
    louder = two((([[1.0]],), [-1.0]), threshold=0.5)
    louder = SuperposedNetwork(net.code_in, Network((Louder(([[1.0]],), [-1.0]),)), net.code_out, 2, 0.5)
    report = verify(louder, problem, 2, "certified")
    assert not report.ok and "Louder" in report.gave_up and not verify(louder, problem, 2).ok


@pytest.mark.skipif(platform.machine() != "x86_64", reason="the modes have other numbers elsewhere")
@pytest.mark.parametrize("mode", [0x400, 0x800, 0xC00])  # down, up, to zero
def test_no_proof_where_numbers_are_rounded_otherwise(mode):
    net, library = two((([[1.0]],), [-1.0]), threshold=0.5), ctypes.CDLL(None)
    library.fesetround(mode)
    try:
        report = verify(net, matching(2), 2, "certified")
    finally:
        library.fesetround(0)
    assert not report.ok and "does not round to the nearest" in report.gave_up
    assert verify(net, matching(2), 2, "certified").ok


def test_predict_computes_in_double_precision():
    """The bound on rounding is for that: single precision would need another one."""
    net = two((([[1.0]],), [-1.0]), threshold=1 - 2.0**-40)
    assert verify(net, matching(2), 2, "certified").ok
    small = two((([[2.0**-30, 1.0]],), [-1.0]), threshold=2.0**-31, code=np.eye(2))
    order = SuperposedNetwork(small.code_in, small.network, Code([[1]]), 2, 2.0**-31)
    assert order.predict([1, 1]).tolist() == [True] and order.predict([0, 1]).tolist() == [False]


@pytest.mark.parametrize("e", [0, 20, 100, 200])
def test_scaling_within_bounds_costs_nothing(e):
    scaled = two((([[2.0**-e]], [[2.0**e]]), [-1.0]), threshold=0.5)
    assert verify(scaled, matching(2), 2, "certified").ok
    swap = SuperposedNetwork(
        Code(np.eye(2)),
        Network((Layer((np.eye(2) * 2.0**e, [[0, 2.0**-e], [2.0**-e, 0]]), [0, 0]),)),
        Code(np.eye(2)),
        2,
    )
    assert verify(swap, Permutation([1, 0]), 2, "certified").ok


@pytest.mark.parametrize("e", [300, 520, 1000])
def test_beyond_the_stated_size_there_is_no_certificate(e):
    scaled = two((([[2.0**-e]], [[2.0**e]], [[2.0**-e]], [[2.0**e]]), [-1.0]), threshold=0.5)
    report = verify(scaled, matching(2), 2, "certified")
    assert not report.ok and "too large" in report.gave_up and report.checked == 0
