"""A proof for every input at once: what at most v active inputs can do to each output is bounded.

The claim. If `certify` finds nothing to object to, then for every input y with at most v ones
the network's read-out of every output is on the right side of the threshold, and further from it than
rounding can move it, on any machine that computes in double precision as `heard.rounding` assumes.
Nothing is assumed of the network but its numbers: whatever drew its weights, or changed them. Where they
are so large that something might overflow, there is no certificate.

The proof, in the order of the modules:

1. `heard`: what the first layer hears is additive over the active inputs.
2. `search`: one clip. A convex function of a sum is bounded by a sum, one term for each active input
   (Jensen). So no k inputs can do more than the k worst, and branch and bound settles the rest.
3. `pairs`: two clips, as after re-coding. A row is lit by two inputs, so what S lights is at most what
   its pairs light; over the pairs, the bound of 2 again. For v = 2 and 3 what is left is tried.
4. `crowds`: the same for four active inputs or more, with the search of 2.
5. `suspects`: what bounds leave open is run through the network itself, and must be right there.

Every bound is one-sided, and `2 * rounding(...)` covers what rounding does to the bounds, to the merged
layers that they are about and to the network itself. So a wrong network is not certified: an output that is
wrong on some input reaches its threshold there, hence every bound on it does, hence no step of the search
settles that input. It is either run, and found wrong, or the search ends before. That is the other end of
it, and certain: where the bounds leave too much open, `GaveUp` says on what, and why. Then up to 200,000
inputs are simply tried; of more, 256 that wrong networks are likely to fail on, in search of a
counterexample.

Measured on re-coded networks: problem and network from the seeds 0, 1, ..., re-coded with 100, 101, ...;
median processor seconds. Every one was decided: certified, or shown to be wrong by an input that fails.

=====================  ====  ====  =  =========  =====  ====  ===========  ===
problem                  m'     n  v  certified  wrong  open       inputs    s
=====================  ====  ====  =  =========  =====  ====  ===========  ===
random                 1000   800  2          5      0     0      500,501  0.5
six hubs               1200  1000  2          5      0     0      727,822  0.5
clique                 1225  1000  2          5      0     0        1,276  0.3
power law              1000   950  2          5      0     0      125,251  0.5
three hubs, detectors   300  1500  2          5      0     0       46,057  0.2
random                  500  1000  3          5      0     0   20,833,751  0.2
six hubs                600  1500  3          5      0     0   37,091,342  0.5
power law               600  1200  3          5      0     0    4,500,251  0.2
random                  300  1500  4          5      0     0  335,291,426  0.5
power law               300  2000  4          3      0     0   20,822,901  0.6
six hubs                300  2500  4          2      1     0  362,976,232  0.5
=====================  ====  ====  =  =========  =====  ====  ===========  ===

Of 600 outputs, at v = 4, two random problems at n = 2000 (5.4 billion inputs, 0.5 s) and one of six hubs
at n = 3500 (5.6 billion, 1.3 s) were certified.
"""

import numpy as np

from .._arguments import expected
from ..codes import Code
from ..inputs import count_sparse, sparse_batches, targeted_sparse
from ..network import Layer, Network, SuperposedNetwork
from ..problems import Permutation, TwoAnd
from .heard import rounding, stages
from .pairs import settle_two_clips
from .search import settle_one_clip
from .suspects import BATCH, GaveUp, Suspects

__all__ = ["certify"]

# A, and the first layer's matrix, have at most so many entries: 4 GB.
ADDITIVE_CELLS = 2**29
# So few inputs that all of them can be tried.
ENUMERATED = 200_000


def certify(network, problem, v):
    """(suspects, why there is no certificate): "" if there is one; what was run stands in `suspects`.

    Parameters
    ----------
    network : SuperposedNetwork
    problem : TwoAnd or Permutation
    v : int
        Every input with at most v ones is covered.

    Raises
    ------
    ValueError
        Another kind of problem, or a network too large (rows times m, or times neurons, above 2^29).

    Notes
    -----
    Ours.

    Theorem: thm-proof-certificate.

    Examples
    --------
    >>> from superpos_lib.problems import matching
    >>> from superpos_lib.two_and import double_light
    >>> problem = matching(400)
    >>> net = double_light(problem, 300, v=2, rng=np.random.default_rng(0))
    >>> certify(net, problem, 2)[1]
    ''
    """
    if not isinstance(problem, (TwoAnd, Permutation)):
        raise expected("problem", "a TwoAnd or a Permutation", problem)
    with np.errstate(all="ignore"):
        return _certify(network, problem, v)


def _certify(network, problem, v):
    try:
        _is_what_was_proved(network, problem)
        error = rounding(network, v)
    except GaveUp as why:
        return Suspects(network, problem, np.inf), str(why)
    layers, tail = stages(network)
    columns = max(problem.inputs, network.code_in.neurons)
    if layers and layers[0].bias.size * columns > ADDITIVE_CELLS:
        got = layers[0].bias.size * columns
        raise expected("network", f"at most {ADDITIVE_CELLS} rows times inputs or neurons", got)
    suspects = Suspects(network, problem, 2 * error[-1])
    try:
        if len(layers) in (1, 2):
            settle_one_clip(layers, tail, problem, v, suspects)
        elif len(layers) == 4:
            settle_two_clips(layers, tail, problem, v, suspects, error)
        else:
            raise GaveUp(f"as there are bounds for 1, 2 or 4 layers of ReLUs, not for {len(layers)}")
        suspects.run()
    except GaveUp as why:
        return (
            (suspects, str(why)) if suspects.failures else _tried(network, problem, v, suspects, str(why))
        )
    return suspects, ""


def _is_what_was_proved(network, problem):
    """The proof is about these classes, and about this arithmetic; raises `GaveUp` for any other."""
    parts = [network, network.code_in, network.code_out, network.network, *network.network.layers, problem]
    for part in parts:
        if type(part) not in (SuperposedNetwork, Code, Network, Layer, TwoAnd, Permutation):
            raise GaveUp(f"as a {type(part).__name__} may compute anything")
    half = np.array([2.0**-53])  # of a unit in the last place of 1, so that each of the sums is a tie
    if np.finfo(float).nmant != 52 or [1 + half[0], 1 - half[0] / 2, -1 - half[0]] != [1, 1, -1]:
        raise GaveUp("as this machine does not round to the nearest double")


def _tried(network, problem, v, suspects, gave_up):
    """All inputs, if they are few; else some that wrong networks are likely to fail on."""
    all_of_them = count_sparse(problem.inputs, v) <= ENUMERATED
    if all_of_them:
        batches = sparse_batches(problem.inputs, v, BATCH)
        suspects = Suspects(network, problem, suspects.margin)
    else:
        # The same ones each time: a certificate is no matter of chance.
        batches = [targeted_sparse(problem, v, BATCH, rng=np.random.default_rng(0))]
    try:
        for Y in batches:
            suspects.run_on(Y)
    except GaveUp as why:
        return suspects, str(why) if all_of_them or suspects.failures else gave_up
    return suspects, "" if all_of_them else gave_up
