"""Pictures of growth: widths against the number of outputs, and amounts on one logarithmic line.

They take numbers and say nothing about how these came about.
"""

from dataclasses import dataclass

from matplotlib.ticker import FuncFormatter, LogLocator

from .._arguments import expected
from .style import (
    CASE_COLOURS,
    EDGE,
    FAINT,
    INK,
    NOISE,
    QUIET,
    SHOWN,
    THRESHOLD,
    is_narrow,
    name_axes,
    page,
    plain,
    type_size,
)

__all__ = ["LOOKS", "Curve", "growth", "line_up"]

# A kind of width looks the same in every figure: colour, dash and marker, any one of which tells it.
LOOKS = {
    "naive": {"color": THRESHOLD, "ls": ":", "lw": 1.8},
    "provable": {"color": EDGE, "ls": "--", "marker": "D", "mfc": "white"},
    "u_and": {"color": NOISE, "ls": "-.", "marker": "^"},
    "certified": {"color": SHOWN, "ls": "--", "marker": "s", "mfc": "white"},
    "measured": {"color": SHOWN, "ls": "-", "lw": 2.4, "marker": "o"},
    "double_light": {"color": CASE_COLOURS["double_light"], "ls": ":", "marker": "v"},
    "trained": {"color": INK, "ls": "-", "lw": 2.4, "marker": "P", "ms": 7},
    "own": {"color": QUIET, "ls": "-.", "marker": "X", "ms": 6},
    "real": {"color": THRESHOLD, "ls": "--", "lw": 1.2},
    "lower": {"color": THRESHOLD, "ls": "-", "lw": 1.8},
}

# An axis that spans less than this factor has numbers at 2 and 5 as well as at powers of ten.
DENSE = 50


@dataclass(frozen=True)
class Curve:
    """A line of `growth`: its look, a key of LOOKS; its name; and its points."""

    look: str
    name: str
    x: tuple
    y: tuple

    def __post_init__(self):
        if self.look not in LOOKS:
            raise expected("look", f"one of {', '.join(LOOKS)}", repr(self.look))
        if len(self.x) != len(self.y):
            raise expected("y", f"{len(self.x)} numbers, as many as x", f"{len(self.y)}")


def growth(curves, across, up, headline, rings=(), limits=None):
    """Lines on doubly logarithmic axes, where a power law is straight; some points ringed.

    Parameters
    ----------
    curves : sequence of Curve
    across, up : str
        What the axes count.
    headline : str
    rings : sequence of (x, y)
    limits : ((left, right), (bottom, top)), optional
        Of the axes; if they are not given, the axes follow the curves.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        No curve.

    Examples
    --------
    >>> line = Curve("naive", "one each", (10, 100), (10, 100))
    >>> growth([line], "outputs", "neurons", "as many").get_suptitle()
    'as many'
    """
    if not curves:
        raise expected("curves", "at least one", "none")
    narrow = is_narrow()
    figure = page(5.3 if narrow else 4.9, headline)
    axes = figure.add_subplot()
    for curve in curves:
        look = {"ms": 5.5, "mec": "black", "mew": 0.5, "lw": 1.6, **LOOKS[curve.look]}
        axes.plot(curve.x, curve.y, label=curve.name, **look)
    for ring in rings:
        axes.plot(*ring, "o", ms=15, mfc="none", mec="black", mew=1.3)
    axes.set_xscale("log")
    axes.set_yscale("log")
    if limits is not None:
        axes.set(xlim=limits[0], ylim=limits[1])
    for axis, (low, high) in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim())):
        if high / low < DENSE:
            axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
            axis.set_major_formatter(FuncFormatter(lambda amount, _: _number(amount)))
    axes.minorticks_off()
    axes.grid(color=FAINT, lw=0.8)
    axes.set_axisbelow(True)
    name_axes(axes, across, up)
    axes.legend(
        frameon=False, fontsize=type_size(0.88), loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0.2,
        ncols=1 if narrow else 2, handlelength=3.0,
    )  # fmt: skip
    return figure


def line_up(rows, across, headline, mark=None, reach=None):
    """Amounts as dots on one logarithmic line, a row each, with the number beside its dot.

    Parameters
    ----------
    rows : sequence of (name, amount, note, strong)
        From top to bottom. An amount of None has no dot, only its note; strong ones stand out.
    across : str
        What the line counts.
    headline : str
    mark : (amount, name), optional
        A vertical line.
    reach : (lowest, highest), optional
        Amounts that the axis shows at the least; give what the largest of several pictures needs.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        No row with an amount.

    Examples
    --------
    >>> line_up([("plain", 300, "", False), ("exact", 100, "", True)], "neurons", "a third").get_suptitle()
    'a third'
    """
    amounts = [amount for _, amount, _, _ in rows if amount is not None]
    if not amounts:
        raise expected("rows", "at least one amount", "none")
    narrow = is_narrow()
    figure = page(1.35 + (0.52 if narrow else 0.36) * len(rows), headline)
    axes = figure.add_subplot()
    ends = [*amounts, *([mark[0]] if mark else []), *(reach or ())]
    low, high = min(ends) / 1.25, max(ends)
    # Room for the longest note beside the last dot.
    high *= (high / low) ** (0.9 if narrow else 0.45) * 1.3
    for place, (name, amount, note, strong) in enumerate(rows):
        axes.axhline(-place, color=FAINT, lw=0.8, zorder=0)
        if narrow:
            _write(axes, name, (low, 0.42 - place), 0, strong)
        if amount is not None:
            look = {"color": SHOWN, "ms": 9} if strong else {"color": NOISE, "ms": 7}
            axes.plot(amount, -place, "o", mec="black", mew=0.6, **look)
            note = f"{_number(amount)}{note and '  ' + note}"
        _write(axes, note, (amount or low, -place), 8, strong)
    if mark:
        axes.axvline(mark[0], color=THRESHOLD, lw=1.3)
        axes.annotate(
            mark[1], (mark[0], 0.95), xytext=(4 if narrow else -4, 0), textcoords="offset points",
            ha="left" if narrow else "right", va="center", in_layout=False,
            size=type_size(0.88),
        )  # fmt: skip
    axes.set_yticks([] if narrow else [-k for k in range(len(rows))])
    if not narrow:
        axes.set_yticklabels([name for name, *_ in rows])
    axes.set_xscale("log")
    axes.set_xlim(low, high)
    steps = (1,) if high / low > (30 if narrow else 200) else (1, 2, 5)
    axes.xaxis.set_major_locator(LogLocator(subs=steps, numticks=5))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda amount, _: _number(amount)))
    axes.minorticks_off()
    axes.set_ylim(0.5 - len(rows), 1.25 if mark else 0.8)
    plain(axes)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(across, size=type_size(0.92))
    return figure


def _write(axes, text, at, away, strong):
    """Text to the right of a point, on white."""
    axes.annotate(
        text, at, xytext=(away, 0), textcoords="offset points", va="center", size=type_size(0.88),
        in_layout=False, weight="bold" if strong else "normal",
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
    )  # fmt: skip


def _number(amount):
    return f"{amount:,.0f}" if amount >= 100 else f"{amount:.3g}"
