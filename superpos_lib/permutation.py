"""Neural permutation: one matrix T = C P D between superposed features, and a threshold.

D reads every feature from x, P puts each in its new place, C compresses again. Multiplied out, T is
n x n: the m features never have neurons of their own.
"""

import math

import numpy as np

from ._arguments import expected, generator, whole
from ._matrices import entries, from_entries, join
from .codes import constant_weight_code
from .network import Layer, Network, SuperposedNetwork, centred_product, selection
from .problems import Permutation

__all__ = ["code_weight", "permutation_network"]

# A row is off up to OFF, on from ON, and linear between. The echo of a misread feature stays below OFF;
# ON leaves room for an active row that hears less than expected.
OFF, ON = 0.4, 0.7
# An active feature keeps all its rows where they are right, and another one gathers some by chance:
# the read-out may ask for more than half.
READ_OUT = 0.7


def code_weight(m, neurons):
    """d, how many neurons carry one feature: log2 m rounded up, at least 12, at most an eighth of all.

    A feature that is not active is misread only if active ones cover most of its neurons, and each
    neuron more makes that less likely by a constant factor: d of order log m is what m features need.
    A larger d would only fill the rows.

    >>> code_weight(100_000, 8000), code_weight(24, 200), code_weight(24, 12), code_weight(1, 1)
    (17, 12, 1, 1)
    """
    m, neurons = whole("m", m, 1), whole("neurons", neurons, 1)
    return max(1, min(max(12, math.ceil(math.log2(m))), neurons // 8))


def permutation_network(problem, neurons, *, v, rng):
    """A network that permutes superposed features: its input and output code are the same code C.

    With u = (T x - OFF) / (ON - OFF), the two layers compute

        h = relu(1 - u),    t = relu(1 - h) = u clipped to 0, ..., 1,

    so that t is exactly the 0/1 union of the active outputs' codes, whatever noise T added below OFF
    or above ON. Nothing is left of it, and the network can be applied to its own output for ever.

    T = C P D [paper], with two corrections [ours]. Each row subtracts what it expects to hear
    (`centred_product`). And where feature i stays in its place, c_i is at once where T reads and where
    it writes: neuron r would hear itself once for each such feature, so T[r, r] loses the sum of
    D[i, r] over them. Without that, a permutation that moves little lights its own input's neurons.

    Parameters
    ----------
    problem : Permutation
        Of m features.
    neurons : int
        n. Large problems need about 4 sqrt(m v log2 m), small ones more; `verify` tells.
    v : int
        The network is made for inputs with at most v ones.
    rng : numpy.random.Generator

    Raises
    ------
    ValueError
        `problem` is no `Permutation`, neurons < 1, v outside 1, ..., m, no generator.

    Examples
    --------
    >>> from superpos_lib.inputs import all_sparse
    >>> p = Permutation([3, 0, 1, 2])
    >>> net = permutation_network(p, 80, v=1, rng=np.random.default_rng(0))
    >>> Y = all_sparse(4, 1)
    >>> bool((net.predict(Y) == p.truth(Y)).all())
    True
    >>> bool(((net >> net >> net >> net).predict(Y) == Y).all())
    True
    """
    if not isinstance(problem, Permutation):
        raise expected("problem", "a Permutation", problem)
    n = whole("neurons", neurons, 1)
    v = whole("v", v, 1, problem.inputs)
    code = constant_weight_code(problem.inputs, n, code_weight(problem.inputs, n), rng=generator(rng))
    transform = _without_echo(problem, code, centred_product(_permuted(problem, code), code))
    slope = 1 / (ON - OFF)
    first, *rest = transform
    identity = selection(np.arange(n), n)
    network = Network(
        (
            Layer((-slope * first, *rest), np.full(n, 1 + slope * OFF)),
            Layer((-identity,), np.ones(n)),
        )
    )
    return SuperposedNetwork(code, network, code, v, READ_OUT)


def _permuted(problem, code):
    """C P: column order[i] of C P is column i of C."""
    rows, columns, values = entries(code.matrix)
    return from_entries(rows, problem.order[columns], values, code.matrix.shape)


def _without_echo(problem, code, factors):
    """The product, less its diagonal's share of the features that stay in their place."""
    left, right = factors
    stays = problem.order == np.arange(problem.inputs)
    if not stays.any():
        return factors
    features, neurons, shares = entries(code.decompressor)
    kept = stays[features]
    n = code.neurons
    echo = from_entries(neurons[kept], neurons[kept], -shares[kept], (n, n))
    return join([[left, echo]]), join([[right], [selection(np.arange(n), n)]])
