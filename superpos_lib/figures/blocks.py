"""Pictures of territories, blocks of rows, and whole matrices: two hubs at once, and the whole network.

They take numbers and say nothing about how these came about.
"""

import itertools

import matplotlib
import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.patches import Rectangle

from .._arguments import expected
from .style import (
    CASE_COLOURS,
    EDGE,
    FAINT,
    FILLED,
    INK,
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

__all__ = ["block_matrix", "failures", "graded_answers", "half_truths", "rows_and_outputs"]

HUB = CASE_COLOURS["super_heavy"]
# Steps of the two histograms.
SHARE_STEPS, HEARS_STEPS = 20, 30
# A large matrix is drawn in at most about so many cells each way, in so many shades: noise packs badly.
CELLS, SHADES = 110, 6
# Columns have a name above them where they are more than this share of all.
NAMED = 0.19
# Where `block_matrix` stands on its page: left, right, bottom.
PLACE = (0.06, 0.82, 0.07)
# Lines of `failures`: each has its own marker and dash.
MARKERS, DASHES = ("o", "s", "D", "^"), ("-", "--", ":", "-.")


def half_truths(columns, off, headline, reach=(0.0, 1.05)):
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
    reach : (lowest, highest)
        What the axis of what neurons hear shows at the least.

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
    figure = page(1.65 * 2 * len(columns) + 0.9 if narrow else 4.9, headline)
    shape = (2 * len(columns), 1) if narrow else (2, len(columns))
    grid = figure.subplots(*shape, squeeze=False)
    grid = grid.reshape(len(columns), 2) if narrow else grid.T
    lowest = min(0.0, reach[0], *(np.min(hears) for *_, hears, _ in columns))
    highest = max(reach[1], *(np.max(hears) for *_, hears, _ in columns))
    for panels, (title, shares, truth, hears, own) in zip(grid, columns, strict=True):
        panels[0].set_title(title, loc="left", size=type_size(1.0), weight="bold")
        _draw_histogram(panels[0], shares, truth, np.linspace(0, 1, SHARE_STEPS + 1), "true")
        name_axes(panels[0], "share of its channel that is lit", "outputs")
        edges = np.linspace(lowest, highest, HEARS_STEPS + 1)
        _draw_histogram(panels[1], hears, own, edges, "of a true output")
        panels[1].axvline(off, color=THRESHOLD, lw=1.3)
        name_axes(panels[1], "what a neuron of the next code hears", "neurons")
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
    axes.legend(
        frameon=False, fontsize=type_size(0.88), loc="upper right", borderaxespad=0, handlelength=1.2
    )


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
    colours = (WRONG, SHOWN, QUIET, NOISE)
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
        frameon=False, fontsize=type_size(0.88), loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0.2,
        ncols=1 if is_narrow() else 2,
    )  # fmt: skip
    name_axes(axes, across, "inputs answered wrongly, %")
    return figure


def block_matrix(matrix, row_bands, column_bands, names, headline):
    """A large matrix as it looks from afar: the larger an entry, the darker, in its column's colour.

    A cell of the picture stands for a few rows and columns and shows the mean absolute value there. No
    cell belongs to two bands.

    Parameters
    ----------
    matrix : array of two dimensions
        Rows and columns in the order in which they are to be drawn.
    row_bands, column_bands : sequence of (name, colour, count)
        From the top down, from left to right. The counts add up to the shape of the matrix.
    names : (rows, columns)
        What is counted down the side, and along the top.
    headline : str

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        No matrix, or bands that do not add up.

    Examples
    --------
    >>> band = [("all", "black", 2)]
    >>> block_matrix(np.eye(2), band, band, ("rows", "columns"), "two").axes[0].get_ylabel()
    'rows: 2'
    """
    matrix = np.abs(np.asarray(matrix, dtype=float))
    if matrix.ndim != 2 or 0 in matrix.shape:
        raise expected("matrix", "an array of two dimensions", f"shape {matrix.shape}")
    all_bands = (row_bands, column_bands)
    for what, bands, size in zip(("row_bands", "column_bands"), all_bands, matrix.shape, strict=True):
        if sum(count for *_, count in bands) != size:
            raise expected(what, f"counts that add up to {size}", [count for *_, count in bands])
    down, across = (_starts(bands, size) for bands, size in zip(all_bands, matrix.shape, strict=True))
    heights, widths = np.diff(down, append=matrix.shape[0]), np.diff(across, append=matrix.shape[1])
    seen = np.add.reduceat(np.add.reduceat(matrix, across, axis=1), down, axis=0)
    seen = seen / heights[:, None] / widths
    shade = np.minimum(seen / max(np.quantile(seen, 0.995), 1e-12), 1)
    shade = np.ceil(SHADES * shade)[:, :, None] / SHADES
    edges = np.cumsum([count for *_, count in column_bands])
    band = np.searchsorted(edges, across, side="right")
    colours = np.array([to_rgb(colour) for _, colour, _ in column_bands])[band]
    # Cells of unequal size would be drawn as polygons; repeated rows and columns make them equal again.
    picture = np.rint(255 * (1 - shade * (1 - colours))).astype(np.uint8)
    picture = np.repeat(np.repeat(picture, widths, axis=1), heights, axis=0)
    height = 4.0 if is_narrow() else 4.6
    figure = page(height, headline)
    figure.set_layout_engine("none")
    # One place for all matrices: names beside and above have room whether they are there or not.
    left, right, bottom = PLACE
    top = 1 - (1.0 if is_narrow() else 0.75) / height
    axes = figure.add_axes((left, bottom, right - left - (0.09 if is_narrow() else 0), top - bottom))
    extent = (0, matrix.shape[1], matrix.shape[0], 0)
    axes.imshow(picture, extent=extent, aspect="auto", interpolation="nearest")
    _bands(axes, row_bands, matrix.shape, down=True)
    _bands(axes, column_bands, matrix.shape, down=False)
    axes.set_ylabel(f"{names[0]}: {matrix.shape[0]:,}")
    axes.set_xlabel(f"{names[1]}: {matrix.shape[1]:,}")
    axes.set_xticks([])
    axes.set_yticks([])
    return figure


def _starts(bands, size):
    """Where each cell of the picture begins, about `CELLS` of them, and none in two bands."""
    edges = np.cumsum([0, *(count for *_, count in bands)])
    step = -(-size // CELLS)
    return np.concatenate([np.arange(a, b, step) for a, b in itertools.pairwise(edges)])


def _bands(axes, bands, shape, down):
    """Strips of colour beside the rows or above the columns, with their names."""
    size = matplotlib.rcParams["font.size"] * 0.86
    rows, columns = shape
    begin = 0
    for name, colour, count in bands:
        middle = begin + count / 2
        if down:
            box, place = ((1.02 * columns, begin), 0.025 * columns, count), (1.06 * columns, middle)
            style = {"ha": "left", "va": "center"}
        else:
            box, place = ((begin, -0.05 * rows), count, 0.03 * rows), (middle, -0.065 * rows)
            style = {"ha": "center", "va": "bottom"}
        axes.add_patch(Rectangle(*box, fc=colour, ec="white", lw=0.8, clip_on=False))
        # No room for a name over a narrow band; the rows' bands have it in the same colour.
        if down or count > NAMED * columns:
            axes.text(*place, name, size=size, **style)
        begin += count
        if begin < (rows if down else columns):
            (axes.axhline if down else axes.axvline)(begin, color=THRESHOLD, lw=0.8)


def rows_and_outputs(parts, headline, reach=(1, 1)):
    """How many outputs each part of a problem has, and in how many rows: from one dot to another.

    Parameters
    ----------
    parts : sequence of (name, colour, outputs, rows)
        From top to bottom; a part without outputs has a line that says so.
    headline : str
    reach : (lowest, highest)
        What the axis shows at the least.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        No part with outputs, or one that has outputs and no rows.

    Examples
    --------
    >>> rows_and_outputs([("light", "black", 400, 100)], "400 outputs in 100 rows").get_suptitle()
    '400 outputs in 100 rows'
    """
    parts = list(parts)
    if not any(outputs for *_, outputs, _ in parts) or any(
        min(o, r) < 0 or (o and not r) for *_, o, r in parts
    ):
        raise expected("parts", "at least one (name, colour, outputs, rows), counts at least 1", parts)
    narrow = is_narrow()
    figure = page((0.85 if narrow else 0.8) * len(parts) + 1.1, headline)
    axes = figure.add_subplot()
    counts = [count for *_, outputs, rows in parts if outputs for count in (outputs, rows)]
    low, high = min(reach[0], *counts), max(reach[1], *counts)
    for place, (name, colour, outputs, rows) in enumerate(parts):
        axes.axhline(place, color=FAINT, lw=0.8, zorder=0)
        said = f"{name}: {outputs / rows:.2g} outputs a row" if outputs else f"{name}: no outputs"
        axes.text(
            0, place - 0.34, said, transform=axes.get_yaxis_transform(), size=type_size(0.92), va="center",
            weight="bold" if outputs else "normal", color=INK if outputs else QUIET,
        )  # fmt: skip
        if outputs:
            axes.plot([outputs, rows], [place] * 2, color=colour, lw=5, solid_capstyle="butt", zorder=1)
            axes.plot(outputs, place, "o", ms=9, mfc="white", mec=INK, mew=1.4)
            axes.plot(rows, place, "s", ms=9, mfc=colour, mec=INK, mew=1.0)
            for count, what in ((outputs, "outputs"), (rows, "rows")):
                right = count == max(outputs, rows)
                axes.annotate(
                    f"{count:,} {what}", (count, place), xytext=(9 if right else -9, 0), va="center",
                    ha="left" if right else "right", textcoords="offset points", size=type_size(0.88),
                    bbox={"fc": "white", "ec": "none", "pad": 0.6}, in_layout=False,
                )  # fmt: skip
    axes.set_xscale("log")
    # Room for the counts beside the dots.
    axes.set_xlim(
        low / (high / low) ** (0.5 if narrow else 0.22), high * (high / low) ** (0.6 if narrow else 0.25)
    )
    powers = 10.0 ** np.arange(np.ceil(np.log10(low)), np.floor(np.log10(high)) + 1)
    axes.set_xticks(powers, [f"{power:,.0f}" for power in powers])
    axes.minorticks_off()
    axes.set_yticks([])
    axes.set_ylim(len(parts) - 0.55, -0.65)
    axes.spines["left"].set_visible(False)
    name_axes(axes, "how many (logarithmic)", "")
    return figure


def graded_answers(x, lines, across, headline, outcome=""):
    """Shares of inputs answered wrongly, a panel for each question, and where all of them are right.

    Parameters
    ----------
    x : sequence of numbers, increasing by equal steps
    lines : dict from a name to shares, one for each x
    across : str
        What x is.
    headline, outcome : str
        As `page` takes them.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        No lines, or one of another length than x.

    Examples
    --------
    >>> graded_answers([1, 2], {"missed": [0.0, 0.5]}, "strength", "half").get_suptitle()
    'half'
    """
    if not lines or any(len(line) != len(x) for line in lines.values()):
        raise expected("lines", f"{len(x)} shares under each name", {k: len(v) for k, v in lines.items()})
    x = np.asarray(x, dtype=float)
    step = x[1] - x[0] if len(x) > 1 else 1.0
    right = ~np.any([np.asarray(line) > 0 for line in lines.values()], axis=0)
    figure = page((1.25 if is_narrow() else 1.1) * len(lines) + 0.9, headline, outcome)
    grid = figure.subplots(len(lines), 1, sharex=True, squeeze=False)[:, 0]
    for axes, (name, line) in zip(grid, lines.items(), strict=True):
        for at in x[right]:
            axes.axvspan(at - step / 2, at + step / 2, color=FILLED, lw=0)
        axes.bar(x, 100 * np.asarray(line, dtype=float), 0.86 * step, fc=WRONG, ec=EDGE, lw=0.5)
        axes.set_title(name, loc="left", size=type_size(0.92))
        axes.set(xlim=(x[0] - step, x[-1] + step), ylim=(0, 108), yticks=[0, 50, 100])
        name_axes(axes, "", "wrong, %")
    if right.any():
        grid[0].text(
            x[right].mean(), 54, "all right", ha="center", va="center", weight="bold", color=SHOWN,
            size=type_size(0.95),
        )  # fmt: skip
    name_axes(grid[-1], across, "wrong, %")
    return figure
