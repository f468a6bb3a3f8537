"""Checks that check: against oracles of their own, and on networks broken on purpose."""

import numpy as np
import pytest

from superpos_lib import (
    Code,
    Layer,
    Network,
    Permutation,
    SuperposedNetwork,
    TwoAnd,
    permutation_network,
    random_sparse,
    verify,
)
from superpos_lib.verify import clopper_pearson_upper


def and_network(weights=((1, 1, 0), (0, 1, 1)), bias=(-1, -1)):
    """y0 AND y1, y1 AND y2, one ReLU each, nothing superposed."""
    return SuperposedNetwork(
        Code(np.eye(3)),
        Network((Layer((np.array(weights, dtype=float),), np.array(bias, float)),)),
        Code(np.eye(2)),
        3,
    )


PROBLEM = TwoAnd(3, [(0, 1), (1, 2)])


def test_a_right_network_is_found_right_on_all_8_inputs():
    report = verify(and_network(), PROBLEM, 3)
    assert (report.ok, report.checked, report.failures) == (True, 8, 0)
    assert report.failure_rate == report.failure_rate_upper == 0 and report.counterexample is None


@pytest.mark.parametrize(
    ("broken", "failures"),
    [
        (and_network(bias=(-1, -2)), 2),  # 011 and 111 are missed
        (and_network(bias=(0, -1)), 4),  # y0 OR y1: 100, 101, 010 and 011
        (and_network(weights=((1, 1, 0), (0, 1, 0))), 2),  # y1 alone never exceeds its bias
        (and_network(weights=((1, 1, 1), (0, 1, 1))), 2),  # 101 and 011
    ],
)
def test_every_failure_is_counted_and_the_first_is_shown(broken, failures):
    report = verify(broken, PROBLEM, 3)
    assert (report.ok, report.failures) == (False, failures)
    assert report.failure_rate == report.failure_rate_upper == failures / 8
    y = report.counterexample
    assert y.dtype == bool and (broken.predict(y) != [y[0] and y[1], y[1] and y[2]]).any()


def test_only_inputs_with_at_most_v_ones_are_tried():
    three = and_network(weights=((1, 1, -3), (0, 1, 1)))  # wrong on 111 alone
    assert verify(three, PROBLEM, 2).ok and verify(three, PROBLEM, 2).checked == 7
    assert verify(three, PROBLEM, 3).failures == 1


def test_random_inputs_miss_what_targeted_ones_catch():
    pairs = np.arange(2000).reshape(-1, 2)
    problem = TwoAnd(2000, pairs)
    dead = SuperposedNetwork(
        Code(np.eye(2000)),
        Network((Layer((np.zeros((1000, 2000)),), np.zeros(1000)),)),
        Code(np.eye(1000)),
        2,
    )
    random_only = random_sparse(2000, 2, 200, rng=np.random.default_rng(0))
    assert verify(dead, problem, 2, "sampled", inputs=random_only).ok
    targeted = verify(dead, problem, 2, "sampled", count=200, rng=np.random.default_rng(0))
    assert targeted.failures >= 100 and targeted.checked == 200


def test_a_sample_reports_its_upper_bound():
    p = Permutation(np.random.default_rng(1).permutation(100))
    net = permutation_network(p, 500, v=2, rng=np.random.default_rng(2))
    report = verify(net, p, 2, "sampled", count=700, rng=np.random.default_rng(3), confidence=0.95)
    assert report.ok and report.checked == 700 and report.failure_rate == 0
    assert report.failure_rate_upper == pytest.approx(1 - 0.05 ** (1 / 700), abs=1e-12)


@pytest.mark.parametrize(
    ("failures", "checked"), [(0, 1), (1, 2), (3, 50), (40, 50), (17, 2000), (900, 1000)]
)
@pytest.mark.parametrize("confidence", [0.5, 0.95, 0.999])
def test_clopper_pearson_against_scipy(failures, checked, confidence):
    from scipy.stats import beta, binom

    upper = clopper_pearson_upper(failures, checked, confidence)
    assert upper == pytest.approx(beta.ppf(confidence, failures + 1, checked - failures), rel=1e-9)
    assert binom.cdf(failures, checked, upper) == pytest.approx(1 - confidence, rel=1e-7)
