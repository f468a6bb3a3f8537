"""A picture of heavy inputs: where two of their channels meet, and what their rows hear of strangers.

It takes numbers and says nothing about how these came about.
"""

import numpy as np
from matplotlib.ticker import MaxNLocator

from .._arguments import expected
from .style import NOISE, THRESHOLD, WRONG, is_narrow, page, plain, type_size

__all__ = ["intersections"]

# The law is marked where it expects at least this much of one pair.
SEEN = 0.5
BINS = 45
# Room for a name left of the line, as a share of what is right of it.
ROOM = 0.06


def intersections(sizes, law, fewest, noise, gap, headline, reach=(0, 0, 0.0, 0.0)):
    """How many rows two input channels have in common, and what a row hears of a stranger.

    Parameters
    ----------
    sizes : array of int
        One for each output.
    law : array
        The probability of size 0, 1, 2, ...
    fewest : number
        Smaller sizes are too short for a channel.
    noise : array
        What rows hear of inputs that they do not listen to; larger than `gap` is too much.
    gap : number
    headline : str
    reach : (largest size, most outputs of one size, lowest noise, highest noise)
        What the axes show at the least; give what the largest of several pictures needs.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        No sizes, or no noise.

    Examples
    --------
    >>> figure = intersections([1, 2, 2], [0.1, 0.3, 0.4, 0.2], 1, [0.0, 0.1, -0.1], 0.75, "three outputs")
    >>> figure.get_suptitle()
    'three outputs'
    """
    sizes, law, noise = np.asarray(sizes), np.asarray(law, dtype=float), np.asarray(noise, dtype=float)
    for name, values in (("sizes", sizes), ("noise", noise)):
        if values.ndim != 1 or len(values) == 0:
            raise expected(name, "one number or more", f"shape {values.shape}")
    figure = page(5.9 if is_narrow() else 3.6, headline)
    left, right = figure.subplots(*((2, 1) if is_narrow() else (1, 2)))
    counts = np.bincount(sizes, minlength=len(law))
    place = np.arange(len(counts))
    short = place < fewest
    for those, colour in ((short, WRONG), (~short, NOISE)):
        edges = np.arange(len(place) + 1) - 0.5
        left.stairs(np.where(those, counts, 0), edges, fill=True, color=colour, lw=0)
    expects = law * len(sizes)
    seen = np.flatnonzero(expects >= SEEN)
    left.plot(seen, expects[seen], "D", ms=3.5, color="black", label="exact law")
    left.axvline(np.ceil(fewest) - 0.5, color=THRESHOLD, lw=1.3)
    left.text(
        np.ceil(fewest) - 0.6, 1.0, "too\nshort", transform=left.get_xaxis_transform(),
        size=type_size(0.88), ha="right", va="top",
    )  # fmt: skip
    right_end = max(reach[0], *seen, *np.flatnonzero(counts)) + 1.5
    left.set_xlim(-ROOM * right_end, right_end)
    left.set_ylim(0, 1.05 * max(reach[1], counts.max()))
    left.set_xlabel("rows in which the two inputs meet", size=type_size(0.92))
    left.set_ylabel("outputs", size=type_size(0.92))
    left.legend(frameon=False, fontsize=type_size(0.88), handlelength=0.8, borderaxespad=0.1)
    _draw_noise(right, noise, gap, reach[2:])
    for axes in (left, right):
        axes.xaxis.set_major_locator(MaxNLocator(6))
        plain(axes)
    return figure


def _draw_noise(axes, noise, gap, reach):
    low, high = min(noise.min(), reach[0], -0.1), max(noise.max(), reach[1], gap + 0.1)
    step = (high - low) / BINS
    edges = gap + step * np.arange(-np.ceil((gap - low) / step), np.ceil((high - gap) / step) + 1)
    counts, _ = np.histogram(noise, edges)
    over = edges[:-1] >= gap - step / 2
    for those, colour in ((over, WRONG), (~over, NOISE)):
        axes.stairs(np.where(those, counts, 0), edges, fill=True, color=colour, lw=0)
    axes.axvline(gap, color=THRESHOLD, lw=1.3)
    axes.text(gap, 1.0, " too much", transform=axes.get_xaxis_transform(), size=type_size(0.88), va="top")
    axes.set_yscale("log")
    axes.set_xlim(low, high)
    axes.set_ylim(0.5, 10 ** np.ceil(np.log10(2 * len(noise) + 1)))
    axes.set_xlabel("noise of one stranger in one row", size=type_size(0.92))
    axes.set_ylabel("rows × strangers", size=type_size(0.92))
