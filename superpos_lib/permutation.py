"""Neural permutation: one matrix T = C P D between superposed features, and a threshold.

D reads every feature from x, P puts each in its new place, C compresses again. Multiplied out, T is
n x n: the m features never have neurons of their own.
"""

import math

import numpy as np

from ._arguments import expected, generator, real, whole
from ._matrices import as_matrix, entries, from_entries, join
from .codes import Code, constant_weight_code
from .network import Layer, Network, SuperposedNetwork, centred_product, selection
from .problems import Permutation

__all__ = [
    "code_weight",
    "permutation_network",
    "permutation_product",
    "row_noise_bound",
    "threshold_network",
]

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

    T is the product of `permutation_product`. With u = (T x - OFF) / (ON - OFF), the two layers of
    `threshold_network` compute

        h = relu(1 - u),    t = relu(1 - h) = u clipped to 0, ..., 1,

    so that t is exactly the 0/1 union of the active outputs' codes if T x is at most OFF in every row that
    should be 0, and at least ON in every row that should be 1. Then no noise is left, and the network can
    be applied to its own output. One application may be read right even where some rows are wrong; many
    in a row need a larger n, with hardly a wrong row.

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

    Notes
    -----
    Theorem: permutation-theorem.

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
    network = threshold_network(permutation_product(problem, code))
    return SuperposedNetwork(code, network, code, v, READ_OUT)


def permutation_product(problem, code, *, centred=True, echo=False):
    """Factors of T, the linear map that permutes features within their code.

    T = C P D = (1/d) sum_i c_i c_p(i)^T for a code of weight d [paper], with two corrections [ours].
    Each row subtracts what it expects to hear (`centred_product`). And where feature i stays in its
    place, c_i is at once where T reads and where it writes: neuron r hears itself once for each such
    feature, so T[r, r] loses the sum of D[i, r] over them. Without that, a permutation that moves
    little lights its own input's neurons.

    Parameters
    ----------
    problem : Permutation
        Of m features.
    code : Code
        n neurons, m features.
    centred : bool
        Whether rows subtract what they expect to hear.
    echo : bool
        Whether T keeps what neurons hear of themselves from features that stay.

    Returns
    -------
    tuple of matrices: T is their product, of shape (n, n)

    Raises
    ------
    ValueError
        `problem` is no `Permutation`, `code` no `Code` of as many features.

    Notes
    -----
    Theorem: hears.

    Examples
    --------
    >>> from superpos_lib.codes import Code
    >>> code = Code([[1, 0], [1, 0], [0, 1], [0, 1]])
    >>> left, right = permutation_product(Permutation([1, 0]), code, centred=False)
    >>> (left @ right @ [1, 1, 0, 0]).tolist()
    [0.0, 0.0, 1.0, 1.0]
    """
    if not isinstance(problem, Permutation):
        raise expected("problem", "a Permutation", problem)
    if not isinstance(code, Code) or code.features != problem.inputs:
        raise expected("code", f"a Code of {problem.inputs} features", code)
    permuted = _permuted(problem, code)
    factors = centred_product(permuted, code) if centred else (permuted, code.decompressor)
    return factors if echo else _without_echo(problem, code, factors)


def threshold_network(factors):
    """Two layers of n ReLUs: t = (W x - OFF) / (ON - OFF), clipped to 0, ..., 1; W is the product.

    h = relu(1 - u) and t = relu(1 - h) with u = (W x - OFF) / (ON - OFF).

    Parameters
    ----------
    factors : tuple of matrices
        Of W, shape (n, n).

    Raises
    ------
    ValueError
        Shapes that do not fit.

    Notes
    -----
    Ours. Adler and Shavit clean up with a ReLU threshold; two ReLUs also bring a row that hears a
    little more or less than 1 back to exactly 1.

    Examples
    --------
    >>> threshold_network((np.eye(3),))([0.3, 0.8, 1.2]).tolist()
    [0.0, 1.0, 1.0]
    """
    slope = 1 / (ON - OFF)
    try:
        first, *rest = factors
        first = as_matrix(first)
    except (TypeError, ValueError) as error:
        raise expected("factors", "matrices of finite numbers", str(error)) from None
    n = first.shape[0]
    return Network(
        (
            Layer((-slope * first, *rest), np.full(n, 1 + slope * OFF)),
            Layer((-selection(np.arange(n), n),), np.ones(n)),
        )
    )


def row_noise_bound(deviation, *, load, neurons, weight, active, height=None):
    """How likely a row of T hears at least so much more, or so much less, than it should: at most this.

    exp(-tau^2 / (2 (sigma^2 + h tau / (3 d)))) with tau = deviation - 2 k load / (n - 1) and
    sigma^2 = k h load / (n - 1); 1 where tau is not positive. It holds for one input with k active
    features, of which at most h meet in one neuron, over the draw of the other features' codes of
    weight d, and for the noise from features that are not active, apart from what the row hears of
    itself.

    Parameters
    ----------
    deviation : float
        Above 0.
    load, neurons, weight, active : int
        Features in the row, n, d, k.
    height : int, optional
        h; k if nothing is given.

    Raises
    ------
    ValueError
        Numbers out of range.

    Notes
    -----
    Ours; the proof is in the book's chapter on permutations.

    Theorem: row-noise.

    Examples
    --------
    >>> sizes = {"load": 30, "neurons": 2000, "weight": 12, "active": 3}
    >>> row_noise_bound(0.4, **sizes) < row_noise_bound(0.3, **sizes) < 1
    True
    """
    deviation = real("deviation", deviation, 0, math.inf)
    load, n, d = whole("load", load, 0), whole("neurons", neurons, 2), whole("weight", weight, 1)
    k = whole("active", active, 1)
    h = k if height is None else whole("height", height, 1, k)
    tau = deviation - 2 * k * load / (n - 1)
    if tau <= 0:
        return 1.0
    return math.exp(-(tau**2) / (2 * (k * h * load / (n - 1) + h * tau / (3 * d))))


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
