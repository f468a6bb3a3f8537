"""One light and one heavy input: the output's channel lies inside the heavy input's."""

import numpy as np

from .._arguments import expected, fitting, generator, whole
from .assembly import assemble
from .channels import balanced_rows, channel_length, channel_matrix, check_problem

__all__ = ["mixed", "owned_channels", "owners", "shared_channels", "shared_out", "territories"]

# A territory has room for at least so many disjoint channels.
SMALLEST = 6


def owners(problem):
    """The input of each output in whose territory its channel lies: the more influential one."""
    a, b = check_problem(problem).pairs.T
    return np.where(problem.influence[a] >= problem.influence[b], a, b)


def territories(rows, shares, *, rng):
    """Sets of rows, `shares[k]` many, dealt out from shuffled decks of all rows.

    They are disjoint as long as the shares fit into one deck.

    >>> first, second = territories(10, [4, 6], rng=np.random.default_rng(0))
    >>> sorted([*first, *second]) == list(range(10))
    True
    """
    rows = fitting("rows", whole("rows", rows, 1), rows)
    if isinstance(shares, (str, bytes)) or not hasattr(shares, "__iter__"):
        raise expected("shares", f"a list of numbers from 0 to {rows}", shares)
    shares = [whole("shares", share, 0, rows) for share in shares]
    deck, dealt = generator(rng).permutation(rows), []
    for share in shares:
        if len(deck) < share:
            fresh = rng.permutation(rows)
            left = np.isin(fresh, deck)
            deck = np.concatenate([deck, fresh[~left], fresh[left]])
        dealt.append(deck[:share])
        deck = deck[share:]
    return dealt


def owned_channels(owner, lands, rows, *, v, rng):
    """S, shape (rows, m'): the channel of each output is L rows of its owner's territory, evenly dealt.

    `owner[i]` is the place in `lands` of the territory of output i.
    """
    sets = [None] * len(owner)
    for k, land in enumerate(lands):
        mine = np.flatnonzero(owner == k)
        L = min(channel_length(v), max(1, len(land) // 2))
        for i, chosen in zip(mine, balanced_rows(len(land), len(mine), L, rng=rng), strict=True):
            sets[i] = land[chosen]
    return channel_matrix(sets, rows)


def shared_out(problem, rows, *, v, rng):
    """Owners, and territories in proportion to the outputs that each owns, but of a smallest size."""
    rows = fitting("rows", whole("rows", rows, 1), rows)
    _, owner, owned = np.unique(owners(problem), return_inverse=True, return_counts=True)
    smallest = SMALLEST * channel_length(v)
    shares = np.clip(rows * owned // problem.outputs, min(smallest, rows), rows)
    return owner, territories(rows, shares, rng=rng)


def shared_channels(problem, rows, *, v, rng):
    """S, shape (rows, m'): channels in territories that are shared out in proportion to the outputs."""
    owner, lands = shared_out(problem, rows, v=v, rng=rng)
    return owned_channels(owner, lands, rows, v=v, rng=rng)


def mixed(problem, neurons, *, v, rng):
    """Channels inside channels: heavy input h has a territory I_h, and output (h, l) has L rows of it.

    The heavy input is heard in its territory, the light one in the channels of its own outputs. The
    territory has rows in proportion to the outputs that h owns: then every row carries about as many
    outputs as any other, however unequal the heavy inputs are, unless territories are at their least size.

    Parameters
    ----------
    problem : TwoAnd
        Each output belongs to the more influential of its inputs, whatever their influence is.
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
    A hybrid is the paper's idea (Adler and Shavit, arXiv 2409.15318); this one is ours.

    Theorem: thm-mixed-right.

    Examples
    --------
    >>> from superpos_lib import hubs, verify
    >>> problem = hubs(4, 30)
    >>> net = mixed(problem, 160, v=2, rng=np.random.default_rng(0))
    >>> verify(net, problem, 2).ok
    True
    """
    problem, n = check_problem(problem), fitting("neurons", whole("neurons", neurons, 1), neurons)
    v = whole("v", v, 1, problem.inputs)
    return assemble(problem, shared_channels(problem, n, v=v, rng=generator(rng)), n, v=v, rng=rng)
