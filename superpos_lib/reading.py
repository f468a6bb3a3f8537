"""What do these weights compute? Channels, listeners and pairs, read from a network that anybody made.

Nothing here knows how a network was made, and nothing needs data. Its rows are the ReLUs of one layer.
`channels` says which rows each output is read from, `listens` which inputs each row listens to, `lift`
whether partners share more rows than chance would give them, `computed_pairs` which two inputs each output
joins; `read` says all of it, and whether there is anything to read at all.

    python -m superpos_lib.reading FILE --pairs FILE

prints it, for weights in a NumPy .npz file or a PyTorch state_dict and pairs in a .csv, .txt or .npy file.
"""

import argparse
import itertools
import os
import pathlib
import re
import sys
import zipfile
from dataclasses import dataclass

import numpy as np

from ._arguments import expected, fitting, generator, instance, real
from ._matrices import as_dense, as_matrix, times
from .codes import Code
from .network import Layer, Network, SuperposedNetwork, selection
from .problems import TwoAnd

__all__ = [
    "Reading",
    "auc",
    "channels",
    "computed_pairs",
    "from_arrays",
    "lift",
    "listens",
    "load",
    "load_pairs",
    "pair_lifts",
    "pair_scores",
    "read",
]

# A weight counts if it is more than this share of the largest of its row (listens) or output (channels).
SHARE = 0.25
# There is something to read if random weights look so much like a network at most in this share of cases.
LEVEL = 0.01
# How often weights are shuffled to see what chance gives, and how many outputs are looked at for it.
SHUFFLES, LOOKED_AT = 399, 64
# Rows are dedicated if they serve fewer outputs each, on average, than this.
DEDICATED = 1.5
# A code is dense if an output is read from more than this share of the rows: of weights drawn from one
# normal law a third counts, in the measure of `_spread`, and of a channel of L equal ones L rows.
DENSE = 0.25
# Pairs are run so many cells at a time.
CELLS = 2**22


@dataclass(frozen=True)
class Reading:
    """What `read` found.

    kind : "dedicated", "channel", "dense" or "nothing"
    p_value : how often shuffled weights look as much like a network as these
    rows, inputs, outputs : sizes; rows of the layer that outputs are read from
    rows_per_output, outputs_per_row, inputs_per_row : means; the last of the layer that listens
    lift, auc, right : with a problem: see `lift` and `auc`, and the share of outputs whose two inputs are
        those of the problem; else None
    """

    kind: str
    p_value: float
    rows: int
    inputs: int
    outputs: int
    rows_per_output: float
    outputs_per_row: float
    inputs_per_row: float
    lift: float | None = None
    auc: float | None = None
    right: float | None = None


def channels(network, share=SHARE):
    """Which rows each output is read from: Booleans, outputs x rows of the last layer of ReLUs.

    With V the matrix by which outputs are read from these rows, row r is in the channel of output i where
    V[i, r] is above `share` of the largest entry of output i.

    Parameters
    ----------
    network : SuperposedNetwork
    share : float
        Above 0 and below 1.

    Raises
    ------
    ValueError
        No such network, one without ReLUs, a share out of range.

    Notes
    -----
    In a construction of this library whose layer of ReLUs is its output code, V is the decompressor, and
    these are exactly its channels: the transpose of `code_out.matrix`. Of a re-coded network they are the
    neurons of the code that its outputs are written in.

    Examples
    --------
    >>> from superpos_lib import double_light, matching
    >>> net = double_light(matching(40), 30, v=2, rng=np.random.default_rng(0))
    >>> np.array_equal(channels(net), net.code_out.matrix.T == 1)
    True
    """
    return _above(_read_out(_network(network)), share)


def listens(network, share=SHARE):
    """Which inputs each row listens to: Booleans, rows x inputs.

    While nothing is active, each sum s_r, before the ReLU, changes by dW[r, j] with input j. Row r listens
    to input j where dW[r, j] is above `share` of the largest entry of row r. Of one hidden layer, dW is
    W C, with C the code of the inputs. Of more, it is that of the last layer that still changes: of a
    clip's two it is the second, where what holds a row back at rest is let go.

    Parameters and errors are those of `channels`.

    Examples
    --------
    >>> listens(from_arrays([[1, 1, 0], [0, 1, 1]], [-1, -1], np.eye(2))).astype(int).tolist()
    [[1, 1, 0], [0, 1, 1]]
    """
    return _above(_heard(_network(network))[0], share)


def pair_lifts(network, problem):
    """For each pair of the problem: rows that listen to both, over what independent columns would share.

    With l_j rows that listen to input j, of n, two independent sets share l_a l_b / n on average. NaN
    where an input is listened to by no row. Shape (m',).

    Raises
    ------
    ValueError
        `network` is no `SuperposedNetwork` with ReLUs, `problem` no `TwoAnd` of as many inputs.

    Examples
    --------
    >>> net = from_arrays([[1, 1, 0], [0, 0, 1]], [-1, -1], np.eye(2))
    >>> pair_lifts(net, TwoAnd(3, [(0, 1), (1, 2)])).tolist()
    [2.0, 0.0]
    """
    return _lifts(listens(network), _problem(network, problem))


def lift(network, problem):
    """The mean of `pair_lifts`, over pairs whose inputs are both listened to; NaN if there are none.

    Above 1 partners share rows because they are partners: their output has a channel. About 1 they meet
    where they happen to, as input channels do.

    Examples
    --------
    >>> net = from_arrays([[1, 1, 0], [0, 0, 1]], [-1, -1], np.eye(2))
    >>> lift(net, TwoAnd(3, [(0, 1), (1, 2)]))
    1.0
    """
    return _mean(pair_lifts(network, problem))


def pair_scores(network):
    """How much more the rows do for two inputs together than for each alone: shape (m, m), symmetric.

    With h the rows' activities and e_j the input of feature j alone,

        score(a, b) = sum over rows of h(e_a + e_b) - h(e_a) - h(e_b) + h(0).

    The read-out is not looked at: this is what W and b alone say about which pairs belong together.

    Raises
    ------
    ValueError
        No `SuperposedNetwork` with ReLUs, fewer than two inputs, too many to list all pairs.

    Examples
    --------
    >>> net = from_arrays([[1, 1, 0], [0, 1, 1]], [-1, -1], np.eye(2))
    >>> pair_scores(net).tolist()
    [[0.0, 1.0, 0.0], [1.0, 0.0, 1.0], [0.0, 1.0, 0.0]]
    """
    m = _features(network)
    fitting("network", f"one of {m} inputs", m * m)
    scores = np.zeros((m, m))
    for a, b, active, apart in _all_pairs(network):
        scores[a, b] = scores[b, a] = (active - apart).sum(axis=0)
    return scores


def computed_pairs(network):
    """The two inputs at which each output is largest: int, shape (m', 2), the smaller first.

    Output i is read as z_i. Of all pairs it is (a, b) for which z_i(e_a + e_b) is largest. Where a network
    is right on every input with two ones, these are its pairs, each exactly: this is how to get the
    problem back from a network of which only the weights are known.

    Raises
    ------
    ValueError
        No `SuperposedNetwork` with ReLUs, or fewer than two inputs.

    Examples
    --------
    >>> computed_pairs(from_arrays([[1, 1, 0], [0, 1, 1]], [-1, -1], np.eye(2))).tolist()
    [[0, 1], [1, 2]]
    """
    _features(network)
    V = _read_out(network)  # what is added to every z_i does not change where it is largest
    best, pairs = np.full(len(V), -np.inf), np.zeros((len(V), 2), dtype=np.int64)
    for one, two, active, _ in _all_pairs(network):
        z = times(V, active)
        place = z.argmax(axis=1)
        found = z[np.arange(len(V)), place]
        better = found > best
        best[better] = found[better]
        pairs[better] = np.stack([one[place], two[place]], axis=1)[better]
    return pairs


def auc(scores, problem):
    """How well scores tell the problem's pairs: the chance that one of them is above another pair.

    1 if all are above all others, 1/2 if scores say nothing; of equal scores half count.

    Parameters
    ----------
    scores : array of shape (m, m), symmetric
    problem : TwoAnd
        Of m inputs, and not all their pairs.

    Raises
    ------
    ValueError
        Another shape, entries that are not finite, all pairs in the problem.

    Examples
    --------
    >>> auc([[0, 1, 0], [1, 0, 1], [0, 1, 0]], TwoAnd(3, [(0, 1), (1, 2)]))
    1.0
    """
    m = instance("problem", problem, TwoAnd).inputs
    try:
        scores = as_dense(as_matrix(scores))
    except (TypeError, ValueError) as error:
        raise expected("scores", f"shape {(m, m)}", str(error)) from None
    if scores.shape != (m, m):
        raise expected("scores", f"shape {(m, m)}", f"shape {scores.shape}")
    a, b = np.triu_indices(m, 1)
    if problem.outputs == len(a):
        raise expected("problem", "some pairs of inputs that are no output", "all pairs")
    inside = np.zeros((m, m), dtype=bool)
    low, high = np.sort(problem.pairs, axis=1).T
    inside[low, high] = True
    inside, values = inside[a, b], scores[a, b]
    ordered, which, count = np.unique(values, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(count) - (count - 1) / 2)[which]
    k = problem.outputs
    return float((ranks[inside].sum() - k * (k + 1) / 2) / (k * (len(ordered[which]) - k)))


def read(network, *, rng, problem=None):
    """What kind of code the weights have, and with a problem how far they are one that solves it.

    - nothing: the weights say no more than random ones would;
    - dedicated: a row serves one output, as a neuron for each AND does;
    - dense: an output is read from more than a quarter of the rows, each by its weight;
    - channel: an output has a few rows of its own, which serve other outputs as well.

    "Nothing" is said of what cannot be told from chance: weights of a network that is wrong on many inputs
    may be among it. The test: what outputs are read from, V, and what rows hear, dW, belong together if
    every output finds its inputs in V dW, that is, if the two largest of its numbers stand out. They are
    compared with 399 networks in which the rows of dW are shuffled. Where each output has one row that
    makes no difference, and they are compared with random rows instead, normal and uniform ones.

    Parameters
    ----------
    network : SuperposedNetwork
    rng : numpy.random.Generator
        Shuffles.
    problem : TwoAnd, optional

    Returns
    -------
    Reading

    Raises
    ------
    ValueError
        `network` is no `SuperposedNetwork` with ReLUs, `problem` no `TwoAnd` of its inputs and outputs, no
        generator.

    Examples
    --------
    >>> from superpos_lib import double_light, matching
    >>> problem = matching(100)
    >>> net = double_light(problem, 45, v=2, rng=np.random.default_rng(0))
    >>> found = read(net, rng=np.random.default_rng(1), problem=problem)
    >>> found.kind, found.right, round(found.auc, 3)
    ('channel', 1.0, 0.999)
    >>> W, V = np.random.default_rng(2).normal(size=(2, 30, 30))
    >>> read(from_arrays(W, np.zeros(30), V), rng=np.random.default_rng(1)).kind
    'nothing'
    """
    _network(network)
    generator(rng)
    if problem is not None:
        _problem(network, problem)
        if problem.outputs != network.code_out.features:
            wanted = f"{network.code_out.features} pairs, as the network has outputs"
            raise expected("problem", wanted, problem.outputs)
    dW, V = _heard(network)
    p_value = _chance(dW, V, rng)
    read_out = _read_out(network)
    served, heard = _above(read_out, SHARE), _above(dW, SHARE)
    used = served.any(axis=0)
    outputs_per_row = float(served[:, used].sum(axis=0).mean()) if used.any() else 0.0
    if p_value > LEVEL:
        kind = "nothing"
    elif outputs_per_row < DEDICATED:
        kind = "dedicated"
    else:
        kind = "dense" if np.median(_spread(read_out)) > DENSE * read_out.shape[1] else "channel"
    facts = {
        "kind": kind,
        "p_value": p_value,
        "rows": read_out.shape[1],
        "inputs": network.code_in.features,
        "outputs": len(read_out),
        "rows_per_output": float(served.sum(axis=1).mean()),
        "outputs_per_row": outputs_per_row,
        "inputs_per_row": float(heard.sum(axis=1).mean()),
    }
    if problem is None:
        return Reading(**facts)
    same = (computed_pairs(network) == np.sort(problem.pairs, axis=1)).all(axis=1)
    some = problem.outputs < problem.inputs * (problem.inputs - 1) // 2
    score = auc(pair_scores(network), problem) if some else None
    return Reading(**facts, lift=_mean(_lifts(heard, problem)), auc=score, right=float(same.mean()))


# --- what weights say


def _network(network):
    instance("network", network, SuperposedNetwork)
    if not any(layer.relu for layer in network.network.layers):
        raise expected("network", "one with a layer of ReLUs", "none")
    cells = sum(layer.inputs * layer.outputs for layer in network.network.layers)
    widest = network.network.neurons * (network.code_in.features + network.code_out.features)
    fitting("network", "one of that size", 2 * (cells + widest))
    return network


def _features(network):
    m = _network(network).code_in.features
    if m < 2:
        raise expected("network", "one of at least two inputs", m)
    return m


def _problem(network, problem):
    m = _network(network).code_in.features
    if instance("problem", problem, TwoAnd).inputs != m:
        raise expected("problem", f"{m} inputs, as the network has", problem.inputs)
    return problem


def _last_relu(layers):
    return max(k for k, layer in enumerate(layers) if layer.relu)


def _multiplied(matrix, layers):
    """matrix @ W_k @ ... @ W_1 for layers 1, ..., k: ReLUs and biases left out."""
    for layer in reversed(layers):
        for factor in layer.factors:
            matrix = as_dense(times(matrix, factor))
    return matrix


def _read_out(network):
    """V, outputs x rows: how each output is read from the last layer of ReLUs."""
    layers = network.network.layers
    return _multiplied(as_dense(network.code_out.decompressor), layers[_last_relu(layers) + 1 :])


def _heard(network):
    """(dW, V): what each row hears at rest, and how outputs depend on rows; of the last layer that hears.

    V goes through the layers above as if they had no ReLUs.
    """
    layers = network.network.layers
    change, at_rest = as_dense(network.code_in.matrix), np.zeros(network.network.inputs)
    found = None
    for k, layer in enumerate(layers):
        for factor in reversed(layer.factors):
            change, at_rest = as_dense(times(factor, change)), times(factor, at_rest)
        at_rest = at_rest + layer.bias
        if not change.any():
            break
        if layer.relu:
            found = k, change
            change, at_rest = change * (at_rest > 0)[:, None], np.maximum(at_rest, 0)
    if found is None:
        found = _last_relu(layers), np.zeros((layers[_last_relu(layers)].outputs, network.code_in.features))
    V = _multiplied(as_dense(network.code_out.decompressor), layers[found[0] + 1 :])
    return found[1], V


def _above(matrix, share):
    try:
        share = real("share", share, 0, 1)
    except ValueError:
        raise expected("share", "a number above 0 and below 1", share) from None
    if share == 1:
        raise expected("share", "a number above 0 and below 1", share)
    largest = np.maximum(matrix, 0).max(axis=1, keepdims=True)
    return matrix > np.where(largest > 0, share * largest, np.inf)


def _lifts(heard, problem):
    heard = heard.astype(float)
    rows = heard.sum(axis=0)
    a, b = problem.pairs.T
    shared = np.einsum("ri,ri->i", heard[:, a], heard[:, b])
    chance = rows[a] * rows[b] / len(heard)
    return np.divide(shared, chance, out=np.full(len(a), np.nan), where=chance > 0)


def _mean(values):
    there = values[np.isfinite(values)]
    return float(there.mean()) if len(there) else float("nan")


def _all_pairs(network):
    """(a, b, h(e_a + e_b), h(e_a) + h(e_b) - h(0)) of the last ReLUs: all pairs, some at a time."""
    m, layers = network.code_in.features, network.network.layers
    rows = Network(layers[: _last_relu(layers) + 1])
    C = as_dense(network.code_in.matrix)
    rest = rows(np.zeros((network.network.inputs, 1)))
    alone = rows(C)
    a, b = np.triu_indices(m, 1)
    step = max(1, CELLS // max(network.network.neurons, network.network.inputs))
    for at in range(0, len(a), step):
        one, two = a[at : at + step], b[at : at + step]
        yield one, two, rows(C[:, one] + C[:, two]), alone[:, one] + alone[:, two] - rest


def _spread(V):
    """How many rows each output is spread over: (sum V^2)^2 / sum V^4, which is L for L equal weights."""
    square = V**2
    return np.divide(
        square.sum(axis=1) ** 2, (square**2).sum(axis=1), out=np.zeros(len(V)), where=square.any(axis=1)
    )


def _chance(dW, V, rng):
    """How often shuffled weights find inputs for their outputs as well as these do."""
    V = V[np.sort(rng.permutation(len(V))[:LOOKED_AT])]
    alone = np.median(np.count_nonzero(_above(np.abs(V), SHARE), axis=1)) <= 1
    seen = _standing_out(times(V, dW))
    if not alone:
        return _share_reached(V, seen, lambda: dW[rng.permutation(len(dW))])
    # Of the two laws that weights are usually drawn from, whichever explains more is believed.
    size = np.sqrt((dW**2).mean(axis=1, keepdims=True))
    normal = _share_reached(V, seen, lambda: size * rng.normal(size=dW.shape))
    return max(normal, _share_reached(V, seen, lambda: size * rng.uniform(-1, 1, size=dW.shape)))


def _share_reached(V, seen, chance):
    """How often rows drawn by chance stand out as much as what was seen."""
    reached = sum(_standing_out(times(V, chance())) >= seen for _ in range(SHUFFLES))
    return (1 + int(reached)) / (1 + SHUFFLES)


def _standing_out(G):
    """How large the two largest numbers of an output are, over the size of all: mean over outputs."""
    k = min(2, G.shape[1])
    largest = np.partition(G, G.shape[1] - k, axis=1)[:, -k:].sum(axis=1)
    size = np.sqrt((G**2).sum(axis=1))
    return float(np.divide(largest, size, out=np.zeros(len(G)), where=size > 0).mean())


# --- anybody's weights


def from_arrays(W, b, V, c=None, *, v=2, threshold=0.0):
    """The network z = V relu(W x + b) + c, of inputs and outputs that are not superposed.

    Parameters
    ----------
    W : array of shape (rows, m)
    b : array of shape (rows,)
    V : array of shape (m', rows)
    c : array of shape (m',), optional
    v : int
        It is to be read, or tried, on inputs of at most v ones.
    threshold : float
        Output i is true where z_i is above it.

    Raises
    ------
    ValueError
        Shapes that do not fit, entries that are not finite numbers.

    Examples
    --------
    >>> net = from_arrays([[1, 1, 0], [0, 1, 1]], [-1, -1], np.eye(2))
    >>> net.predict([0, 1, 1]).tolist()
    [False, True]
    """
    W, V = _matrix("W", W), _matrix("V", V)
    if V.shape[1] != len(W):
        raise expected("V", f"{len(W)} columns, one for each row of W", f"shape {V.shape}")
    pairs = [(W, _vector("b", b, len(W))), (V, np.zeros(len(V)) if c is None else _vector("c", c, len(V)))]
    return _of_layers(pairs, v, threshold)


def _matrix(name, values):
    try:
        values = as_dense(as_matrix(values))
    except (TypeError, ValueError) as error:
        raise expected(name, "a matrix of finite numbers", str(error)) from None
    if 0 in values.shape:
        raise expected(name, "at least one row and one column", f"shape {values.shape}")
    return values


def _vector(name, values, length):
    try:
        row = _matrix(name, [values])
    except ValueError:
        raise expected(name, f"{length} finite numbers", values) from None
    if row.shape[1] != length:
        raise expected(name, f"{length} finite numbers", f"{row.shape[1]}")
    return row[0]


def _of_layers(pairs, v, threshold):
    m, outputs = pairs[0][0].shape[1], len(pairs[-1][0])
    last = len(pairs) - 1
    layers = [Layer((W,), b, relu=k < last) for k, (W, b) in enumerate(pairs)]
    one_each = [Code(selection(np.arange(features), features)) for features in (m, outputs)]
    return SuperposedNetwork(one_each[0], Network(tuple(layers)), one_each[1], v, threshold)


def load(path, *, v=2, threshold=0.0):
    """The network in a NumPy .npz file, or in a PyTorch state_dict saved as .pt, .pth or .bin.

    It may have arrays W, b, V and c, or for each layer a matrix, outputs x inputs as PyTorch keeps it, and
    a bias, in order: "fc1.weight", "fc1.bias", ..., or "W1", "b1", .... Between layers there are ReLUs.
    A matrix named "kernel" is the transpose. Where a bias is missing it is 0.

    Parameters
    ----------
    path : str or path
    v, threshold : as in `from_arrays`

    Raises
    ------
    ValueError
        No such file, another kind of file, or arrays that are no chain of at least two layers. Reading a
        state_dict needs PyTorch; it is read with `weights_only=True`, so that no code in it is run.

    Examples
    --------
    >>> import os, tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), "net.npz")
    >>> np.savez(path, W=[[1, 1, 0], [0, 1, 1]], b=[-1, -1], V=np.eye(2))
    >>> computed_pairs(load(path)).tolist()
    [[0, 1], [1, 2]]
    """
    path = _file("path", path)
    named = _npz(path) if path.suffix.lower() == ".npz" else _state_dict(path)
    if {"W", "V"} <= set(named):
        W = _matrix("W", named["W"])
        b = named.get("b", np.zeros(len(W)))
        return from_arrays(W, b, named["V"], named.get("c"), v=v, threshold=threshold)
    return _of_layers(_chain(named), v, threshold)


def _file(name, path):
    if not isinstance(path, (str, os.PathLike)) or not str(path):
        raise expected(name, "the path of a file", path)
    path = pathlib.Path(path)
    if not path.is_file():
        raise expected(name, "a file that exists", str(path))
    return path


def _npz(path):
    try:
        with np.load(path, allow_pickle=False) as stored:
            return {name: stored[name] for name in stored.files}
    except (OSError, ValueError, EOFError, AttributeError, zipfile.BadZipFile) as error:
        raise expected("path", "a NumPy .npz file of arrays", f"{path.name}: {error}") from None


def _state_dict(path):
    if path.suffix.lower() not in (".pt", ".pth", ".bin"):
        raise expected("path", "a file that ends in .npz, .pt, .pth or .bin", path.name)
    try:
        import torch
    except ModuleNotFoundError:
        raise expected("path", "an .npz file where PyTorch is not installed", path.name) from None
    try:
        stored = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # whatever a file that is none of PyTorch's makes it say
        said = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise expected("path", "a state_dict that PyTorch saved", f"{path.name}: {said}") from None
    if isinstance(stored, dict) and isinstance(stored.get("state_dict"), dict):
        stored = stored["state_dict"]
    if not isinstance(stored, dict):
        raise expected("path", "a state_dict that PyTorch saved", f"{path.name}: a {type(stored).__name__}")
    tensors = {str(name): value for name, value in stored.items() if isinstance(value, torch.Tensor)}
    return {name: value.detach().to(torch.float64).numpy() for name, value in tensors.items()}


def _chain(named):
    """(W, b) of each layer, in the order of the file or, if that is no chain, in that of the names."""
    layers = {}
    for name, array in named.items():
        if np.ndim(array) in (1, 2) and np.size(array):
            layers.setdefault(_layer_name(name), {})[np.ndim(array)] = (name, array)
    kept = {layer: parts for layer, parts in layers.items() if 2 in parts}
    for order in (list(kept), sorted(kept, key=_natural)):
        pairs = [_weights(kept[layer]) for layer in order]
        fits = all(len(a[0]) == b[0].shape[1] for a, b in itertools.pairwise(pairs))
        if len(pairs) >= 2 and fits:
            return pairs
    shapes = ", ".join(f"{name} {np.shape(array)}" for name, array in named.items()) or "no arrays"
    raise expected(
        "path", "matrices of at least two layers, each as wide as the one before is high", shapes
    )


def _layer_name(name):
    """ "fc1" of "fc1.weight", "1" of "W1" and "b1"."""
    head, dot, _ = name.rpartition(".")
    if dot:
        return head
    cut = re.fullmatch(r"(?:W|w|b|B|weight|weights|kernel|bias)_?(\d+)", name)
    return cut[1] if cut else re.sub(r"[_/]?(weights?|kernel|bias|W|b)$", "", name)


def _natural(name):
    return [
        (not part.isdigit(), int(part) if part.isdigit() else 0, part) for part in re.split(r"(\d+)", name)
    ]


def _weights(parts):
    name, W = parts[2]
    W = _matrix(name, W)
    W = W.T if "kernel" in name else W
    if 1 not in parts:
        return W, np.zeros(len(W))
    return W, _vector(parts[1][0], parts[1][1], len(W))


def load_pairs(path, inputs):
    """The problem whose pairs are in a file: a row (a, b) for each output, inputs counted from 0.

    Parameters
    ----------
    path : str or path
        A .npy file of shape (m', 2), or text: two whole numbers a line, with a comma or blanks between
        them; a first line of words and lines that begin with # are left out.
    inputs : int
        m.

    Raises
    ------
    ValueError
        No such file, other contents, pairs that are no 2-AND problem of m inputs.

    Examples
    --------
    >>> import os, tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), "pairs.csv")
    >>> _ = pathlib.Path(path).write_text("a,b\\n0,1\\n1,2\\n")
    >>> load_pairs(path, 3).pairs.tolist()
    [[0, 1], [1, 2]]
    """
    path = _file("path", path)
    if path.suffix.lower() == ".npy":
        try:
            return TwoAnd(inputs, np.load(path, allow_pickle=False))
        except (OSError, EOFError) as error:
            raise expected("path", "a NumPy .npy file of pairs", f"{path.name}: {error}") from None
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise expected("path", "text, or a .npy file", path.name) from None
    rows = [
        (number, re.split(r"[,;\s]+", line.strip().strip(",;")))
        for number, line in enumerate(lines, start=1)
        if line.strip() and not line.strip().startswith("#")
    ]
    if rows and not any(re.fullmatch(r"[+-]?\d+", word) for word in rows[0][1]):
        rows = rows[1:]
    for number, words in rows:
        if len(words) != 2 or not all(re.fullmatch(r"\d{1,15}", word) for word in words):
            raise expected(
                "path", "two whole numbers a line", f"line {number} of {path.name}: {' '.join(words)}"
            )
    return TwoAnd(inputs, np.array([[int(word) for word in words] for _, words in rows]).reshape(-1, 2))


# --- the command


def main(arguments=None):
    """`python -m superpos_lib.reading FILE --pairs FILE`: print what is read. 2 if a file is bad."""
    parser = argparse.ArgumentParser("python -m superpos_lib.reading", description=__doc__.splitlines()[0])
    parser.add_argument("file", help="weights: a NumPy .npz, or a PyTorch state_dict (.pt, .pth, .bin)")
    parser.add_argument("--pairs", metavar="FILE", help="the pairs it should compute: .csv, .txt or .npy")
    asked = parser.parse_args(arguments)
    try:
        network = load(asked.file)
        problem = load_pairs(asked.pairs, network.code_in.features) if asked.pairs else None
        print(_report(read(network, rng=np.random.default_rng(0), problem=problem), network))
    except ValueError as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 2
    return 0


def _report(found, network):
    lines = [
        f"{found.inputs} inputs, {found.rows} rows, {found.outputs} outputs",
        f"kind of code: {found.kind} (p = {found.p_value:.4g} for random weights)",
        f"an output is read from {found.rows_per_output:.1f} rows",
        f"a row serves {found.outputs_per_row:.1f} outputs",
        f"a row listens to {found.inputs_per_row:.1f} inputs",
    ]
    if found.right is not None:
        area = "undefined, all pairs are outputs" if found.auc is None else f"{found.auc:.3f}"
        lines += [
            f"partners share {found.lift:.2f} times the rows that independent inputs would",
            f"pairs told from W and b alone: AUC {area}",
            f"outputs that join the two inputs of their pair most: {found.right:.1%}",
        ]
    elif found.kind != "nothing" and found.inputs > 1:
        shown = computed_pairs(network)
        lines += ["output: the two inputs it joins most"]
        lines += [f"{i}: {a} {b}" for i, (a, b) in enumerate(shown.tolist())]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
