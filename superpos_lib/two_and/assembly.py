"""From channels to a network: weights by which every input that a row listens to counts one, and a clip.

Between x = C y and the output code there are two layers of ReLUs:

    u = relu((on - W x) / (on - off)),    h = relu(1 - u - silence),

so h is W x clipped: 0 up to `off`, 1 from `on` on. A row is lit where two inputs that it listens to are
active, and the lit rows *are* the output code: output i is read as the mean of h over its channel.
"""

import math
from dataclasses import dataclass

import numpy as np

from .._arguments import expected, fitting, generator, instance, whole
from .._matrices import as_dense, entries, from_entries, join, solve, times
from ..codes import Code, ConstructionError
from ..network import Layer, Network, SuperposedNetwork, read_by
from .channels import balanced_rows, channel_matrix, check_problem, listeners

__all__ = ["Clip", "assemble", "clip_for", "exact_weights", "quietest_weights", "reading", "recode"]

# Neurons that carry one input feature: more would fill the rows, fewer make two inputs collide.
CODE_WEIGHT = 8
# Up to this many entries the features are read by least squares, beyond by the centred transpose.
LEAST_SQUARES_CELLS = 2**23
# Conjugate gradients stop at this relative error, or after so many steps.
TOLERANCE, STEPS = 1e-3, 40
# Rows are solved so many cells of W at a time: of few neurons a matrix product, of many what a cache holds.
CHUNK_CELLS, CACHED_CELLS = 2**22, 2**18
# With rows silenced, this much of a channel must be lit.
READ_OUT_SILENCED = 0.55
# A detector is 0 up to 1.5 and gains 4 a unit: two active inputs make it 2, enough to silence a lit row.
DETECTOR_OFF, DETECTOR_GAIN = 1.5, 4.0


# Neurons that carry one output after re-coding: each puts the noise of one more output in all its rows.
OUTPUT_WEIGHT = 5
# Ridges of the two readings. The input code's only keeps the equations regular. That of the channels is
# larger: falsely lit rows are noise that least squares knows nothing of and would amplify.
RIDGE_IN, RIDGE = 1e-6, 6.0


@dataclass(frozen=True)
class Clip:
    """A row is off up to `off`, on from `on`, linear between; an output is true above `read_out`."""

    off: float
    on: float
    read_out: float


def clip_for(v, quiet):
    """The thresholds for inputs with at most v ones; `quiet` where strangers make no noise.

    A row must tell two active inputs from one. With v = 2 nothing else is active when both are, and
    they count exactly 2: the threshold may stand right below. With more, the noise of others is added
    to the 2 as well, and the threshold moves to the middle. Where no true output can be missed, the
    whole channel must be lit for the output to be read as true. No read-out threshold is a multiple of 1/6
    or 1/10: rounding must not decide about a channel of which some rows are lit.

    >>> clip_for(2, quiet=False).on
    2.0
    """
    v = whole("v", v, 1)
    if instance("quiet", quiet, (bool, np.bool_)):
        return Clip(1.25, 1.75, 0.93)
    return Clip(1.75, 2.0, 0.93) if v <= 2 else Clip(1.35, 1.65, 0.81)


def input_code(neurons, features, weight=None, *, rng):
    """C: `CODE_WEIGHT` random neurons a feature, evenly dealt; one of its own where there are enough.

    `weight` neurons a feature instead, if it is given.

    With n >= m nothing needs superposing: each feature has its own neuron, and strangers are not heard.

    >>> input_code(100, 300, rng=np.random.default_rng(0)).weights.tolist() == [8] * 300
    True
    """
    wanted = CODE_WEIGHT if weight is None else whole("weight", weight, 1)
    weight = 1 if neurons >= features else min(wanted, max(1, neurons // 2))
    return Code(channel_matrix(balanced_rows(neurons, features, weight, rng=rng), neurons))


def output_clip_for(v, cells=0):
    """The thresholds after re-coding: a neuron must tell one true output that it carries from none.

    Falsely lit rows make outputs half true, up to 0.8, in all neurons that carry them: `off` is above that
    where it can be. Where channels are read by least squares (neurons times outputs, `cells`, up to
    `LEAST_SQUARES_CELLS`) a true output is heard as 1 if it is alone, and with v = 2 it is. With more, up
    to v (v - 1) / 2 are true at once, the noise of each is taken from the others, and they are heard as 0.7
    or so: both thresholds move down. Beyond, channels are read by their means. Nothing is subtracted, a
    true output is heard as 1 or more whatever else is true, and the thresholds stay up. All were measured,
    where as few neurons as possible still give the right outputs for cliques, hubs and power laws.

    >>> output_clip_for(2).on, output_clip_for(3).on, output_clip_for(3, cells=10**8).on
    (0.93, 0.79, 0.95)
    """
    if cells > LEAST_SQUARES_CELLS:
        return Clip(0.8, 0.95, 0.9)
    if v <= 2:
        return Clip(0.75, 0.93, 0.9)
    return Clip(0.55, 0.79, 0.78) if v == 3 else Clip(0.46, 0.68, 0.83)


def reading(code, ridge=RIDGE_IN):
    """R, shape (m, n), as (matrix, centred): row j reads feature j from x, with little of the others.

    Where it is small, least squares with a ridge: R = C^T (C C^T + ridge mean(diag(C C^T)) I)^-1. With a
    tiny ridge it is C^+, exact where the columns of C are independent. Else the centred transpose,
    R = D - 1 1^T / n, of which the sparse part D is returned, with `centred` true.
    """
    instance("code", code, Code)
    if code.features * code.neurons > LEAST_SQUARES_CELLS:
        return code.decompressor, True
    C = as_dense(code.matrix)
    return solve(_regular(times(C, C.T), ridge), C).T, False


def _regular(gram, ridge):
    """gram + ridge mean(diag(gram)) I, in place."""
    gram[np.diag_indices(len(gram))] += ridge * np.trace(gram) / len(gram)
    return gram


def exact_weights(listens, code, ridge=RIDGE_IN):
    """Factors of W, shape (rows, n): row r hears each input it listens to as exactly 1.

    W = G R with G on the support of C0, row by row the solution of (W C)[r, j] = 1 for all j that r
    listens to. With G = C0 an input would be heard as 1 plus what the others' codes share with its
    own; after this only strangers make noise. The equations of a row have a symmetric, positive
    semidefinite matrix, near the identity, and are solved by conjugate gradients, many rows at a time.

    Parameters
    ----------
    listens : matrix of shape (rows, m), 0/1
        C0.
    code : Code
        Of n neurons and m features.

    Returns
    -------
    tuple of two matrices, dense or sparse

    Notes
    -----
    Ours. Adler and Shavit use C0 D.

    Examples
    --------
    >>> code = Code([[1, 1, 0, 0], [1, 0, 1, 0], [0, 1, 0, 1], [0, 0, 1, 1]])
    >>> left, right = exact_weights(np.array([[1, 1, 0, 0]]), code)
    >>> np.round(left @ right @ code.matrix, 3).tolist()[0][:2]
    [1.0, 1.0]
    """
    listens = read_by("listens", listens, instance("code", code, Code).features)
    rows, inputs, _ = entries(listens)
    R, centred = reading(code, ridge)
    carriers = _carriers(code)
    weights = np.zeros(len(rows))
    for top, bottom, part in _parts(rows, listens.shape[0], code, CACHED_CELLS if centred else CHUNK_CELLS):
        heard = _heard(rows[part] - top, inputs[part], bottom - top, None if centred else R, code, carriers)
        weights[part] = _count_one(rows[part] - top, bottom - top, heard)
    G = from_entries(rows, inputs, weights, listens.shape)
    if not centred:
        return G, R
    mean = np.full((1, code.neurons), 1 / code.neurons)
    loads = np.bincount(rows, weights, listens.shape[0])[:, None]
    return join([[G, -loads]]), join([[R], [mean]])


def quietest_weights(listens, code):
    """W, dense, shape (rows, n): of all exact weights those that let through least of everybody else.

    Row by row the W with (W C)[r, j] = 1 for all j that r listens to, and the smallest sum of squares of
    all that it hears, which by Lagrange is

        W = G C^T (C C^T)^-1,    G on the support of C0.

    So is `exact_weights` where it reads by least squares, with a matrix of n m numbers. This is W itself,
    for any number of features, in some tens of products of a (rows, n) with an (n, n) matrix. Parameters
    are those of `exact_weights`.

    Notes
    -----
    Ours, as `exact_weights`.

    Examples
    --------
    >>> code = Code([[1, 1, 0], [0, 1, 1]])
    >>> np.round(quietest_weights(np.array([[1, 0, 0]]), code) @ code.matrix, 3).tolist()
    [[1.0, 0.5, -0.5]]
    """
    listens = read_by("listens", listens, instance("code", code, Code).features)
    rows, inputs, _ = entries(listens)
    carriers = _carriers(code)
    K = np.linalg.inv(_regular(as_dense(times(code.matrix, code.matrix.T)), RIDGE_IN))
    W = np.zeros((listens.shape[0], code.neurons))
    for top, bottom, part in _parts(rows, len(W), code, CHUNK_CELLS):
        W[top:bottom] = _quietest(rows[part] - top, carriers[inputs[part]], bottom - top, K)
    return W


def _quietest(rows, carriers, height, K):
    """`height` rows of W, whose entries at `rows` are inputs with these `carriers`."""
    shape = (height, len(K) + 1)
    cells = rows[:, None] * shape[1] + carriers

    def weights(g):
        spread = np.bincount(cells.ravel(), np.repeat(g, cells.shape[1]), math.prod(shape))
        return spread.reshape(shape)[:, :-1] @ K

    def heard(g):
        return np.pad(weights(g), ((0, 0), (0, 1))).take(cells).sum(axis=1)

    return weights(_count_one(rows, height, heard))


def _parts(rows, height, code, cells):
    """(first row, row after the last, their entries), so many rows at a time as W has `cells` for."""
    starts = np.searchsorted(rows, np.arange(height + 1))
    step = max(1, cells // code.neurons)
    for top in range(0, height, step):
        bottom = min(top + step, height)
        yield top, bottom, slice(starts[top], starts[bottom])


def _carriers(code):
    """The neurons that carry each feature, shape (m, largest weight); n where there are no more."""
    neurons, features, _ = entries(code.matrix)
    order = np.argsort(features, kind="stable")
    starts = np.cumsum(code.weights) - code.weights
    padded = np.full((code.features, code.weights.max()), code.neurons)
    padded[features[order], np.arange(len(order)) - starts[features[order]]] = neurons[order]
    return padded


def _heard(rows, inputs, height, R, code, carriers):
    """g at (rows, inputs) -> (G R C)[rows, inputs]; R is dense, or None for D - 1 1^T / n."""
    n, weight = code.neurons, code.weights[inputs]
    # Where each entry is heard in W, shape (height, n + 1). The last column is for no carrier.
    cells = rows[:, None] * (n + 1) + carriers[inputs]

    def heard(g):
        if R is None:
            spread = np.repeat(g / weight, cells.shape[1])
            W = np.bincount(cells.ravel(), spread, height * (n + 1)).reshape(height, n + 1)
            W[:, -1] = 0
            return W.take(cells).sum(axis=1) - weight * np.bincount(rows, g, height)[rows] / n
        W = np.zeros((height, n + 1))
        W[:, :-1] = as_dense(times(from_entries(rows, inputs, g, (height, code.features)), R))
        return W.take(cells).sum(axis=1)

    return heard


def _count_one(rows, height, heard):
    """Weights g, one for each entry of `rows`, with heard(g) = 1: conjugate gradients, row by row."""

    def per_row(a):
        return np.bincount(rows, a, height)

    g = np.ones(len(rows))
    error = 1 - heard(g)
    direction, norm = error, per_row(error**2)
    target = TOLERANCE**2 * per_row(np.ones(len(rows)))
    for _ in range(STEPS):
        if (norm <= target).all():
            break
        image = heard(direction)
        curvature = per_row(direction * image)
        pace = np.divide(norm, curvature, out=np.zeros(height), where=curvature > 1e-12)
        g = g + pace[rows] * direction
        error = error - pace[rows] * image
        renewed = per_row(error**2)
        turn = np.divide(renewed, norm, out=np.zeros(height), where=norm > 0)
        direction, norm = error + turn[rows] * direction, renewed
    return g


def assemble(problem, channels, neurons, *, v, rng, meetings=(), code_weight=None):
    """The network whose output code is `channels`.

    Parameters
    ----------
    problem : TwoAnd
    channels : matrix of shape (rows, m'), 0/1
        S. At most `neurons` rows, the detectors included.
    neurons : int
        n: of the input code, and room for the rows and detectors.
    v : int
    rng : numpy.random.Generator
        Draws the input code.
    meetings : sequence of (g, h, rows)
        Where inputs g and h are both active these rows are silenced, by a detector
        relu(4 (y_g + y_h - 1.5)) in the first layer, one for each meeting.
    code_weight : int, optional
        Neurons that carry one input; `CODE_WEIGHT` if nothing is given.

    Raises
    ------
    ValueError
        Sizes that do not fit.
    ConstructionError
        An output without a row.
    """
    n = fitting("neurons", whole("neurons", neurons, 1), neurons)
    v = whole("v", v, 1, check_problem(problem).inputs)
    channels = read_by("channels", channels, problem.outputs)
    height = channels.shape[0]
    if height + len(meetings) > n:
        raise expected("neurons", f"at least {height + len(meetings)}, rows and detectors", n)
    carried = np.bincount(entries(channels)[1], minlength=problem.outputs)
    if not carried.all():
        raise ConstructionError(f"output {int(np.argmin(carried))} has no row")
    code = input_code(n, problem.inputs, code_weight, rng=generator(rng))
    clip = clip_for(v, quiet=n >= problem.inputs)
    slope = 1 / (clip.on - clip.off)
    hubs = np.array([(g, h) for g, h, _ in meetings], dtype=np.int64).reshape(-1, 2)
    detects = from_entries(np.repeat(np.arange(len(hubs)), 2), hubs.ravel(), 1, (len(hubs), problem.inputs))
    listens = listeners(problem, channels)
    left, right = exact_weights(join([[listens], [detects]]) if len(hubs) else listens, code)
    gain = np.r_[np.full(height, -slope), np.full(len(hubs), DETECTOR_GAIN)]
    first = Layer(
        (_scaled(gain, left), right),
        np.r_[np.full(height, slope * clip.on), np.full(len(hubs), -DETECTOR_GAIN * DETECTOR_OFF)],
    )
    second = Layer((_silence(height, meetings),), np.ones(height))
    read_out = READ_OUT_SILENCED if meetings and v > 2 else clip.read_out
    return SuperposedNetwork(code, Network((first, second)), Code(channels), v, read_out)


def recode(net, *, rng):
    """`net`, and two more layers that write its outputs in a fresh random code, one for all problems.

    Where channels were chosen to suit the problem, the output code knows something of it. The outputs are
    to come in a code that does not: C_out, `OUTPUT_WEIGHT` random neurons for each output, drawn without
    a look at the pairs. It takes one more matrix and one more clip, as for a permutation,

        u' = relu((on - W' h) / (on - off)),    t = relu(1 - u'),

    where row r of W' h hears the outputs that neuron r carries. Up to `LEAST_SQUARES_CELLS` neurons times
    outputs their channels are read by least squares, and each counts exactly 1 if it is true alone. Beyond,
    W' = C_out D with D the decompressor of the channels: a sum of means that are never negative, so that
    a true output whose channel is lit is always heard as 1 or more. Least squares leaves less noise where
    outputs are few more than neurons; with many more there is nothing left to gain by it. In between there
    is: means need more neurons, so just beyond the limit a network can be wrong where a narrower one was
    right. All 8,128 outputs of a clique of 128 (v = 2, 500 targeted inputs) are right in 1,000 neurons, by
    least squares, and from 2,000 on, by means; in 1,400, 77 inputs fail.

    Parameters
    ----------
    net : SuperposedNetwork
        Its output code has the channels as columns.
    rng : numpy.random.Generator

    Notes
    -----
    Re-compressing all outputs into one code is the paper's (C_out D1 h); weights and clip are ours.
    """
    n = instance("net", net, SuperposedNetwork).code_in.neurons
    sets = balanced_rows(n, net.code_out.features, min(OUTPUT_WEIGHT, max(1, n // 2)), rng=generator(rng))
    code = Code(channel_matrix(sets, n))
    cells = n * net.code_out.features
    clip = output_clip_for(net.v, cells)
    slope = 1 / (clip.on - clip.off)
    if cells <= LEAST_SQUARES_CELLS:
        left, right = exact_weights(code.matrix, net.code_out, RIDGE)
    else:
        left, right = code.matrix, net.code_out.decompressor
    first = Layer((_scaled(np.full(n, -slope), left), right), np.full(n, slope * clip.on))
    second = Layer((_silence(n, ()),), np.ones(n))
    network = net.network >> Network((first, second))
    return SuperposedNetwork(net.code_in, network, code, net.v, clip.read_out)


def _scaled(gain, matrix):
    """diag(gain) matrix."""
    rows, columns, values = entries(matrix)
    return from_entries(rows, columns, gain[rows] * values, matrix.shape)


def _silence(height, meetings):
    """[-I, -M]: row r loses u_r, and every detector of a meeting that it belongs to."""
    rows = [np.arange(height), *(np.asarray(met) for _, _, met in meetings)]
    columns = [
        np.arange(height),
        *(np.full(len(met), height + k) for k, (_, _, met) in enumerate(meetings)),
    ]
    shape = (height, height + len(meetings))
    return from_entries(np.concatenate(rows), np.concatenate(columns), -1, shape)
