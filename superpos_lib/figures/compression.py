"""Pictures of compression: a cliff and the floor to its left, and what is left of a matrix."""

import numpy as np

from .style import CHOSEN, FAINT, FILLED, NOISE, QUIET, SHOWN, THRESHOLD, is_narrow, page, plain, type_size

__all__ = ["cliff", "what_is_left"]

LINES = (
    {"color": SHOWN, "marker": "o", "ls": "-"},
    {"color": QUIET, "marker": "s", "ls": "--"},
    {"color": NOISE, "marker": "^", "ls": ":"},
)
BLOCKS = ((SHOWN, ""), (FILLED, "//"), (NOISE, ""))


def cliff(curves, floor, chosen, headline):
    """The share of inputs that come out right against bits a weight, and the floor to its left.

    Parameters
    ----------
    curves : sequence of (str, bits, shares)
        What was measured: the method's name, bits a weight, shares of inputs all right.
    floor : (bits, shares)
        Left of this line some function of the family is lost, by counting.
    chosen : (bits, share)
        The point that the reader has chosen; the arrow goes from the floor to it.
    headline : str

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure = page(4.3 if is_narrow() else 3.9, headline)
    axes = figure.add_subplot()
    plain(axes)
    bits, shares = (np.asarray(side, dtype=float) for side in floor)
    axes.set_xscale("log")
    axes.set_xlim(0.01, 12)
    axes.set_ylim(-0.04, 1.12)
    axes.fill_betweenx(shares, 0.01, np.maximum(bits, 0.01), color=FAINT, lw=0)
    axes.plot(np.maximum(bits, 0.01), shares, color=THRESHOLD, lw=2, label="floor, by counting")
    for look, (name, across, up) in zip(LINES, curves, strict=False):
        axes.plot(across, up, label=name, ms=5, lw=1.7, mec="black", mew=0.5, **look)
    axes.plot(*chosen, zorder=5, **CHOSEN)
    lowest = float(bits[-1])
    axes.annotate(
        "",
        (lowest, 1.06),
        (chosen[0], 1.06),
        arrowprops={"arrowstyle": "<->", "color": THRESHOLD, "lw": 1.1},
    )
    axes.text(
        (lowest * chosen[0]) ** 0.5, 1.075, f"{chosen[0] / lowest:.0f} times", ha="center", va="bottom",
        size=type_size(0.9),
    )  # fmt: skip
    axes.set_xticks([0.01, 0.1, 1, 10], ["0.01", "0.1", "1", "10"])
    axes.minorticks_off()
    axes.set_xlabel("bits stored, a weight of the matrix", size=type_size(0.92))
    axes.set_ylabel("share of inputs all right", size=type_size(0.92))
    axes.legend(
        frameon=False, fontsize=type_size(0.88), loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0,
        ncols=1 if is_narrow() else 3, handlelength=2.2, columnspacing=1.2,
    )  # fmt: skip
    return figure


def what_is_left(before, after, kept, blocks, floor, headline):
    """The weights of a matrix before and after packing, and the bits that it is stored in, to scale.

    Parameters
    ----------
    before, after : arrays of one shape
        Weights, less the constants of their rows.
    kept : Booleans of that shape
    blocks : sequence of (str, float)
        At most three: what is stored, in bits a weight.
    floor : float
        In bits a weight.
    headline : str

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure = page(6.4 if is_narrow() else 5.2, headline)
    above, below, bar = figure.subplots(3, 1, height_ratios=(1, 1, 0.7))
    low, high = min(0.0, float(np.min(before))), max(0.0, float(np.max(before)))
    edges = np.linspace(low - 0.03 * (high - low), high + 0.03 * (high - low), 41)
    everything, rest, rounded = (
        np.histogram(part, edges)[0] for part in (before, before[kept], after[kept])
    )
    above.stairs(everything, edges, fill=True, color=NOISE, label="removed")
    above.stairs(rest, edges, fill=True, color=SHOWN, label="kept")
    below.stairs(rounded, edges, fill=True, color=SHOWN)
    for axes, title in ((above, "Weights before"), (below, "Kept weights, after rounding")):
        plain(axes)
        axes.set_title(title, loc="left", size=type_size(0.92))
        axes.set_yscale("log")
        axes.set_ylim(0.5, 2 * before.size)
        axes.set_yticks([1, 1e3, 1e5], ["1", "1,000", "100,000"])
        axes.minorticks_off()
        axes.set_xlim(edges[0], edges[-1])
        axes.set_ylabel("how many", size=type_size(0.9))
    above.set_xticklabels([])
    above.legend(frameon=False, fontsize=type_size(0.88), loc="upper left", handlelength=1.2)
    below.set_xlabel("weight, less the constant of its row", size=type_size(0.9))
    left = 0.0
    for (name, bits), (colour, hatch) in zip(blocks, BLOCKS, strict=False):
        bar.barh(
            0, bits, left=left, height=0.8, color=colour, edgecolor="black", lw=0.6, hatch=hatch,
            label=f"{name}: {bits:.2f}",
        )  # fmt: skip
        left += bits
    bar.axvline(floor, color=THRESHOLD, lw=2.4, label=f"floor: {floor:.3f}")
    bar.set_xlim(0, max(6.0, left))
    bar.set_ylim(-0.5, 0.5)
    bar.set_yticks([])
    plain(bar)
    bar.spines["left"].set_visible(False)
    bar.set_xlabel("bits stored, a weight" if is_narrow() else "bits stored, for each weight of the matrix",
                   size=type_size(0.9))  # fmt: skip
    bar.legend(
        frameon=False, fontsize=type_size(0.88), loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0,
        ncols=1 if is_narrow() else 2, handlelength=1.2, columnspacing=1.5,
    )  # fmt: skip
    return figure
