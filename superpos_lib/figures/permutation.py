"""Pictures of the permutation chapter: repetition, self-hearing, and the tail of a row's noise."""

import numpy as np

from .style import (
    CHOSEN,
    EDGE,
    FAINT,
    NOISE,
    QUIET,
    SHOWN,
    THRESHOLD,
    WRONG,
    is_narrow,
    name_axes,
    page,
    type_size,
)

# What the axes of `repetition` show: so many features or neurons, and values of a row from and to.
MANY, ROWS = 10_000, (-1.0, 2.5)

__all__ = ["fixed_points", "noise_tail", "repetition"]


def _axes(figure, panels):
    """Panels beside each other, or below each other on a narrow page."""
    grid = figure.subplots(panels, 1) if is_narrow() else figure.subplots(1, panels)
    return np.atleast_1d(grid)


def repetition(values, on, wrong, headline, outcome=""):
    """Rows after 0, 1, 2, ... applications of a network to its own output.

    First: how many features are misread, and how many neurons are off by more than a half. Second, for
    rows that should be 1 and rows that should be 0: the middle 98 per cent of them as a band, their median
    as a line.

    Parameters
    ----------
    values : sequence of arrays (n,)
        The rows after each application; the first is what went in.
    on : sequence of Boolean arrays (n,)
        Which of them should be 1.
    wrong : sequence of int
        Features misread after each application.
    headline, outcome : str
        As `page` takes them.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure = page(5.9 if is_narrow() else 3.9, headline, outcome)
    counts, rows = _axes(figure, 2)
    steps = np.arange(len(values))
    off = [np.count_nonzero(np.abs(row - lit) > 0.5) for row, lit in zip(values, on, strict=True)]
    counts.bar(steps, wrong, 0.7, fc=WRONG, ec=EDGE, lw=0.6, label="features misread")
    counts.plot(steps, off, "--s", ms=5, color=NOISE, mec="black", mew=0.6, label="neurons off by > ½")
    counts.set_yscale("symlog", linthresh=1)
    counts.minorticks_off()
    counts.set_ylim(0, max(MANY, 2 * max(*off, *wrong)))
    name_axes(counts, "applications", "how many")
    for mask, colour, marker, name in (
        (on, SHOWN, "o", "should be 1"),
        ([~lit for lit in on], NOISE, "s", "should be 0"),
    ):
        kept = [np.asarray(row)[lit] for row, lit in zip(values, mask, strict=True)]
        low, middle, high = np.array([np.quantile(row, (0.01, 0.5, 0.99)) for row in kept]).T
        rows.fill_between(steps, low, high, facecolor=colour, alpha=0.35, lw=0)
        for edge in (low, high):
            rows.plot(steps, edge, color=colour, lw=1, ls="-" if marker == "o" else "--")
        rows.plot(steps, middle, marker=marker, ms=5, color=colour, mec="black", mew=0.6, label=name)
    rows.set_ylim(*ROWS)
    name_axes(rows, "applications", f"value of a row (cut at {ROWS[1]:g})")
    for axes in (counts, rows):
        axes.set_xlim(-0.6, len(steps) - 0.4)
        axes.set_xticks(steps[:: max(1, len(steps) // 5)])
        axes.legend(
            frameon=False, fontsize=type_size(0.88), loc="lower left", bbox_to_anchor=(0, 1),
            borderaxespad=0, handlelength=1.6,
        )  # fmt: skip
    return figure


def fixed_points(counts, own, failures, chosen, off, on, headline):
    """What an input's own neurons hear, and how often the network fails, against fixed points.

    Line: the mean; band: the middle 80 per cent of these neurons.

    Parameters
    ----------
    counts : sequence of int
        Numbers of fixed points, increasing.
    own : sequence of arrays
        What the neurons of an input that moves away hear, one array for each number.
    failures : sequence of float
        Share of inputs that are answered wrongly, one for each number.
    chosen : int
        The place in `counts` that is marked.
    off, on : float
        The threshold: below `off` a row is silent, above `on` it is lit.
    headline : str

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure = page(6.2 if is_narrow() else 3.6, headline)
    left, right = _axes(figure, 2)
    low, high = np.array([np.quantile(values, (0.1, 0.9)) for values in own]).T
    middle = np.array([np.mean(values) for values in own])
    left.fill_between(counts, low, high, color=NOISE, alpha=0.4, lw=0)
    left.plot(counts, middle, "-s", ms=4, color=QUIET)
    left.plot(counts[chosen], middle[chosen], **CHOSEN)
    for value, name in ((on, "lit"), (off, "silent")):
        left.axhline(value, color=THRESHOLD, lw=1.2, ls="-" if name == "lit" else "--")
        left.annotate(
            name,
            (1, value),
            xycoords=("axes fraction", "data"),
            xytext=(0, 3 if name == "lit" else -3),
            textcoords="offset points",
            ha="right",
            va="bottom" if name == "lit" else "top",
            size=type_size(0.88),
        )
    left.set_ylim(min(-0.8, low.min() - 0.1), max(1.8, high.max() + 0.2))
    name_axes(left, "fixed points of p", "what the input's\nown neurons hear")
    right.plot(counts, 100 * np.asarray(failures), "-D", ms=5, color=WRONG, mec="black", mew=0.6)
    right.plot(counts[chosen], 100 * failures[chosen], **CHOSEN)
    right.set_ylim(-4, 104)
    name_axes(right, "fixed points of p", "inputs answered wrongly, %")
    return figure


def noise_tail(deviations, measured, bound, normal, budget, headline):
    """How often a row's noise is that large: measured, proved, and as a normal variable would have it.

    Parameters
    ----------
    deviations : array
        Increasing, above 0.
    measured, bound, normal : arrays of the same length
        Shares of rows whose noise is at least so large.
    budget : float
        The noise that the threshold can still take away.
    headline : str

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure = page(4.2 if is_narrow() else 3.8, headline)
    (axes,) = _axes(figure, 1)
    axes.axvspan(budget, deviations[-1], facecolor=FAINT, lw=0)
    axes.axvline(budget, color=THRESHOLD, lw=1.3)
    axes.annotate(
        "threshold", (budget, 1), xycoords=("data", "axes fraction"), xytext=(4, -2),
        textcoords="offset points", va="top", size=type_size(0.88),
    )  # fmt: skip
    axes.plot(deviations, bound, color=THRESHOLD, lw=1.8, ls="--", label="proved: at most")
    axes.plot(deviations, normal, color=NOISE, lw=2, ls=":", label="normal, same variance")
    seen = np.asarray(measured) > 0
    axes.plot(
        np.asarray(deviations)[seen], np.asarray(measured)[seen], "o", ms=5, color=SHOWN,
        mec="black", mew=0.5, label="measured",
    )  # fmt: skip
    axes.set_yscale("log")
    axes.minorticks_off()
    axes.set_ylim(1e-6, 2)
    axes.set_xlim(0, deviations[-1])
    name_axes(axes, "noise t", "share of rows with noise ≥ t")
    axes.legend(frameon=False, fontsize=type_size(0.88), loc="lower left")
    return figure
