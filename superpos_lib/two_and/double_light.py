"""Both inputs light: every output gets a channel of its own, a few rows at random."""

from .._arguments import generator, whole
from .assembly import assemble
from .channels import balanced_rows, channel_length, channel_matrix, check_problem

__all__ = ["double_light", "light_channels"]


def light_channels(problem, rows, *, v, rng, channel=None):
    """S, shape (rows, m'): L random rows for each output, every row in as many channels as any other.

    Where there is a row for every output, channels are disjoint, of up to L rows.
    """
    rows = whole("rows", rows, 1)
    L = channel_length(v) if channel is None else whole("channel", channel, 1)
    whole("v", v, 1)
    room = rows // check_problem(problem).outputs or max(1, rows // 2)
    sets = balanced_rows(rows, problem.outputs, min(L, room), rng=rng)
    return channel_matrix(sets, rows)


def double_light(problem, neurons, *, v, rng, channel=None):
    """Output channels: output i is carried by L random rows, and its two inputs are heard there.

    Column j of C0 is the union of the channels of the outputs that input j takes part in. Two active
    partners meet in the whole channel of their output; a stranger rarely covers much of it, because a
    light input covers at most L m'^(1/4) rows.

    Parameters
    ----------
    problem : TwoAnd
        Made for light inputs. Heavier ones are not refused: they cover too many rows, which shows.
    neurons : int
    v : int
        The network is made for inputs with at most v ones.
    rng : numpy.random.Generator
    channel : int, optional
        L, at least 1: no more than half of the rows are taken, and where every output has rows of its own
        no more than those. Without it, 6 for v <= 2 and 10 from v = 3 on. Short channels need fewer neurons
        to be right on nearly all inputs, long ones to be right on all.

    Raises
    ------
    ValueError
        `problem` is no `TwoAnd`, neurons < 1, v outside 1, ..., m, no generator, channel < 1.

    Notes
    -----
    Output channels are the paper's (Adler and Shavit, arXiv 2409.15318). Ours: the channels are dealt
    out evenly, they are the output code themselves, and weights and threshold are those of `assemble`.

    Theorem: thm-light-gap.

    Examples
    --------
    >>> import numpy as np
    >>> from superpos_lib import matching, verify
    >>> problem = matching(40)
    >>> net = double_light(problem, 60, v=2, rng=np.random.default_rng(0))
    >>> verify(net, problem, 2).ok
    True
    >>> short = double_light(problem, 15, v=2, rng=np.random.default_rng(0), channel=3)
    >>> sorted(set(short.code_out.weights.tolist()))  # 20 outputs, of three rows each
    [3]
    """
    problem, n = check_problem(problem), whole("neurons", neurons, 1)
    v = whole("v", v, 1, problem.inputs)
    channels = light_channels(problem, n, v=v, rng=generator(rng), channel=channel)
    return assemble(problem, channels, n, v=v, rng=rng)
