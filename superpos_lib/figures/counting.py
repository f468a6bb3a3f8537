"""Pictures of counting: pigeonholes, the functions that a tiny network reaches, and bounds as lines."""

from dataclasses import dataclass

import matplotlib
import numpy as np

from .._arguments import expected
from .ledger import amount
from .style import (
    CHOSEN,
    FAINT,
    FILLED,
    NOISE,
    QUIET,
    SHOWN,
    THRESHOLD,
    WRONG,
    is_narrow,
    name_axes,
    page,
    plain,
    type_size,
)

__all__ = ["Panel", "bound_lines", "function_map", "pigeonholes", "uncovered"]

# Names are written into pigeonholes up to so many of them.
NAMED = 24
# Inches that pigeonholes take.
PIGEONS, PIGEONS_NARROW = 4.4, 4.6


def pigeonholes(names, bits, headline):
    """One cell for each function of a family, filled where a parameter string of b bits stands for it.

    Parameters
    ----------
    names : sequence of str
        The family.
    bits : int
        b: there are 2^b strings, given to the functions from the first on.
    headline : str

    Returns
    -------
    matplotlib.figure.Figure
    """
    count = len(names)
    columns = (6 if count <= NAMED else 10) if is_narrow() else (8 if count <= NAMED else 15)
    columns = min(columns, 3 if count <= 6 and is_narrow() else count)
    rows = -(-count // columns)
    # As high for few names as for many: the page below does not move.
    height = PIGEONS_NARROW if is_narrow() else PIGEONS
    figure = page(height, headline)
    axes = figure.add_subplot()
    for i, name in enumerate(names):
        x, y = i % columns, -(i // columns)
        named = i < 2**bits
        axes.add_patch(
            matplotlib.patches.Rectangle(
                (x + 0.04, y + 0.05), 0.92, 0.9, facecolor=FILLED if named else "white",
                edgecolor=SHOWN if named else WRONG, lw=1.2, hatch=None if named else "//",
            )
        )  # fmt: skip
        if count <= NAMED:
            white = {"facecolor": "white", "edgecolor": "none", "pad": 1.0}
            axes.text(
                x + 0.5, y + 0.68, name, ha="center", va="center", size=type_size(0.9), weight="bold",
                bbox=None if named else white,
            )  # fmt: skip
            label = (f"{i:0{bits}b}" if bits else "(empty)") if named else "none"
            axes.text(
                x + 0.5, y + 0.28, label, ha="center", va="center", size=type_size(0.86),
                bbox=None if named else white,
            )  # fmt: skip
    axes.set_xlim(0, columns)
    axes.set_ylim(1 - max(rows, (height - 0.95) / 0.8), 1)
    axes.axis("off")
    return figure


def function_map(inputs, functions, settings, headline, most=1):
    """All Boolean functions of k inputs as a square, those that are computed filled; and how many that is.

    Column: the function where the last input is 0. Row: the function where it is 1.

    Parameters
    ----------
    inputs : int
        k, from 1 to 4.
    functions : array of int
        Truth tables that are computed.
    settings : int
        Of parameters that were tried.
    headline : str
    most : int
        Of these or of the functions, what the axis shows at the least.

    Returns
    -------
    matplotlib.figure.Figure
    """
    side = 2**2 ** (inputs - 1)
    cells = np.zeros(side**2)
    cells[np.asarray(functions)] = 1
    figure = page(5.4 if is_narrow() else 3.9, headline)
    if is_narrow():
        square, bars = figure.subplots(2, 1, height_ratios=(2.6, 1.2))
    else:
        square, bars = figure.subplots(1, 2, width_ratios=(1.25, 1))
    colours = matplotlib.colors.ListedColormap([FAINT, SHOWN])
    square.imshow(
        cells.reshape(side, side), cmap=colours, vmin=0, vmax=1, origin="lower", interpolation="none",
        extent=(0, side, 0, side),
    )  # fmt: skip
    if side <= 16:
        for line in range(side + 1):
            square.axhline(line, color="white", lw=1.2)
            square.axvline(line, color="white", lw=1.2)
    if side <= 4:
        for table in range(side**2):
            y, x = divmod(table, side)
            dark = cells[table] > 0
            square.text(
                x + 0.5, y + 0.5, f"{table:0{2**inputs}b}", ha="center", va="center", size=type_size(0.88),
                color="white" if dark else "black",
            )  # fmt: skip
    square.set_xticks([])
    square.set_yticks([])
    square.set_xlabel("truth table where the last input is 0", size=type_size(0.9))
    square.set_ylabel("... where it is 1", size=type_size(0.9))
    counts = [settings, len(functions), side**2]
    names = ["settings of the\nparameters", "functions\ncomputed", "Boolean\nfunctions"]
    for place, (count, colour, hatch) in enumerate(
        zip(counts, (NOISE, SHOWN, FAINT), ("--", "", "//"), strict=True)
    ):
        bars.barh(-place, float(count), height=0.62, color=colour, edgecolor="black", lw=0.6, hatch=hatch)
        bars.annotate(
            amount(count), (count, -place), xytext=(4, 0), textcoords="offset points", va="center",
            size=type_size(0.9), in_layout=False,
        )  # fmt: skip
    bars.set_yticks([0, -1, -2], names)
    bars.set_xscale("log")
    bars.set_xlim(1, float(max(most, *counts)) ** 1.5)  # room for the numbers
    bars.minorticks_off()
    bars.set_xticks([])
    plain(bars)
    bars.spines["bottom"].set_visible(False)
    bars.set_xlabel("how many (logarithmic)", size=type_size(0.9))
    return figure


@dataclass(frozen=True)
class Panel:
    """Lines on one pair of axes, and the point that the reader has chosen.

    `across` and `up` say what the axes count; `lines` are (x, y, name, style), style "chosen", "other" or
    "naive"; `mark` is the point; `log` says whether both axes are logarithmic; `limits`, if given, are
    ((left, right), (bottom, top)) of the axes, which otherwise follow the lines.
    """

    across: str
    up: str
    lines: tuple
    mark: tuple
    log: bool = True
    limits: tuple | None = None


def bound_lines(panels, headline):
    """Lines in one panel or more, each with the point that the reader has chosen.

    Parameters
    ----------
    panels : sequence of Panel
    headline : str

    Returns
    -------
    matplotlib.figure.Figure
    """
    looks = {
        "chosen": {"color": SHOWN, "lw": 2.4},
        "other": {"color": QUIET, "lw": 1.2, "ls": "--"},
        "naive": {"color": THRESHOLD, "lw": 1.6, "ls": ":"},
    }
    count = len(panels)
    figure = page((3.0 if count > 1 else 3.5) * count + 0.5 if is_narrow() else 3.9, headline)
    grid = np.atleast_1d(figure.subplots(count, 1) if is_narrow() else figure.subplots(1, count))
    for axes, panel in zip(grid, panels, strict=True):
        plain(axes)
        for x, y, name, style in panel.lines:
            axes.plot(x, y, label=name, **looks[style])
        axes.plot(*panel.mark, zorder=5, **CHOSEN)
        if panel.log:
            axes.set_xscale("log")
            axes.set_yscale("log")
            axes.minorticks_off()
        if panel.limits is not None:
            axes.set(xlim=panel.limits[0], ylim=panel.limits[1])
        axes.set_xlabel(panel.across, size=type_size(0.92))
        axes.set_ylabel(panel.up, size=type_size(0.92))
        axes.legend(
            frameon=False, fontsize=type_size(0.88), loc="lower left", bbox_to_anchor=(0, 1),
            borderaxespad=0, handlelength=2.2,
        )  # fmt: skip
    return figure


def uncovered(x, lines, at, axes_names, limits, headline, expected_line=None):
    """Lines that are drawn as far as the reader has come, each with its value at the end.

    Parameters
    ----------
    x : array, increasing
    lines : dict from a name to values, one for each x
        At most two.
    at : number
        How far: one of x.
    axes_names : (across, up)
    limits : ((left, right), (bottom, top))
    headline : str
    expected_line : (name, (x, x), (y, y)), optional
        A straight line to compare with, drawn in full.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        No line, or a place that is not one of x.

    Examples
    --------
    >>> uncovered([0, 1], {"bits": [2, 3]}, 1, ("m", "bits"), ((0, 1), (0, 4)), "three").get_suptitle()
    'three'
    """
    x = np.asarray(x, dtype=float)
    if not lines:
        raise expected("lines", "at least one", "none")
    if at not in x:
        raise expected("at", "one of x", at)
    figure = page(4.1 if is_narrow() else 3.9, headline)
    axes = figure.add_subplot()
    (left, right), (bottom, top) = limits
    if expected_line is not None:
        name, across, up = expected_line
        axes.plot(across, up, ":", color=THRESHOLD, lw=1.6)
        axes.annotate(
            name, (np.mean(across), np.mean(up)), xytext=(6, 3), textcoords="offset points", ha="left",
            va="bottom", size=type_size(0.9),
        )  # fmt: skip
    axes.axvline(at, color=FAINT, lw=1.5, zorder=0)
    ends = {name: float(np.asarray(line)[x == at][0]) for name, line in lines.items()}
    highest = max(ends, key=ends.get)
    leftward = at > left + 0.55 * (right - left)
    for (name, line), (colour, dash) in zip(lines.items(), ((SHOWN, "-"), (QUIET, "--")), strict=False):
        axes.plot(x[x <= at], np.asarray(line)[x <= at], dash, color=colour, lw=2.6)
        axes.plot(at, ends[name], "o", ms=9, color=colour, mec="black", clip_on=False, zorder=5)
        axes.annotate(
            name, (at, ends[name]), xytext=(-9 if leftward else 9, 7 if name == highest else -7),
            textcoords="offset points", ha="right" if leftward else "left",
            va="bottom" if name == highest else "top", color=colour, weight="bold", size=type_size(0.95),
            bbox={"fc": "white", "ec": "none", "pad": 0.5, "alpha": 0.85}, in_layout=False, zorder=6,
        )  # fmt: skip
    axes.set(xlim=(left, right), ylim=(bottom, top))
    name_axes(axes, *axes_names)
    return figure
