"""Pictures of checks and certificates: who notices that a network is wrong, and what strangers can do.

They take numbers and say nothing about how these came about.
"""

import numpy as np
from matplotlib.patches import Rectangle

from .._arguments import expected
from .style import (
    ACTIVE,
    EDGE,
    FAINT,
    NOISE,
    SHOWN,
    THRESHOLD,
    WRONG,
    is_narrow,
    name_axes,
    page,
    type_size,
)

__all__ = ["strangers", "who_notices"]

# What a certificate says, and how that is drawn: a sign, a colour of the cell, a colour of the sign.
VERDICTS = {
    "proved": ("proof", SHOWN, "white"),
    "wrong": ("wrong", WRONG, "white"),
    "open": ("open", "white", "black"),
}
STEPS = 30


def who_notices(widths, found, verdicts, headline):
    """What each check found in the same networks: a line for each check, a column for each network.

    Parameters
    ----------
    widths : sequence of int
        Neurons of each network.
    found : dict from the name of a check to counts, one a network: inputs that it saw fail
    verdicts : sequence of "proved", "wrong", "open"
        What the certificate says of each network.
    headline : str

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        Other lengths than that of widths, or another verdict.

    Examples
    --------
    >>> who_notices([60, 80], {"2,000 random": [3, 0]}, ["wrong", "proved"], "two").get_suptitle()
    'two'
    """
    widths, verdicts = list(widths), list(verdicts)
    lengths = {len(verdicts), *(len(counts) for counts in found.values())}
    if not widths or lengths != {len(widths)}:
        raise expected("found, verdicts", f"{len(widths)} of each, one a width", sorted(lengths))
    if not set(verdicts) <= set(VERDICTS):
        raise expected("verdicts", ", ".join(VERDICTS), set(verdicts) - set(VERDICTS))
    narrow = is_narrow()
    lines = [(name, [_count(int(count)) for count in counts]) for name, counts in found.items()]
    lines.append(("certificate", [VERDICTS[verdict] for verdict in verdicts]))
    figure = page((0.62 if narrow else 0.5) * len(lines) + 1.15, headline)
    axes = figure.add_subplot()
    for row, (name, cells) in enumerate(lines):
        for column, (text, colour, ink) in enumerate(cells):
            axes.add_patch(Rectangle((column + 0.03, row + 0.34 * narrow), 0.94, 0.9 - 0.32 * narrow,
                                     fc=colour, ec=EDGE, lw=0.7))  # fmt: skip
            axes.text(
                column + 0.5, row + 0.45 + 0.18 * narrow, text, ha="center", va="center", color=ink,
                size=type_size(0.85 if narrow else 0.95), weight="normal" if colour == FAINT else "bold",
            )  # fmt: skip
        if narrow:
            axes.text(0.03, row + 0.17, name, ha="left", va="center", size=type_size(0.9))
    axes.set_xlim(0, len(widths))
    axes.set_ylim(len(lines), 0)
    axes.set_xticks(np.arange(len(widths)) + 0.5, [str(n) for n in widths])
    axes.set_yticks(
        [] if narrow else np.arange(len(lines)) + 0.45, [] if narrow else [name for name, _ in lines]
    )
    axes.set_xlabel("neurons n of the network", size=type_size(0.92))
    axes.tick_params(length=0, labelsize=type_size(0.9))
    axes.spines[:].set_visible(False)
    return figure


def _count(count):
    return (f"{count}", FAINT, EDGE) if count == 0 else (f"{count}", WRONG, "white")


def strangers(tolls, reads, threshold, headline, reach=1.0):
    """What each stranger may add to the read-out of one output, and what a few of them do together.

    Parameters
    ----------
    tolls : array
        The most that each stranger can add, one number a stranger.
    reads : dict from a label to the parts of a read-out, from left to right
        One bar each, against the threshold.
    threshold : float
        The output is read as true above it.
    headline : str
    reach : number
        Read-out that the axis shows at the least.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        No strangers, or no bar.

    Examples
    --------
    >>> strangers([0, 0, 0.1, 0.5], {"the worst two": [0.5, 0.1]}, 0.8, "safe").get_suptitle()
    'safe'
    """
    tolls = np.asarray(tolls, dtype=float)
    if tolls.ndim != 1 or len(tolls) == 0:
        raise expected("tolls", "one number a stranger, at least one", f"shape {tolls.shape}")
    if not reads or not all(len(parts) for parts in reads.values()):
        raise expected("reads", "one part or more under each label", reads)
    narrow = is_narrow()
    bars = 0.62 * len(reads) if narrow else 0.45 * len(reads)
    figure = page(3.2 + bars + 0.5 * narrow, headline)
    above, below = figure.subplots(2, 1, height_ratios=[2.0, bars + 0.3])
    _draw_tolls(above, tolls)
    _draw_reads(below, reads, threshold, narrow, reach)
    return figure


def _draw_tolls(axes, tolls):
    edges = np.linspace(0, max(1.0, tolls.max()), STEPS + 1)
    counts, _ = np.histogram(tolls, edges)
    axes.stairs(counts, edges, baseline=0.5, fill=True, fc=NOISE)
    worst = np.sort(tolls)[::-1][:2]
    for toll, colour, hatch in zip(worst, ACTIVE, ("", "//"), strict=False):
        left = edges[min(int(toll / edges[1]), STEPS - 1)]
        axes.add_patch(Rectangle((left, 0.5), edges[1], 0.5, fc=colour, hatch=hatch, ec="white", lw=0))
    axes.annotate(
        "the worst", (worst[0], 1.0), xytext=(0, 16), textcoords="offset points", ha="center",
        arrowprops={"arrowstyle": "->"}, size=type_size(0.9),
    )  # fmt: skip
    axes.set_yscale("log")
    axes.set_ylim(0.5, 3 * max(10, len(tolls)))
    axes.set_xlim(0, edges[-1])
    ticks = [10**k for k in range(7) if 10**k <= 3 * len(tolls)]
    axes.set_yticks(ticks, [f"{tick:,}" for tick in ticks])
    axes.minorticks_off()
    name_axes(axes, "the most that a stranger can add", "strangers")


def _draw_reads(axes, reads, threshold, narrow, reach):
    for row, (label, parts) in enumerate(reads.items()):
        left = 0.0
        colours = ACTIVE if len(parts) > 1 else (NOISE,)
        for part, colour, hatch in zip(parts, colours, ("", "//", "", ""), strict=False):
            axes.barh(row, part, 0.5, left, fc=colour, hatch=hatch, ec="white", lw=0)
            left += part
        axes.plot([left, left], [row - 0.25, row + 0.25], color=EDGE, lw=0.8)
        gap = 0.04 if left > threshold else 0.015
        axes.text(left + gap, row, f"{left:.2f}", va="center", ha="left", size=type_size(0.9))
        if left > threshold:
            axes.plot(left, row, "o", ms=11, mfc="none", mec=WRONG, mew=1.8, clip_on=False)
        if narrow:
            axes.text(0, row - 0.33, label, va="bottom", ha="left", size=type_size(0.88))
    axes.axvline(threshold, color=THRESHOLD, lw=1.3)
    axes.annotate(
        f"read as true above {threshold:.2f}", (threshold, 1), xycoords=("data", "axes fraction"),
        xytext=(-3, 2), textcoords="offset points", ha="right", va="bottom", size=type_size(0.88),
    )  # fmt: skip
    axes.set_ylim(len(reads) - 0.6, -0.75 if narrow else -0.5)
    axes.set_xlim(0, 1.12 * max(reach, *(sum(parts) for parts in reads.values())))
    axes.set_yticks([] if narrow else range(len(reads)), [] if narrow else list(reads))
    name_axes(axes, "read-out of the output", "")
