"""Draw, check, draw again, widen: a network that is right as far as can be told, and what that took."""

import dataclasses
import math
from dataclasses import dataclass

from .. import _matrices
from .._arguments import expected, generator, instance, whole
from ..certificate import certify
from ..climbing import climb, work_of_start
from ..codes import ConstructionError
from ..network import SuperposedNetwork
from .channels import check_problem
from .dedicated import dedicated
from .width import dedicated_width

__all__ = ["Origin", "certifiable", "until_right"]

# Networks drawn at a width before it is widened, and by how much it is.
DRAWS, WIDER = 2, 1.06
# A search has so many starts for each output, as long as it computes no more than WORK numbers in all:
# about a minute. FEWEST come before a certificate: a wrong one mostly shows there. Where not even they can
# be had, nothing is checked.
STARTS, WORK, FEWEST = 8, 2**31, 64
# Sizes up to which a certificate takes seconds: outputs times inputs for each further active one, in
# networks of two layers; re-coded, squared inputs times neurons, and from v = 3 on neurons times outputs.
ONE_CLIP, TWO_CLIPS, CROWDED = 2**25, 2**30, 2**20
# Without fast linear algebra, as in a browser, all of this is so many times smaller.
SLOWER = 32


def _affordable(size):
    return size if _matrices.BLAS else size // SLOWER


@dataclass(frozen=True)
class Origin:
    """How a network of default width was found.

    proof : "dedicated", nothing is superposed, and it is right by construction; "certificate", a proof for
        every input; "climbing", no proof: a search found nothing wrong from `starts` starts; "none", the
        first network drawn, unchecked, as it is too large for a search of about a minute
    first, neurons : the width that was tried first, and the one taken
    draws : networks drawn in all, the last one taken
    starts : of the last search
    """

    proof: str
    first: int
    neurons: int
    draws: int
    starts: int = 0


def certifiable(network, problem, v):
    """Whether the network has a size for which a certificate takes seconds.

    >>> import numpy as np
    >>> from superpos_lib.problems import matching
    >>> from superpos_lib.two_and import double_light
    >>> net = double_light(matching(40), 60, v=2, rng=np.random.default_rng(0))
    >>> certifiable(net, matching(40), 2)
    True
    """
    m, outputs = check_problem(problem).inputs, problem.outputs
    n, v = instance("network", network, SuperposedNetwork).neurons, whole("v", v, 1, m)
    if len(network.network.layers) == 2:
        return outputs * m * max(1, v - 1) <= _affordable(ONE_CLIP)
    crowded = v > 2 and n * outputs > _affordable(CROWDED)
    return m * m * n <= _affordable(TWO_CLIPS) and not crowded


def until_right(draw, problem, first, *, v, rng):
    """The first network of `draw(n, rng)` in which nothing wrong is found, its `origin` set.

    Two networks are drawn at a width, n = `first` to begin with, then n grows by 6 %. Where n would reach
    `dedicated_width`, superposing is of no use any more, and the network is `dedicated`.

    Parameters
    ----------
    draw : function
        Of a width and a generator; a `ConstructionError` counts as a wrong network.
    problem : TwoAnd
    first : int
    v : int
    rng : numpy.random.Generator

    Raises
    ------
    ValueError
        `draw` is no function, `problem` no `TwoAnd`, first < 1, v outside 1, ..., m, no generator.
    """
    if not callable(draw):
        raise expected("draw", "a function of a width and a generator", draw)
    most, n, draws = dedicated_width(problem), whole("first", first, 1), 0
    v, rng = whole("v", v, 1, problem.inputs), generator(rng)
    while n < most:
        for _ in range(DRAWS):
            draws += 1
            try:
                net = draw(n, rng)
            except ConstructionError:
                continue
            found = _nothing_wrong(net, problem, v, rng)
            if found is not None:
                proof, starts = found
                return dataclasses.replace(net, origin=Origin(proof, first, net.neurons, draws, starts))
        n = math.ceil(WIDER * n)
    net = dedicated(problem, v=v)
    return dataclasses.replace(net, origin=Origin("dedicated", first, most, draws))


def _nothing_wrong(net, problem, v, rng):
    """(proof, starts), or None if a wrong input was found."""
    most = _affordable(WORK) // work_of_start(net, problem, v)
    if most < FEWEST:
        return "none", 0
    if climb(net, problem, v, FEWEST, rng=rng).failures:
        return None
    if certifiable(net, problem, v):
        suspects, gave_up = certify(net, problem, v)
        if not gave_up:
            return "certificate", 0
        if suspects.failures:
            return None
    starts = max(FEWEST, min(STARTS * problem.outputs, most))
    return None if climb(net, problem, v, starts, rng=rng).failures else ("climbing", starts)
