"""Where superposition does not pay: a neuron for each input that is used, a row for each output."""

import numpy as np

from .._arguments import whole
from .._matrices import from_entries
from ..codes import Code
from ..network import Layer, Network, SuperposedNetwork
from .channels import channel_matrix, check_problem

__all__ = ["dedicated"]


def dedicated(problem, *, v):
    """The network in which every used input has a neuron of its own, and all idle ones share one.

    Row i computes

        h_i = relu(x[a_i] + x[b_i] - 1),

    and as x[a] = y[a] for every input a of a pair, this is output i, exactly, whatever else is active.
    There are m' rows, and at most 2 m' + 1 neurons of the input code, for any number m of inputs.

    Parameters
    ----------
    problem : TwoAnd
    v : int
        `predict` refuses inputs with more than v ones. The network would be right on these as well.

    Returns
    -------
    SuperposedNetwork
        One layer of m' ReLUs; outputs have a neuron each.

    Raises
    ------
    ValueError
        `problem` is no `TwoAnd`, v outside 1, ..., m.

    Notes
    -----
    Ours, and nothing more than `naive_two_and` with the idle inputs out of the way. It is what is left to
    do where the proved width of a superposed network is above m'.

    Theorem: prop-whole-own, cor-whole-every.

    Examples
    --------
    >>> from superpos_lib import TwoAnd
    >>> net = dedicated(TwoAnd(10_000, [(7, 9_000), (9_000, 12)]), v=3)
    >>> net.code_in.neurons, net.neurons
    (4, 2)
    >>> net.predict(np.isin(np.arange(10_000), [7, 8, 9_000])).tolist()
    [True, False]
    """
    problem = check_problem(problem)
    v = whole("v", v, 1, problem.inputs)
    used, ends = np.unique(problem.pairs, return_inverse=True)
    outputs, neurons = problem.outputs, len(used) + (len(used) < problem.inputs)
    carrier = np.full(problem.inputs, len(used))  # of idle inputs the last neuron, if there are any
    carrier[used] = np.arange(len(used))
    ends = ends.reshape(-1)
    listens = from_entries(np.repeat(np.arange(outputs), 2), ends, 1.0, (outputs, neurons))
    network = Network((Layer((listens,), np.full(outputs, -1.0)),))
    each = Code(channel_matrix(np.arange(outputs)[:, None], outputs))
    return SuperposedNetwork(Code(channel_matrix(carrier[:, None], neurons)), network, each, v)
