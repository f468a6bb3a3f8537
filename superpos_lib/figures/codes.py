"""What a code does to its readings: one input drawn, the law of interference, light columns, failures.

Probabilities span many powers of ten, so their axes are logarithmic, and the headline says them in words.
"""

import math

import numpy as np
from matplotlib.ticker import FuncFormatter, MaxNLocator, NullLocator

from .._arguments import expected
from .machine_room import Cells, Dots, in_order
from .style import FAINT, NOISE, QUIET, SHOWN, THRESHOLD, WRONG, is_narrow, page, plain, type_size

__all__ = [
    "failures_by_neurons",
    "in_words",
    "interference_histogram",
    "reading_stages",
    "readings_by_weight",
]

# Nothing that happens less often is drawn.
RAREST = 1e-7
# What axes of readings, and of a feature's neurons, show at the least.
READS, CARRIES = 1.8, 30


def in_words(share):
    """A probability as a reader says it.

    >>> in_words(0.25), in_words(0.0008), in_words(3e-9), in_words(0.0)
    ('25 %', '1 in 1,250', '1 in 333 million', 'none')
    """
    if share <= 0:
        return "none"
    if share >= 0.01:
        return f"{100 * share:.3g} %" if share < 0.9995 else "all"
    one_in = float(f"{1 / share:.3g}")
    for size, name in ((1e12, None), (1e9, " billion"), (1e6, " million")):
        if one_in >= size:
            return f"1 in {one_in:.1e}" if name is None else f"1 in {one_in / size:.3g}{name}"
    return f"1 in {one_in:,.0f}"


def reading_stages(code, y, readings, threshold, order=None):
    """The stages y, x = C y, D x of one input, as `machine_room` takes them.

    Parameters
    ----------
    code : Code
    y : Booleans of shape (m,)
        With at least one active feature.
    readings : array of shape (m,)
        D C y.
    threshold : float
    order : sequence of features, optional
        As `machine_room.in_order` takes it.

    Raises
    ------
    ValueError
        No active feature, or another shape; an order that leaves an active feature out.
    """
    y, readings = np.asarray(y, dtype=bool), np.asarray(readings, dtype=float)
    if y.shape != (code.features,) or not y.any():
        raise expected("y", f"shape ({code.features},), with an active feature", y)
    if readings.shape != y.shape:
        raise expected("readings", f"shape {y.shape}", f"shape {readings.shape}")
    active = in_order(y, order)
    one_each = np.eye(code.features, dtype=bool)[:, active] & y[active]
    names = tuple(str(j) for j in active)
    owner = np.full(code.features, -1)
    owner[active[y[active]]] = np.flatnonzero(y[active])
    return [
        Cells("$y$", f"{code.features:,} features", one_each.T, names=names),
        Cells("$x = C y$", f"{code.neurons:,} neurons", code.compress(one_each).T),
        Dots(
            "$D x$",
            f"{code.features:,} features read back",
            readings,
            y,
            threshold,
            owner=owner,
            names=names if y.sum() <= 4 else (),
            axis="reads",
        ),
    ]


def interference_histogram(measured, law, d, threshold):
    """How often an inactive feature reads h / d: measured (bars) on the exact law (diamonds).

    Parameters
    ----------
    measured, law : arrays of shape (v d + 1,)
        Shares of readings with h hits, h = 0, ..., v d; each sums to 1.
    d : int
        Weight of the code.
    threshold : float

    Raises
    ------
    ValueError
        Shapes that differ.
    """
    measured, law = np.asarray(measured, dtype=float), np.asarray(law, dtype=float)
    if measured.shape != law.shape:
        raise expected("measured", f"shape {law.shape}, as the law has it", f"shape {measured.shape}")
    hits = np.arange(len(law))
    wrong = hits > threshold * d + 1e-9
    mean = hits @ law / d
    figure = page(
        4.4 if is_narrow() else 4.1,
        f"{in_words(law[wrong].sum())} misread (measured: {in_words(measured[wrong].sum())})",
        f"Mean interference {mean:.3g}",
    )
    axes = figure.add_subplot()
    shown = (law > RAREST) | (measured > 0)
    for kind, colour, hatch, label in (
        (~wrong, NOISE, "", "measured"),
        (wrong, WRONG, "///", "measured, misread"),
    ):
        kept = kind & (measured > 0)
        axes.bar(
            hits[kept] / d, measured[kept], 0.8 / d, color=colour, hatch=hatch, ec="white", lw=0,
            label=label if kept.any() else None,
        )  # fmt: skip
    kept = law > RAREST
    axes.plot(hits[kept] / d, law[kept], "D", ms=4.5, mfc="white", mec="black", label="exact law")
    axes.axvline(threshold, color=THRESHOLD, lw=1.5)
    axes.axvline(mean, color=SHOWN, lw=1.5, ls=":", label="mean")
    axes.annotate(
        " threshold", (threshold, 1), xycoords=("data", "axes fraction"), xytext=(0, -2),
        textcoords="offset points", ha="left", va="top", size=type_size(0.9),
    )  # fmt: skip
    axes.set_yscale("log")
    axes.set_ylim(RAREST, 3)
    axes.set_xlim(-0.3, max(READS, (hits[shown].max() + 1) / d))
    axes.set_xlabel("what an inactive feature reads", size=type_size(0.95))
    axes.set_ylabel("share of readings", size=type_size(0.95))
    _plain(axes)
    _legend_below(figure)
    return figure


def readings_by_weight(weights, y, readings, threshold, measured, law):
    """Which columns are misread: one input's readings, and many inputs' misreads, by column weight.

    Parameters
    ----------
    weights : array of shape (m,)
        Ones in each column.
    y, readings : arrays of shape (m,)
        One input, and D C y.
    threshold : float
    measured : array of shape (m,)
        For each feature, the share of inputs (of those where it is inactive) on which it is misread.
    law : dict from a weight to the probability that an inactive feature of this weight is misread

    Raises
    ------
    ValueError
        Shapes that differ.
    """
    weights, y = np.asarray(weights), np.asarray(y, dtype=bool)
    readings, measured = np.asarray(readings, dtype=float), np.asarray(measured, dtype=float)
    for name, array in (("y", y), ("readings", readings), ("measured", measured)):
        if array.shape != weights.shape:
            raise expected(name, f"shape {weights.shape}, as weights has it", f"shape {array.shape}")
    wrong = (readings > threshold + 1e-9) != y
    narrow = is_narrow()
    figure = page(
        6.6 if narrow else 4.0,
        f"One input: {wrong.sum()} misread; of all readings, {in_words(measured.mean())}",
    )
    one, many = figure.subplots(2, 1) if narrow else figure.subplots(1, 2)
    # Below the threshold, readings are drawn to the nearest twentieth downwards: fewer, larger spots.
    drawn = np.where(wrong, readings, np.floor(20 * readings + 1e-9) / 20)
    spots, counts = np.unique(np.stack([weights, drawn])[:, ~y], axis=1, return_counts=True)
    for size in range(int(math.log2(counts.max())) + 1):  # the more features, the larger the spot
        kept = (counts >= 2**size) & (counts < 2 ** (size + 1))
        style = {"ms": 3 + 0.9 * size, "mfc": FAINT, "mec": QUIET, "mew": 0.8}
        one.plot(*spots[:, kept], "o", **style)
    one.plot(weights[y], readings[y], "o", ms=7, mfc=SHOWN, mec="black", label="active", ls="")
    if wrong.any():
        ringed = np.unique(np.stack([weights, readings])[:, wrong], axis=1)
        one.plot(*ringed, "o", ms=11, mfc="none", mec=WRONG, mew=1.8, label="misread")
    one.axhline(threshold, color=THRESHOLD, lw=1.3)
    one.set_ylabel("reads, on one input", size=type_size(0.95))
    one.set_ylim(-0.08, max(1.8, readings.max() + 0.15))
    one.legend(loc="upper right", frameon=False, fontsize=type_size(0.88), handletextpad=0.2)
    present = np.unique(weights)
    shares = np.array([measured[weights == w].mean() for w in present])
    line = np.array([law[int(w)] for w in present])
    many.plot(present, line, "-" if len(present) > 1 else "D", color=NOISE, lw=2.5, label="exact law")
    some = shares > 0
    many.plot(present[some], shares[some], "o", ms=5.5, color=WRONG, mec="black", mew=0.6, label="measured")
    if (~some).any():
        many.plot(
            present[~some], np.full((~some).sum(), RAREST * 2), "v", ms=5.5, mfc="white", mec=QUIET,
            label="measured: none",
        )  # fmt: skip
    many.set_yscale("log")
    many.set_ylim(RAREST, 2)
    many.set_ylabel("share of inputs misread", size=type_size(0.95))
    many.legend(loc="lower left", frameon=False, fontsize=type_size(0.88), handletextpad=0.4)
    for axes in (one, many):
        axes.set_xlabel("neurons that carry the feature", size=type_size(0.95))
        axes.set_xlim(0, max(CARRIES, weights.max() + 1.2))
        axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
        _plain(axes)
    return figure


def failures_by_neurons(neurons, measured, grid, law, bound, features, readings):
    """Misread features an input against n: measured, exactly, and what the bound promises.

    Parameters
    ----------
    neurons, measured : arrays of the same shape
        n of the codes tried, and the share of readings that were wrong.
    grid, law, bound : arrays of the same shape, grid increasing
        n, the exact probability that a reading is wrong, and the bound on it.
    features : int
        Inactive features an input: what the probabilities are multiplied by.
    readings : int
        How many readings a measured share is taken of.

    Raises
    ------
    ValueError
        Shapes that differ.
    """
    grid, law, bound = (np.asarray(a, dtype=float) for a in (grid, law, bound))
    neurons, measured = np.asarray(neurons, dtype=float), np.asarray(measured, dtype=float)
    if not grid.shape == law.shape == bound.shape:
        raise expected("law, bound", f"shape {grid.shape}, as grid has it", f"{law.shape}, {bound.shape}")
    if neurons.shape != measured.shape:
        raise expected("measured", f"shape {neurons.shape}, as neurons has it", f"shape {measured.shape}")
    few = 0.01
    really, provably = (_first(grid, features * curve, few) for curve in (law, bound))
    figure = page(
        4.5 if is_narrow() else 4.1,
        f"1 misread in 100 inputs: n {really}; by the bound {provably}",
    )
    axes = figure.add_subplot()
    axes.plot(grid, features * bound, "--", color=THRESHOLD, lw=1.8, label="bound")
    axes.plot(grid, features * law, "-", color=NOISE, lw=2.5, label="exact law")
    some = measured > 0
    axes.plot(
        neurons[some], features * measured[some], "o", ms=6, color=SHOWN, mec="black", label="measured"
    )
    if (~some).any():
        axes.plot(
            neurons[~some],
            np.full((~some).sum(), features / readings),
            "v",
            ms=6,
            mfc="white",
            mec=QUIET,
            label="measured: none",
        )
    axes.axhline(few, color=THRESHOLD, lw=1, ls=":")
    axes.annotate(
        "1 in 100 inputs", (0.01, few), xycoords=("axes fraction", "data"), xytext=(0, 2),
        textcoords="offset points", ha="left", va="bottom", size=type_size(0.9),
    )  # fmt: skip
    axes.set_xscale("log", base=2)
    axes.set_yscale("log")
    axes.set_xlim(grid[0], grid[-1])
    axes.set_ylim(1e-4, 10.0 ** math.ceil(math.log10(2 * features)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda n, _: f"{n:,.0f}"))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlabel("neurons n", size=type_size(0.95))
    axes.set_ylabel("misread features an input", size=type_size(0.95))
    _plain(axes)
    _legend_below(figure)
    return figure


def _first(grid, curve, level):
    """The n where a falling curve comes down to the level, to three digits; "beyond" the last one."""
    below = np.flatnonzero(curve <= level)
    if len(below) == 0:
        return f"beyond {grid[-1]:,.0f}"
    if below[0] == 0:
        return f"{grid[0]:,.0f} or fewer"
    i = below[0]
    rise = (math.log(curve[i - 1]) - math.log(level)) / (math.log(curve[i - 1]) - math.log(curve[i]))
    return f"about {float(f'{grid[i - 1] * (grid[i] / grid[i - 1]) ** rise:.3g}'):,.0f}"


def _plain(axes):
    plain(axes)
    if axes.get_yscale() == "log":
        low, high = (math.log10(limit) for limit in axes.get_ylim())
        powers = np.arange(math.ceil(low - 1e-9), math.floor(high) + 1)
        axes.set_yticks(10.0**powers, [_power(int(power)) for power in powers])
        axes.yaxis.set_minor_locator(NullLocator())


def _power(exponent):
    """A power of ten as an axis says it: shorter in the file, and quicker to draw, than TeX."""
    if 0 <= exponent <= 4:
        return f"{10**exponent:,}"
    return "10" + str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def _legend_below(figure):
    figure.legend(
        loc="outside lower left", ncols=2 if is_narrow() else 4, frameon=False, fontsize=type_size(0.9)
    )
