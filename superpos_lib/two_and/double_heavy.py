"""Both inputs heavy: every input gets a channel, and an output is read where two of them meet."""

import numpy as np

from .._arguments import fitting, generator, whole
from ..inputs import distinct
from .assembly import assemble
from .channels import channel_matrix, check_problem

__all__ = ["double_heavy", "heavy_channels"]

# How many rows the channels of two inputs have in common, on average; never fewer than half of it.
MEETING = 20


def heavy_channels(problem, rows, *, v, rng):
    """S, shape (rows, m'): output (a, b) has the rows of I_a & I_b.

    I_j is a uniformly random set of sqrt(MEETING rows) rows, so that two of them meet in MEETING rows on
    average. Where they meet in fewer than half of that, random other rows are added.
    """
    used, ends = np.unique(check_problem(problem).pairs, return_inverse=True)
    whole("v", v, 1)
    rows = fitting("rows", whole("rows", rows, 1), rows * len(used) // 8)
    size = min(rows, max(1, round((MEETING * rows) ** 0.5)))
    fewest = min(rows, MEETING // 2)
    sets = np.zeros((len(used), rows), dtype=bool)
    sets[np.arange(len(used))[:, None], distinct(rows, size, len(used), rng=generator(rng))] = True
    channels = []
    for a, b in ends.reshape(-1, 2):
        met = sets[a] & sets[b]
        missing = fewest - np.count_nonzero(met)
        if missing > 0:
            met[rng.choice(np.flatnonzero(~met), missing, replace=False)] = True
        channels.append(np.flatnonzero(met))
    return channel_matrix(channels, rows)


def double_heavy(problem, neurons, *, v, rng):
    """Input channels: input j draws a random set I_j of rows; output (a, b) is carried by I_a & I_b.

    A heavy input cannot have rows for each of its outputs: they would be all rows. But it can share
    one set among them, since two such sets have few rows in common, and other ones for every partner.

    Parameters
    ----------
    problem : TwoAnd
        Made for heavy inputs; others are not refused.
    neurons : int
    v : int
        The network is made for inputs with at most v ones.
    rng : numpy.random.Generator

    Raises
    ------
    ValueError
        `problem` is no `TwoAnd`, neurons < 1, v outside 1, ..., m, no generator.

    Notes
    -----
    Input channels are the paper's (Adler and Shavit, arXiv 2409.15318). Ours: rows added where two of
    them meet too little, and weights and threshold, those of `assemble`.

    Theorem: thm-heavy-right.

    Examples
    --------
    >>> import numpy as np
    >>> from superpos_lib import clique, verify
    >>> problem = clique(24)  # 276 outputs
    >>> net = double_heavy(problem, 250, v=2, rng=np.random.default_rng(0))
    >>> verify(net, problem, 2).ok
    True
    """
    problem, n = check_problem(problem), whole("neurons", neurons, 1)
    v = whole("v", v, 1, problem.inputs)
    return assemble(problem, heavy_channels(problem, n, v=v, rng=generator(rng)), n, v=v, rng=rng)
