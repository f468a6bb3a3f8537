"""Pictures of territories, blocks of rows, and whole matrices: two hubs at once, and the whole network.

They take numbers and say nothing about how these came about.
"""

import matplotlib
import numpy as np

from .._arguments import expected
from .style import CASE_COLOURS, NOISE, THRESHOLD, WRONG, is_narrow, page

__all__ = ["failures", "half_truths"]

HUB = CASE_COLOURS["super_heavy"]
# Steps of the two histograms.
SHARE_STEPS, HEARS_STEPS = 20, 30
# Lines of `failures`: each has its own marker and dash.
MARKERS, DASHES = ("o", "s", "D", "^"), ("-", "--", ":", "-.")


def half_truths(columns, off, headline):
    """What two active hubs leave behind, in one column for each network.

    First: which share of its channel is lit, for all outputs. Second: what the neurons of the next code
    hear. True outputs, and the neurons that carry one, stand in a colour of their own.

    Parameters
    ----------
    columns : sequence of (title, shares, truth, hears, own)
        shares, truth : (outputs,), and Booleans of the same shape
        hears, own : (neurons,), and Booleans: which neurons carry a true output
    off : float
        Up to here a neuron of the next code stays dark.
    headline : str

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        No column.

    Examples
    --------
    >>> one = ("no detectors", np.array([0.5, 1]), [False, True], np.zeros(3), [True, False, False])
    >>> half_truths([one], 0.5, "two hubs").get_suptitle()
    'two hubs'
    """
    columns = list(columns)
    if not columns:
        raise expected("columns", "at least one", "none")
    narrow = is_narrow()
    figure = page(1.9 * 2 * len(columns) + 0.9 if narrow else 4.9, headline)
    shape = (2 * len(columns), 1) if narrow else (2, len(columns))
    grid = figure.subplots(*shape, squeeze=False)
    grid = grid.reshape(len(columns), 2) if narrow else grid.T
    highest = max(1.05, *(np.max(hears) for *_, hears, _ in columns))
    for panels, (title, shares, truth, hears, own) in zip(grid, columns, strict=True):
        panels[0].set_title(title, loc="left", size=_type(1.0), weight="bold")
        _draw_histogram(panels[0], shares, truth, np.linspace(0, 1, SHARE_STEPS + 1), "true")
        _name(panels[0], "share of its channel that is lit", "outputs")
        edges = np.linspace(min(0.0, np.min(hears)), highest, HEARS_STEPS + 1)
        _draw_histogram(panels[1], hears, own, edges, "of a true output")
        panels[1].axvline(off, color=THRESHOLD, lw=1.3)
        _name(panels[1], "what a neuron of the next code hears", "neurons")
    return figure


def _draw_histogram(axes, values, marked, edges, name):
    """Counts on a logarithmic axis: grey, and the marked ones in the hubs' colour with a black edge."""
    values, marked = np.clip(values, edges[0], edges[-1]), np.asarray(marked, dtype=bool)
    for which, style in (
        (~marked, {"fc": NOISE, "label": "{:,} others"}),
        (marked, {"fc": HUB, "ec": "black", "lw": 1.0, "label": "{:,} " + name}),
    ):
        if which.any():
            counts, _ = np.histogram(values[which], edges)
            style["label"] = style["label"].format(np.count_nonzero(which))
            axes.stairs(counts, edges, baseline=0.5, fill=True, **style)
    axes.set_yscale("log")
    axes.minorticks_off()
    axes.set_yticks([1, 10, 100, 1000], ["1", "10", "100", "1,000"])
    axes.set_ylim(0.5, max(20, 6 * len(values)))
    axes.set_xlim(edges[0] - 0.02, edges[-1] + 0.02)
    axes.legend(frameon=False, fontsize=_type(0.88), loc="upper right", borderaxespad=0, handlelength=1.2)


def failures(x, lines, across, headline, level=None):
    """Shares of inputs answered wrongly, as lines over x.

    Parameters
    ----------
    x : sequence of numbers, increasing
    lines : dict from a name to shares, one for each x
    across : str
        What x is.
    headline : str
    level : (name, share), optional
        A level that does not depend on x.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        No lines, or one of another length than x.

    Examples
    --------
    >>> failures([1, 2], {"with": [0.0, 0.5]}, "density", "half").get_suptitle()
    'half'
    """
    if not lines or any(len(line) != len(x) for line in lines.values()):
        raise expected("lines", f"{len(x)} shares under each name", {k: len(v) for k, v in lines.items()})
    figure = page(4.3 if is_narrow() else 3.9, headline)
    axes = figure.add_subplot()
    colours = (WRONG, HUB, "#555555", NOISE)
    for k, (name, line) in enumerate(lines.items()):
        line = 100 * np.asarray(line, dtype=float)
        axes.plot(
            x, line, DASHES[k % 4], marker=MARKERS[k % 4], ms=5, color=colours[k % 4], mec="black", mew=0.5,
            label=name,
        )  # fmt: skip
    if level is not None:
        axes.axhline(100 * level[1], color=CASE_COLOURS["mixed"], lw=2.5, label=level[0])
    axes.set_ylim(-4, 104)
    axes.legend(
        frameon=False, fontsize=_type(0.88), loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0.2,
        ncols=1 if is_narrow() else 2,
    )  # fmt: skip
    _name(axes, across, "inputs answered wrongly, %")
    return figure


def _name(axes, across, up):
    axes.set_xlabel(across, size=_type(0.92))
    axes.set_ylabel(up, size=_type(0.92))
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=_type(0.88))


def _type(share):
    return matplotlib.rcParams["font.size"] * share
