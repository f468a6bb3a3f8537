"""Every bad argument gets a ValueError that names it, says what was expected and what came."""

import re

import numpy as np
import pytest

from superpos_lib import (
    Code,
    ConstructionError,
    Layer,
    Network,
    Permutation,
    SuperposedNetwork,
    TwoAnd,
    all_sparse,
    bernoulli_code,
    choice,
    clique,
    constant_weight_code,
    explore,
    hubs,
    matching,
    permutation_network,
    power_law,
    random_sparse,
    random_two_and,
    regular,
    split_by_influence,
    targeted_sparse,
    verify,
)
from superpos_lib.network import selection
from superpos_lib.two_and.channels import channel_matrix
from superpos_lib.verify import clopper_pearson_upper

RNG = np.random.default_rng(0)
CODE = constant_weight_code(6, 20, 4, rng=np.random.default_rng(1))
P = Permutation([1, 2, 0, 4, 5, 3])
NET = permutation_network(P, 40, v=2, rng=np.random.default_rng(2))
LAYER = Layer((np.eye(3),), np.zeros(3))
nan, inf = float("nan"), float("inf")


def draw(n):
    """A declared function for `explore`; never called here."""


# (argument named, what got it wrong)
BAD = [
    # channels
    ("sets", lambda: channel_matrix(None, 5)),
    ("sets", lambda: channel_matrix([], 5)),
    ("sets", lambda: channel_matrix([[0, 5]], 5)),
    ("sets", lambda: channel_matrix([[0, -1]], 5)),
    ("sets", lambda: channel_matrix([[0], [1, 1]], 5)),
    ("sets", lambda: channel_matrix([[0.5]], 5)),
    ("sets", lambda: channel_matrix([0, 1], 5)),
    ("sets", lambda: channel_matrix([[0, [1, 2]]], 5)),
    # problems
    ("pairs", lambda: TwoAnd(3, [(1, 1)])),
    ("pairs", lambda: TwoAnd(3, [(0, 3)])),
    ("pairs", lambda: TwoAnd(3, [(-1, 2)])),
    ("pairs", lambda: TwoAnd(3, [(0, 1), (1, 0)])),
    ("pairs", lambda: TwoAnd(3, [(0, 1), (1, 2), (0, 1)])),
    ("pairs", lambda: TwoAnd(3, [])),
    ("pairs", lambda: TwoAnd(3, np.zeros((0, 2), dtype=int))),
    ("pairs", lambda: TwoAnd(3, [(0, 1, 2)])),
    ("pairs", lambda: TwoAnd(3, [(0, 1), (2,)])),
    ("pairs", lambda: TwoAnd(3, [(0.0, 1.0)])),
    ("pairs", lambda: TwoAnd(3, [(True, False)])),
    ("pairs", lambda: TwoAnd(3, "ab")),
    ("pairs", lambda: TwoAnd(3, None)),
    ("inputs", lambda: TwoAnd(1, [(0, 0)])),
    ("inputs", lambda: TwoAnd(2.0, [(0, 1)])),
    ("inputs", lambda: TwoAnd(True, [(0, 1)])),
    ("order", lambda: Permutation([])),
    ("order", lambda: Permutation([0, 0])),
    ("order", lambda: Permutation([1, 2])),
    ("order", lambda: Permutation([0, -1])),
    ("order", lambda: Permutation([[0, 1]])),
    ("order", lambda: Permutation([0.0, 1.0])),
    ("order", lambda: Permutation([nan, 1.0])),
    ("other", lambda: P.then(Permutation([0, 1]))),
    ("other", lambda: P.then([0, 1, 2, 3, 4, 5])),
    ("Y", lambda: P.truth(np.zeros(5))),
    ("Y", lambda: P.truth(np.full(6, 2))),
    ("Y", lambda: P.truth(np.full(6, 0.5))),
    ("Y", lambda: P.truth(np.full(6, nan))),
    ("Y", lambda: P.truth(np.array(["0"] * 6))),
    ("Y", lambda: P.truth([[0, 1], [1]])),
    ("Y", lambda: P.truth(np.zeros((6, 2, 2)))),
    ("Y", lambda: P.truth(np.zeros(6, dtype=complex))),
    ("Y", lambda: matching(4).truth(np.zeros((3, 4)))),
    ("m", lambda: matching(5)),
    ("m", lambda: matching(0)),
    ("m", lambda: clique(1)),
    ("m", lambda: random_two_and(1, 1, rng=RNG)),
    ("outputs", lambda: random_two_and(4, 7, rng=RNG)),
    ("outputs", lambda: random_two_and(4, 0, rng=RNG)),
    ("rng", lambda: random_two_and(4, 2, rng=0)),
    ("rng", lambda: random_two_and(4, 2, rng=np.random.RandomState(0))),
    ("count", lambda: hubs(0, 3)),
    ("spokes", lambda: hubs(3, 0)),
    ("influence", lambda: regular(4, 4, rng=RNG)),
    ("influence", lambda: regular(5, 1, rng=RNG)),
    ("inputs", lambda: regular(1, 1, rng=RNG)),
    ("outputs", lambda: power_law(4, 7, rng=RNG)),
    ("exponent", lambda: power_law(4, 2, exponent=0, rng=RNG)),
    ("exponent", lambda: power_law(4, 2, exponent=nan, rng=RNG)),
    ("exponent", lambda: power_law(4, 2, exponent="1", rng=RNG)),
    ("exponent", lambda: power_law(5000, 5000, exponent=10, rng=RNG)),
    ("rng", lambda: power_law(4, 2, rng=None)),
    ("problem", lambda: split_by_influence(P)),
    # inputs
    ("v", lambda: all_sparse(4, 0)),
    ("v", lambda: all_sparse(4, 5)),
    ("m", lambda: all_sparse(0, 1)),
    ("m, v", lambda: all_sparse(100_000, 2)),
    ("v", lambda: random_sparse(4, 5, 1, rng=RNG)),
    ("v", lambda: random_sparse(4, 1.5, 1, rng=RNG)),
    ("count", lambda: random_sparse(4, 1, 0, rng=RNG)),
    ("rng", lambda: random_sparse(4, 1, 1, rng=7)),
    ("problem", lambda: targeted_sparse([(0, 1)], 1, 1, rng=RNG)),
    ("v", lambda: targeted_sparse(P, 7, 1, rng=RNG)),
    ("v", lambda: targeted_sparse(matching(4), 0, 1, rng=RNG)),
    ("count", lambda: targeted_sparse(P, 1, -1, rng=RNG)),
    ("rng", lambda: targeted_sparse(matching(4), 1, 1, rng=None)),
    # codes
    ("matrix", lambda: Code([[0, 2]])),
    ("matrix", lambda: Code([[1, 0]])),
    ("matrix", lambda: Code([[1, nan]])),
    ("matrix", lambda: Code([1, 0])),
    ("matrix", lambda: Code(np.zeros((0, 3)))),
    ("matrix", lambda: Code([["a"]])),
    ("matrix", lambda: Code([[1], [1, 0]])),
    ("d", lambda: constant_weight_code(5, 4, 5, rng=RNG)),
    ("d", lambda: constant_weight_code(5, 4, 0, rng=RNG)),
    ("m", lambda: constant_weight_code(0, 4, 1, rng=RNG)),
    ("n", lambda: constant_weight_code(5, 0, 1, rng=RNG)),
    ("rng", lambda: constant_weight_code(5, 4, 1, rng="seed")),
    ("p", lambda: bernoulli_code(5, 4, 0.0, rng=RNG)),
    ("p", lambda: bernoulli_code(5, 4, 1.1, rng=RNG)),
    ("p", lambda: bernoulli_code(5, 4, nan, rng=RNG)),
    ("n", lambda: bernoulli_code(5, -1, 0.5, rng=RNG)),
    ("rng", lambda: bernoulli_code(5, 4, 0.5, rng=None)),
    ("Y", lambda: CODE.compress(np.zeros(5))),
    ("Y", lambda: CODE.compress(np.full(6, -1))),
    ("X", lambda: CODE.decompress(np.zeros(6))),
    ("X", lambda: CODE.decompress(np.full(20, inf))),
    ("X", lambda: CODE.decompress(np.full(20, nan))),
    ("X", lambda: CODE.decompress(["x"] * 20)),
    # network
    ("factors", lambda: Layer((), [0])),
    ("factors", lambda: Layer((np.eye(2), np.eye(3)), [0, 0])),
    ("factors", lambda: Layer(([[nan]],), [0])),
    ("factors", lambda: Layer((["a"],), [0])),
    ("factors", lambda: Layer(None, [0])),
    ("bias", lambda: Layer((np.eye(2),), [0])),
    ("bias", lambda: Layer((np.eye(2),), [0, inf])),
    ("bias", lambda: Layer((np.eye(2),), np.zeros((2, 1)))),
    ("relu", lambda: Layer((np.eye(2),), [0, 0], relu="yes")),
    ("layers", lambda: Network(())),
    ("layers", lambda: Network((np.eye(2),))),
    ("layers", lambda: Network(LAYER)),
    ("layers", lambda: Network((LAYER, Layer((np.eye(2),), [0, 0])))),
    ("X", lambda: Network((LAYER,))(np.zeros(4))),
    ("X", lambda: Network((LAYER,))([0, 0, nan])),
    ("X", lambda: LAYER([1, 2])),
    ("code_in", lambda: SuperposedNetwork(np.eye(3), Network((LAYER,)), CODE, 1)),
    ("network", lambda: SuperposedNetwork(CODE, LAYER, CODE, 1)),
    ("network", lambda: SuperposedNetwork(CODE, Network((LAYER,)), CODE, 1)),
    ("network", lambda: SuperposedNetwork(CODE, NET.network, CODE, 1)),
    ("v", lambda: SuperposedNetwork(NET.code_in, NET.network, NET.code_in, 7)),
    ("threshold", lambda: SuperposedNetwork(NET.code_in, NET.network, NET.code_in, 1, nan)),
    ("Y", lambda: NET.predict([1, 1, 1, 0, 0, 0])),
    ("Y", lambda: NET.predict(np.zeros((7, 2)))),
    ("Y", lambda: NET.trace([1, 1, 1, 0, 0, 0])),
    ("other", lambda: NET >> permutation_network(P, 40, v=2, rng=RNG)),
    # permutation
    ("problem", lambda: permutation_network(matching(4), 40, v=1, rng=RNG)),
    ("problem", lambda: permutation_network([1, 0], 40, v=1, rng=RNG)),
    ("neurons", lambda: permutation_network(P, 0, v=1, rng=RNG)),
    ("neurons", lambda: permutation_network(P, 40.0, v=1, rng=RNG)),
    ("v", lambda: permutation_network(P, 40, v=0, rng=RNG)),
    ("v", lambda: permutation_network(P, 40, v=7, rng=RNG)),
    ("rng", lambda: permutation_network(P, 40, v=1, rng=3)),
    # verify
    ("network", lambda: verify(CODE, P, 1)),
    ("problem", lambda: verify(NET, matching(4), 1)),
    ("problem", lambda: verify(NET, None, 1)),
    ("v", lambda: verify(NET, P, 0)),
    ("v", lambda: verify(NET, P, 3)),
    ("method", lambda: verify(NET, P, 1, "guess")),
    ("count, rng, inputs", lambda: verify(NET, P, 1, count=3)),
    ("count", lambda: verify(NET, P, 1, "sampled", rng=RNG)),
    ("rng", lambda: verify(NET, P, 1, "sampled", count=3)),
    ("inputs", lambda: verify(NET, P, 1, "sampled", inputs=np.eye(6), count=3, rng=RNG)),
    ("inputs", lambda: verify(NET, P, 1, "sampled", inputs=np.ones((6, 1)))),
    ("inputs", lambda: verify(NET, P, 1, "sampled", inputs=np.zeros((6, 0)))),
    ("inputs", lambda: verify(NET, P, 1, "sampled", inputs=np.zeros(6))),
    ("confidence", lambda: verify(NET, P, 1, "sampled", count=3, rng=RNG, confidence=1)),
    ("checked", lambda: clopper_pearson_upper(0, 0)),
    ("failures", lambda: clopper_pearson_upper(3, 2)),
    # explore
    ("values", lambda: choice()),
    ("values", lambda: choice(1, 1)),
    ("values", lambda: choice(2, 1)),
    ("values", lambda: choice(1, "a")),
    ("values", lambda: choice("")),
    ("values", lambda: choice(nan)),
    ("values", lambda: choice(True, False)),
    ("label", lambda: choice(1, 2, label="")),
    ("alt", lambda: explore(n=choice(1), alt=" ")),
    ("alt", lambda: explore(n=choice(1), alt="{k} neurons")),
    ("alt", lambda: explore(n=choice(1), alt="{} neurons")),
    ("n", lambda: explore(n=(1, 2), alt="A picture.")),
    ("q", lambda: explore(q=choice(1), alt="A picture.")),
    ("highlight", lambda: explore(highlight=choice(1), alt="A picture.")),
    ("controls", lambda: explore(alt="A picture.")),
    ("controls", lambda: explore(k=choice(1), alt="A picture.")(draw)),
]


@pytest.mark.parametrize(("name", "call"), BAD, ids=[f"{i}-{name}" for i, (name, _) in enumerate(BAD)])
def test_names_the_argument_and_says_what_was_expected_and_what_came(name, call):
    with pytest.raises(ValueError, match=rf"^{re.escape(name)}: expected .+; got .+"):
        call()


def test_a_verification_that_would_not_end_is_refused():
    order = np.arange(3000)
    net = permutation_network(Permutation(order), 100, v=3, rng=RNG)
    with pytest.raises(ValueError, match=r"^v: expected at most 50000000 inputs"):
        verify(net, Permutation(order), 3)


def test_a_code_that_cannot_be_had_says_so():
    with pytest.raises(ConstructionError, match=r"p n = 1e-05"):
        bernoulli_code(1000, 10, 1e-6, rng=np.random.default_rng(0))


@pytest.mark.parametrize("wrong", [LAYER, 3, None])
def test_only_networks_are_chained(wrong):
    with pytest.raises(ValueError, match=r"^other: expected a SuperposedNetwork; got"):
        NET >> wrong
    with pytest.raises(ValueError, match=r"^other: expected a Network; got"):
        NET.network >> wrong


def test_nothing_can_be_changed_afterwards():
    pairs = np.array([[0, 1]])
    problem = TwoAnd(3, pairs)
    pairs[0] = 2
    assert problem.pairs.tolist() == [[0, 1]]
    for array in (problem.pairs, P.order, LAYER.bias, problem.influence):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0
    assert selection(np.array([1]), 2).tolist() == [[0, 1]]
