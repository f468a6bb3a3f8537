"""Super-heavy inputs: where two territories meet, two active owners are detected and cancelled."""

import itertools
import math

import numpy as np

from .._arguments import fitting, generator, real, whole
from .._matrices import entries
from ..codes import ConstructionError
from ..inputs import distinct
from .assembly import assemble
from .channels import check_problem
from .mixed import owned_channels, owners, shared_out

__all__ = ["meetings", "spared", "super_heavy"]


def meetings(hubs, lands):
    """(g, h, rows) for all two of the inputs `hubs` whose territories have rows in common.

    >>> meetings([5, 7, 9], [np.array([0, 1]), np.array([1, 2]), np.array([3])])
    [(5, 7, array([1]))]
    """
    met = [
        (g, h, np.intersect1d(first, second))
        for (g, first), (h, second) in itertools.combinations(zip(hubs, lands, strict=True), 2)
    ]
    return [meeting for meeting in met if len(meeting[2])]


def spared(problem, met, channels):
    """The meetings `met` without the rows that carry the output g AND h itself, where there is one.

    Its detector would silence that output exactly when it is true.

    >>> from superpos_lib import TwoAnd
    >>> S = np.array([[1, 0], [1, 1], [0, 1]])
    >>> spared(TwoAnd(3, [(0, 1), (0, 2)]), [(1, 0, np.arange(3))], S)
    [(1, 0, array([2]))]
    """
    row, output, _ = entries(channels)
    ends = np.sort(problem.pairs[output], axis=1)
    return [(g, h, np.setdiff1d(rows, row[(ends == sorted((g, h))).all(axis=1)])) for g, h, rows in met]


def super_heavy(problem, neurons, *, v, rng, density=None):
    """Territories as in `mixed`; where two of them meet, two active owners are detected and cancelled.

    A super-heavy input needs a constant share of all rows. If territories are random sets of that
    `density`, two active ones have so many rows in common that every output with enough of its channel
    there is read as true. So each two owners that meet get a detector in the first layer,

        relu(4 (y_g + y_h - 1.5)),

    and the second layer subtracts it from the rows where they meet. These rows fall silent; the rest of
    each channel still carries the answer. Where g AND h is itself an output, the rows that carry it are
    spared. There are at most 2 m'^(1/4) super-heavy inputs, so the detectors are at most 2 sqrt(m')
    neurons. Any number of owners may be active at once, up to v.

    Without `density` the rows are shared out in proportion to influence, as in `mixed`. Then
    territories meet only if there are too few rows for all, and mostly there is nothing to cancel.

    Parameters
    ----------
    problem : TwoAnd
        Each output belongs to the more influential of its inputs.
    neurons : int
        Rows and detectors.
    v : int
        The network is made for inputs with at most v ones.
    rng : numpy.random.Generator
    density : float, optional
        Share of the rows that each territory has, 0 < density <= 1.

    Raises
    ------
    ValueError
        `problem` is no `TwoAnd`, neurons < 1, v outside 1, ..., m, density outside (0, 1], no generator.
    ConstructionError
        No row is left beside the detectors.

    Notes
    -----
    Detecting and cancelling are the paper's (Adler and Shavit, arXiv 2409.15318), the detectors' place and
    weights ours. Sharing the rows out so that there is nothing to cancel is ours.

    Theorem: thm-super-right, thm-super-shared.

    Examples
    --------
    >>> from superpos_lib import hubs, verify
    >>> problem = hubs(3, 20)
    >>> net = super_heavy(problem, 400, v=2, rng=np.random.default_rng(0), density=0.25)
    >>> verify(net, problem, 2).ok
    True
    """
    problem, n = check_problem(problem), fitting("neurons", whole("neurons", neurons, 1), neurons)
    v, rng = whole("v", v, 1, problem.inputs), generator(rng)
    hubs, owner = np.unique(owners(problem), return_inverse=True)
    if density is None:
        owner, lands = shared_out(problem, n, v=v, rng=rng)
        met = meetings(hubs, lands)
        if not met:
            return assemble(problem, owned_channels(owner, lands, n, v=v, rng=rng), n, v=v, rng=rng)
    rows = n - math.comb(len(hubs), 2)
    if rows < 1:
        raise ConstructionError(f"{math.comb(len(hubs), 2)} detectors leave no row of {n} neurons")
    if density is None:
        owner, lands = shared_out(problem, rows, v=v, rng=rng)
    else:
        size = max(1, round(real("density", density, 0, 1) * rows))
        lands = list(distinct(rows, size, len(hubs), rng=rng))
    channels = owned_channels(owner, lands, rows, v=v, rng=rng)
    met = spared(problem, meetings(hubs, lands), channels)
    return assemble(problem, channels, n, v=v, rng=rng, meetings=met)
