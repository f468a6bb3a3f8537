"""One network for any 2-AND: every output goes to its case, every case gets rows of its own.

Light pairs get channels at random, heavy ones meet in the channels of their inputs, and what one heavy
input owns lies in its territory. The blocks of rows do not share any row, so that no case disturbs another;
one more layer then writes all outputs into one code. Small problems are better off with one kind of
channel for all: three blocks of a third of the outputs need sqrt(3) times the rows of one. Which plan it is
to be is decided by trying the network on inputs that a wrong one fails on.
"""

from functools import partial

import numpy as np

from .._arguments import generator, whole
from ..codes import ConstructionError
from ..inputs import targeted_sparse
from ..problems import TwoAnd, split_by_influence
from .assembly import CODE_WEIGHT, assemble, recode
from .channels import check_problem, stack
from .double_heavy import heavy_channels
from .double_light import light_channels
from .mixed import shared_channels
from .until_right import until_right
from .width import light_inputs, light_width, recoded_width, width_rule

__all__ = ["two_and_network"]

# Targeted inputs on which a plan is tried, if there is another one.
TRIED = 200
# Input channels for all outputs are a plan as long as a table of inputs times neurons is no larger.
MEETING_CELLS = 2**26


def two_and_network(problem, *, v, neurons=None, rng):
    """A ReLU network for any 2-AND problem, superposed in, superposed out.

        x = C y -> u = relu((on - W x) / (on - off)), h = relu(1 - u) -> the same again, re-coding -> t

    1. An input is light (`light_inputs`) if its outputs' channels cover at most 1/16 of the rows, or if
       its influence is at most m'^(1/4); super-heavy above m'^(3/4); heavy between.
    2. If all are light, each output gets a channel of L random rows, and the channels are the output
       code: they were drawn without a look at the pairs. So it is with n >= m', where every output has
       rows of its own (up to L) and nothing is shared.
       (Except from `recoded_width` up to `light_width`: there re-coding is the safer way.)
    3. Else there are two plans. *By cases*: both inputs light (measured by n/2 rows, as the others need
       some): a channel of L random rows. Both heavy: the rows where two input channels meet. Anything
       else: L rows of the territory of the more influential input. Territories are shared out in
       proportion to influence, so that super-heavy inputs do not meet and nothing need be cancelled. Each
       part has its own block of rows, in proportion to the square root of its outputs: what it would
       need if it were alone. *By meetings*: input channels for all, in all n rows.
    4. `recode` writes the outputs in a random code of the same kind, with one more matrix and clip.
    5. The second plan is mostly the better one below 10,000 outputs or so: it is tried first, unless all
       outputs are of one case or m n is above 2^26. If it fails on any of 200 targeted inputs drawn from
       `rng`, the other one is built, too, and tried on the same: the one that fails on fewer is taken.
    6. Without `neurons` the first width is `width_rule`'s. A network is drawn, and taken if nothing is
       found wrong with it; else drawn again, then 6 % wider, and so on up to `dedicated_width`, at most
       2 m' + 1, where nothing need be superposed. `origin` of the network says what that took.

    L = 6 for v <= 2, else 10: with exact weights short channels are best as long as nothing can be
    missed. Inputs have code words of 8 neurons, re-coded outputs of 5. Without `neurons`, from v = 3 on,
    input words are longer, 8 (v - 1): two strangers whose words share a few neurons with that of an active
    input disturb all rows of its outputs at once, and among thousands of inputs there are such.
    The thresholds stand in `clip_for` and `output_clip_for`, with their reasons.

    Parameters
    ----------
    problem : TwoAnd
    v : int
        The network is made for inputs with at most v ones.
    neurons : int, optional
        n, the width of every layer. With too few, the network is what n neurons can do, and `verify` tells
        how wrong it is. Without it, the network is right on *every* input with at most v ones, by its
        certificate, up to the sizes of `until_right.certifiable`: some thousand outputs at v = 2, where
        that takes seconds, some thousand at v = 3 and more if all inputs are light. Beyond, or where the
        certificate gives up, a search that climbs on the read-out's margin has found nothing wrong: nothing
        is proved then, and it takes up to a minute for each network that passes.
    rng : numpy.random.Generator

    Returns
    -------
    SuperposedNetwork
        Two layers of ReLUs, or four if re-coded, none wider than n. Without `neurons`, `origin` is an
        `Origin`: how it was checked, the width tried first, and how many networks were drawn.

    Raises
    ------
    ValueError
        `problem` is no `TwoAnd`, neurons < 1, v outside 1, ..., m, no generator.
    ConstructionError
        Fewer neurons than kinds of channels (at most three).

    Notes
    -----
    Source: the four cases, blocks of rows and the common output code are those of Adler and Shavit, arXiv
    2409.15318. Ours: weights, thresholds, territories, how rows are shared out, and the default width.
    The default is below m' from about so many outputs on (three draws of each were, one at v = 4), and
    `dedicated_width` at most before:

    ====================================  =====  =====  =====
    problem                               v = 2  v = 3  v = 4
    ====================================  =====  =====  =====
    matching                                 90    610   1200
    star                                    200    560    940
    random, hubs, power law                 330   1570   4000
    clique                                  350   1570   5300
    ====================================  =====  =====  =====

    Theorem: thm-whole-blocks, thm-whole-roots, thm-whole-recode-exact.

    Cliques are the hardest: with three or four active features many outputs are true at once.

    Examples
    --------
    >>> from superpos_lib import clique, verify
    >>> problem = clique(50)  # 1,225 outputs
    >>> net = two_and_network(problem, v=2, rng=np.random.default_rng(0))
    >>> net.neurons, verify(net, problem, 2).ok
    (630, True)
    >>> net.origin
    Origin(proof='certificate', first=630, neurons=630, draws=1, starts=0)
    """
    problem = check_problem(problem)
    v, rng = whole("v", v, 1, problem.inputs), generator(rng)
    if neurons is None:
        draw = partial(_drawn, problem, v, code_weight=CODE_WEIGHT * max(1, v - 1))
        return until_right(draw, problem, width_rule(problem, v), v=v, rng=rng)
    return _drawn(problem, v, whole("neurons", neurons, 1), rng)


def _drawn(problem, v, n, rng, *, code_weight=None):
    """One network of n neurons, drawn without a look at how right it is but for the choice of a plan."""
    how = {"v": v, "rng": rng, "code_weight": code_weight}
    if _alone(problem, n, v):
        return assemble(problem, light_channels(problem, n, v=v, rng=rng), n, **how)
    first, *others = _plans(problem, n, v)
    best = _recoded(problem, first, n, **how)
    if others:
        Y = targeted_sparse(problem, v, TRIED, rng=rng)
        fewest = _failures(best, problem, Y)
        if fewest:
            other = _recoded(problem, others[0], n, **how)
            if _failures(other, problem, Y) < fewest:
                best = other
    return best


def _alone(problem, n, v):
    """Whether light channels alone, not re-coded, are the best that n neurons can do."""
    if n >= problem.outputs or not light_inputs(problem, n, v).all():
        return n >= problem.outputs
    return not recoded_width(problem, v) <= n < light_width(problem, v)


def _plans(problem, n, v):
    """One or two ways to divide the outputs into parts, the more promising one first."""
    cases = _parts(problem, light_inputs(problem, max(1, n // 2), v))
    if list(cases) == [heavy_channels] or problem.inputs * n > MEETING_CELLS:
        return [cases]
    meetings = {heavy_channels: np.arange(problem.outputs)}
    return [cases, meetings] if len(cases) == 1 else [meetings, cases]


def _recoded(problem, parts, n, *, v, rng, code_weight=None):
    """The network in which each part of the outputs has its block of rows."""
    rows = _rows(n, [len(which) for which in parts.values()])
    blocks = []
    for (channels, which), height in zip(parts.items(), rows, strict=True):
        part = TwoAnd(problem.inputs, problem.pairs[which])
        blocks.append((channels(part, height, v=v, rng=rng), which))
    channels = stack(blocks, problem.outputs)
    return recode(assemble(problem, channels, n, v=v, rng=rng, code_weight=code_weight), rng=rng)


def _failures(net, problem, Y):
    """On how many of the inputs Y some output is wrong."""
    return np.count_nonzero((net.predict(Y) != problem.truth(Y)).any(axis=0))


def _parts(problem, light):
    """Outputs by the rule that chooses their channels, no part empty."""
    lights = light[problem.pairs].sum(axis=1)
    owned = lights == 1
    owned[split_by_influence(problem).super_heavy] = True
    owned &= lights < 2
    parts = {light_channels: lights == 2, heavy_channels: (lights == 0) & ~owned, shared_channels: owned}
    return {channels: np.flatnonzero(which) for channels, which in parts.items() if which.any()}


def _rows(n, outputs):
    """Rows for each part, in proportion to the square root of its outputs."""
    if n < len(outputs):
        raise ConstructionError(f"{len(outputs)} cases need a row each; there are {n} neurons")
    share = np.cumsum(np.sqrt(outputs))
    ends = np.round(share / share[-1] * (n - len(outputs))).astype(int)
    return np.diff(ends, prepend=0) + 1
