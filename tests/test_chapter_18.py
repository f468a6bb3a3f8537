"""The chapter on open questions: its one statement, and the circuit of two steps."""

import numpy as np
import pytest

from superpos_lib import SuperposedNetwork, double_light, matching
from superpos_lib.two_and.assembly import clip_for


@pytest.mark.parametrize("neurons", [20, 90])
@pytest.mark.parametrize("v", [2, 3])
def test_strengths_are_added(v, neurons):
    """Where each input has a neuron of its own it is heard as exactly 1; strengths around the edge.

    Theorem: prop-open-graded.
    """
    problem = matching(20)
    net = double_light(problem, neurons, v=v, rng=np.random.default_rng(v))
    assert isinstance(net, SuperposedNetwork)
    clip = clip_for(v, quiet=True)
    edge = clip.off + clip.read_out * (clip.on - clip.off)
    for t in (0.0, 0.3, 0.8, 1.0):
        for s, read in ((edge - t - 0.01, False), (edge - t + 0.01, True)):
            Y = np.zeros((20, 10))
            Y[problem.pairs[:, 0], np.arange(10)] = s
            Y[problem.pairs[:, 1], np.arange(10)] = t
            true = net.code_out.decompress(net.network(net.code_in.matrix @ Y)) > net.threshold
            assert (true[np.arange(10), np.arange(10)] == read).all()
