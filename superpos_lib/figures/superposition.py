"""Pictures of the first chapters: directions in the plane, boards of neurons, and what sharing costs.

The last two count neurons against features over many powers of ten: what it takes to store, to compute,
and to have a neuron for each feature.
"""

import math

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.ticker import FuncFormatter, NullLocator

from .._arguments import expected
from ..codes import misread
from .machine_room import MARKERS, Bars, Cells, Dots, in_order
from .style import (
    ACTIVE,
    CHOSEN,
    FAINT,
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

__all__ = ["and_stages", "board", "gap", "plane", "sharing", "walls"]

# Readings are compared with thresholds as a reader would, not as sines round.
_ROUNDING = 1e-9
# Directions that `plane` has room for at the least, and neurons that `walls` has.
SPOKES, WALL = 9, 128
# Neurons up to which `sharing` shows its curves: with more nobody saves much.
MOST_NEURONS = 1e7


def plane(directions, y, threshold):
    """Features as directions in the plane, the sum of the active ones, and what every feature reads.

    Feature j is the unit vector c_j, the input y is held as x = sum of the active c_j, and feature j
    reads c_j . x.

    Parameters
    ----------
    directions : array of shape (2, m)
        C; columns of length 1.
    y : Booleans of shape (m,)
        With an active feature.
    threshold : float

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        Shapes that do not fit, or no active feature.
    """
    C, y = np.asarray(directions, dtype=float), np.asarray(y, dtype=bool)
    if C.ndim != 2 or C.shape[0] != 2:
        raise expected("directions", "shape (2, m)", f"shape {C.shape}")
    if y.shape != C.shape[1:] or not y.any():
        raise expected("y", f"shape ({C.shape[1]},), with an active feature", y)
    x = C @ y
    readings = C.T @ x
    wrong = (readings > threshold + _ROUNDING) != y
    narrow = is_narrow()
    headline = f"{C.shape[1]} directions, {y.sum()} active"
    figure = page(6.1 if narrow else 3.9, headline, _outcome(readings, y, wrong))
    grid = figure.subplots(2, 1, height_ratios=[1.5, 1]) if narrow else figure.subplots(1, 2)
    circle, read = grid
    turn = np.linspace(0, 2 * math.pi, 120)
    circle.plot(np.cos(turn), np.sin(turn), color=NOISE, lw=0.8)
    circle.plot(0, 0, "o", ms=3, color="black")
    looks = _looks(y)
    for j in [*np.flatnonzero(~y), *looks]:
        style = {"color": NOISE, "lw": 1.2, "marker": "o", "ms": 4, "mfc": "white", "mec": QUIET}
        if y[j]:
            style = {**looks[j], "color": looks[j]["mfc"], "lw": 3}
        circle.plot([0, C[0, j]], [0, C[1, j]], markevery=[1], **style)
        circle.text(*(1.22 * C[:, j]), str(j), ha="center", va="center", size=type_size(0.9))
    if y.sum() > 1:
        circle.annotate(
            "", x, (0, 0), arrowprops={"arrowstyle": "-|>", "lw": 2, "color": "black", "shrinkB": 0}
        )
        circle.annotate("x", x, xytext=(6, 6), textcoords="offset points", size=type_size(1), weight="bold")
    # Two active features reach no further than 2; their sum may point anywhere.
    reach = max(1.45, np.abs(x[1]) + 0.3)
    circle.set(xlim=(-1.45, max(2.3, x[0] + 0.3)), ylim=(-reach, reach))
    circle.set_aspect("equal")
    circle.set_xlabel("neuron 0", size=type_size(0.92))
    circle.set_ylabel("neuron 1", size=type_size(0.92))
    circle.set_xticks([-1, 0, 1])
    circle.set_yticks([-1, 0, 1])
    plain(circle)
    _lollipops(read, readings, y, wrong, threshold, looks)
    places = max(SPOKES, len(y))
    read.set(xlim=(-0.7, places - 0.4), ylim=(-2.2, max(2.3, readings.max() + 0.3)), xticks=range(places))
    return figure


def board(code, y, threshold, *, columns, order=None):
    """Few neurons as a board of cells, who lights each of them, and what every feature reads.

    Parameters
    ----------
    code : Code
    y : Booleans of shape (m,)
        With an active feature.
    threshold : float
    columns : int
        Cells in a line of the board; neuron r stands in line r // columns.
    order : sequence of features, optional
        As `machine_room.in_order` takes it.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        A board that is not filled by the neurons, another shape, or no active feature.
    """
    y = np.asarray(y, dtype=bool)
    lines = _lines(code, columns)
    if y.shape != (code.features,) or not y.any():
        raise expected("y", f"shape ({code.features},), with an active feature", y)
    x = code.compress(y)
    readings = code.decompress(x)
    wrong = misread(code, y, threshold)
    narrow = is_narrow()
    headline = f"{y.sum()} of {code.features} features active"
    figure = page(5.9 if narrow else 3.7, headline, _outcome(readings, y, wrong))
    cells, read = (
        figure.subplots(2, 1, height_ratios=[1.3, 1])
        if narrow
        else figure.subplots(1, 2, width_ratios=[1, 1.35])
    )
    _edges(cells, lines, columns)
    for r, count in enumerate(x):
        line, column = divmod(r, columns)
        cells.text(column + 0.08, line + 0.1, f"{count:.0f}", va="top", size=type_size(1), weight="bold")
    looks = _looks(y, order)
    places = np.linspace(0.3, 0.78, max(2, len(looks)))
    for place, (j, look) in zip(places, looks.items(), strict=False):
        r = np.flatnonzero(_column(code, j))
        cells.plot(r % columns + place, r // columns + 0.62, ls="none", in_layout=False, **look)
    cells.set_title("what each neuron holds", loc="left", size=type_size(0.92))
    cells.set(xlim=(0, columns), ylim=(lines, 0), aspect="equal")
    cells.axis("off")
    _lollipops(read, readings, y, wrong, threshold, looks)
    read.set_ylim(-0.15, max(2.0, readings.max() + 0.3))
    return figure


def walls(code, y, threshold, counts, shares, order=None):
    """Many features as a wall of cells, the neurons that hold them, and how often reading fails.

    Parameters
    ----------
    code : Code
    y : Booleans of shape (m,)
        With an active feature.
    threshold : float
    counts, shares : arrays of the same shape
        Numbers v of active features, and the share of inputs with a misread feature for each.
    order : sequence of features, optional
        As `machine_room.in_order` takes it.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        Another shape, no active feature, or a number of active features that is not among `counts`.
    """
    y, counts, shares = np.asarray(y, dtype=bool), np.asarray(counts), np.asarray(shares, dtype=float)
    if y.shape != (code.features,) or not y.any():
        raise expected("y", f"shape ({code.features},), with an active feature", y)
    if counts.shape != shares.shape or y.sum() not in counts:
        raise expected("counts", f"{y.sum()} among them, and a share for each", counts)
    x = code.compress(y)
    wrong = misread(code, y, threshold)
    v, share = y.sum(), shares[counts == y.sum()][0]
    narrow = is_narrow()
    figure = page(
        7.0 if narrow else 4.0,
        f"{code.features} features in {code.neurons} neurons, {v} active",
        f"{wrong.sum()} of {code.features} features misread; {100 * share:.3g} % of inputs fail",
    )
    if narrow:
        grid = figure.add_gridspec(3, 1, height_ratios=[0.9, 2.2, 1.5])
        neurons, features, curve = (figure.add_subplot(place) for place in grid)
    else:
        neurons, features, curve = figure.subplots(1, 3, width_ratios=[0.75, 1.5, 1.35])
    columns = 16 if narrow else 8
    held = np.full(-(-code.neurons // columns) * columns, np.nan)
    held[: code.neurons] = x
    _shades(neurons, held.reshape(-1, columns), max(4, x.max()))
    neurons.set_ylim(max(WALL, code.neurons) / columns - 0.5, -0.5)
    neurons.spines[:].set_visible(False)
    joint = " " if narrow else "\n"
    neurons.set_title(f"C y:{joint}{code.neurons} neurons", loc="left", size=type_size(0.92))
    side = math.ceil(math.sqrt(code.features))
    reads = np.full(-(-code.features // side) * side, np.nan)
    reads[: code.features] = code.decompress(x)
    _shades(features, reads.reshape(-1, side), 2)
    for j, look in _looks(y, order).items():
        features.plot(j % side, j // side, ls="none", **{**look, "ms": 7})
    if wrong.any():
        _crosses(features, np.flatnonzero(wrong) % side, np.flatnonzero(wrong) // side)
    features.set_title(f"D x:{joint}{code.features} features", loc="left", size=type_size(0.92))
    handles = [
        Line2D([], [], ls="none", label="active", **_active(0)),
        Line2D([], [], ls="none", marker="x", color=WRONG, mew=1.8, label="misread"),
    ]
    features.legend(
        handles=handles, loc="upper left", bbox_to_anchor=(0, 0), ncols=2, frameon=False,
        fontsize=type_size(0.88), handletextpad=0.2, columnspacing=1, borderaxespad=0.2,
    )  # fmt: skip
    so_far = counts <= v  # what comes after is for the reader to guess
    curve.plot(counts[so_far], 100 * shares[so_far], "-D", color=WRONG, ms=5, mec="black", mew=0.6)
    curve.plot(v, 100 * share, **CHOSEN)
    curve.set(xlim=(0.5, counts.max() + 0.5), ylim=(-4, 106))
    curve.set_xticks(counts[::2] if len(counts) > 6 else counts)
    name_axes(curve, "active features v", "inputs that fail, %")
    return figure


def sharing(features, proved, needed, v):
    """Neurons against features: one each, what random codes are proved to take, and what none can beat.

    Parameters
    ----------
    features, proved, needed : arrays of the same shape, features increasing
        m; neurons that are enough; neurons without which it is impossible.
    v : int

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        Shapes that differ.
    """
    m, proved, needed = _curves(features, proved=proved, needed=needed)
    pays = _crossing(m, m / proved)
    figure = page(
        4.5 if is_narrow() else 4.2,
        f"Neurons for m features, {v} active",
        f"Proved to pay from about {_count(pays)} features; "
        f"{_count(m[-1])} fit in {_count(proved[-1])} neurons",
    )
    axes = figure.add_subplot()
    axes.axvspan(pays, m[-1], color=FAINT, lw=0)
    axes.plot(m, m, ":", color=THRESHOLD, lw=1.8)
    axes.plot(m, proved, "-", color=SHOWN, lw=2.6)
    axes.plot(m, needed, "--", color=QUIET, lw=1.8)
    axes.plot(pays, pays, **CHOSEN)
    _decades(axes, m)
    top = max(MOST_NEURONS, proved.max())
    axes.set_ylim(1, top)
    _count_axes(axes, "features m", "neurons n")
    axes.grid(visible=False)
    style = {"textcoords": "offset points", "size": type_size(0.9)}
    axes.annotate("a neuron for each", (top, top), xytext=(4, -4), va="top", **style)
    axes.annotate(
        "proved to be enough", (m[-1], proved[-1]), xytext=(-4, 5), ha="right", color=SHOWN, **style
    )
    axes.annotate("too few, proved", (m[-1], needed[-1]), xytext=(-4, -13), ha="right", va="top", **style)
    axes.annotate("sharing pays", (m[-1], 1), xytext=(-4, 5), ha="right", weight="bold", **style)
    return figure


def gap(features, storing, computing, named):
    """Neurons against features over many decades: to store, to compute at least, and one for each.

    Parameters
    ----------
    features, storing, computing : arrays of the same shape, features increasing
        m = m'; neurons that are enough to store; neurons without which computing is impossible.
    named : int
        One of the features: the headline says what computing with so many takes.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        Shapes that differ, or a named number that is not among the features.
    """
    m, storing, computing = _curves(features, storing=storing, computing=computing)
    if named not in m:
        raise expected("named", "one of the features", named)
    dearer = computing > storing
    crosses = dearer.any() and not dearer.all()
    cross = _crossing(m, computing / storing)
    headline = f"{_count(named)} ANDs: at least {computing[m == named][0]:,.0f} neurons"
    outcome = f"Computing costs more from about {_count(cross)}" if dearer[-1] else "Never above storing"
    figure = page(4.9 if is_narrow() else 4.4, headline, outcome)
    axes = figure.add_subplot()
    axes.plot(m, m, ":", color=THRESHOLD, lw=1.8, label="to compute, naively: m′")
    floor = "to compute, $n_\\mathrm{in} \\leq n$: at least"
    axes.plot(m, computing, "-", color=THRESHOLD, lw=2.6, label=floor)
    axes.plot(m, storing, "-", color=SHOWN, lw=2.6, label="to store: enough")
    axes.fill_between(m, storing, computing, where=dearer, color=FAINT, lw=0)
    if crosses:
        height = np.exp(np.interp(math.log(cross), np.log(m), np.log(storing)))
        axes.plot(cross, height, "o", ms=11, mfc="none", mec="black", mew=2)
    _decades(axes, m)
    axes.set_ylim(10, m[-1])
    _count_axes(axes, "features in, ANDs out: m = m′", "neurons")
    _legend_below(figure)
    return figure


def and_stages(problem, y, hears, read_out, threshold, *, code=None, bias=1.0):
    """The stages of one input in a network with a neuron for each AND, as `machine_room` takes them.

    Parameters
    ----------
    problem : TwoAnd
    y : Booleans of shape (m,)
        With an active feature.
    hears : array of shape (m',)
        What each neuron adds up of its two inputs.
    read_out : array of shape (m',)
    threshold : float
        Of the read-out.
    code : Code, optional
        Between y and the neurons, if the input is superposed.
    bias : float
        What a neuron must hear more than, to light up.

    Returns
    -------
    list of stages: y, x = C y if there is a code, the m' neurons, the outputs

    Raises
    ------
    ValueError
        Another shape, or no active feature.
    """
    y, hears = np.asarray(y, dtype=bool), np.asarray(hears, dtype=float)
    if y.shape != (problem.inputs,) or not y.any():
        raise expected("y", f"shape ({problem.inputs},), with an active feature", y)
    if hears.shape != (problem.outputs,):
        raise expected("hears", f"shape ({problem.outputs},)", f"shape {hears.shape}")
    active = np.flatnonzero(y)
    one_each = np.eye(problem.inputs, dtype=bool)[active]
    parts = (problem.pairs[None] == active[:, None, None]).any(axis=2).astype(float)
    stages = [Cells("$y$", f"{problem.inputs} features", one_each, names=tuple(map(str, active)))]
    if code is not None:
        stages.append(Cells("$x = C y$", f"{code.neurons} numbers", code.compress(one_each.T).T))
    return [
        *stages,
        Bars(
            "sums" if code is None else "$A D x$",
            f"{problem.outputs} neurons, one an AND",
            parts,
            hears - parts.sum(axis=0),
            thresholds=((bias, "bias"),),
            wrong=(hears > bias + _ROUNDING) != problem.truth(y),
            axis="what the neuron hears",
        ),
        Dots("outputs", f"{problem.outputs} ANDs read", read_out, problem.truth(y), threshold),
    ]


# --- what these pictures share


def _outcome(readings, y, wrong):
    """What came out, in words."""
    words = "none misread" if not wrong.any() else f"{wrong.sum()} misread"
    return words if y.all() else f"{words}, the loudest inactive one reads {_short(readings[~y].max())}"


def _short(number):
    """Two decimals at most, and no minus before a zero."""
    return f"{round(number, 2) + 0.0:.4g}"


def _active(k):
    """The marker of active feature number k: told by shape and by colour."""
    return {
        "marker": MARKERS[k % len(MARKERS)], "ms": 9, "mfc": ACTIVE[k % len(ACTIVE)], "mec": "black",
        "mew": 0.9,
    }  # fmt: skip


def _looks(y, order=None):
    """The marker of each active feature."""
    return {j: _active(k) for k, j in enumerate(in_order(y, order)) if y[j]}


def _column(code, j):
    one = np.zeros(code.features, dtype=bool)
    one[j] = True
    return code.compress(one)


def _lollipops(axes, readings, y, wrong, threshold, looks):
    """One stick a feature: filled where active, ringed where misread."""
    features = np.arange(len(y))
    axes.vlines(features, 0, readings, color=NOISE, lw=1.5)
    axes.plot(features[~y], readings[~y], "o", ms=6, mfc="white", mec=QUIET, mew=1.2)
    for j, look in looks.items():
        axes.plot(j, readings[j], ls="none", **look)
    axes.plot(features[wrong], readings[wrong], "o", ms=15, mfc="none", mec=WRONG, mew=2)
    axes.axhline(0, color="black", lw=0.8)
    axes.axhline(threshold, color=THRESHOLD, lw=1.4, ls="--")
    axes.annotate(
        _short(threshold), (1, threshold), xycoords=("axes fraction", "data"), xytext=(3, 0),
        textcoords="offset points", ha="left", va="center", size=type_size(0.88),
    )  # fmt: skip
    axes.set_xticks(features)
    axes.set_xlim(-0.7, len(y) + 0.6)
    axes.set_ylim(min(-0.1, readings.min() - 0.25), max(1.4, readings.max() + 0.3))
    name_axes(axes, "feature", "reads")


def _lines(code, columns):
    if not 1 <= columns <= code.neurons or code.neurons % columns:
        raise expected("columns", f"a divisor of the {code.neurons} neurons", columns)
    return code.neurons // columns


def _edges(axes, lines, columns):
    for line in range(lines + 1):
        axes.plot([0, columns], [line, line], color=NOISE, lw=1.2, clip_on=False)
    for column in range(columns + 1):
        axes.plot([column, column], [0, lines], color=NOISE, lw=1.2, clip_on=False)


def _shades(axes, values, most):
    """A board of grey cells, the darker the fuller; cells that are not there stay white."""
    axes.imshow(values, cmap="Greys", vmin=0, vmax=1.4 * most, interpolation="none")
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_color(NOISE)


def _crosses(axes, x, y):
    """Many crosses as one path: an SVG of half the size."""
    arm = 0.34
    ends = np.array([[-arm, -arm], [arm, arm], [-arm, arm], [arm, -arm]])
    at = (np.stack([x, y], axis=1)[:, None] + ends).reshape(-1, 2)
    codes = np.tile([Path.MOVETO, Path.LINETO], len(at) // 2)
    axes.add_patch(PathPatch(Path(at, codes), fill=False, ec=WRONG, lw=1.8))


def _curves(features, **curves):
    m = np.asarray(features, dtype=float)
    arrays = [np.asarray(curve, dtype=float) for curve in curves.values()]
    for name, curve in zip(curves, arrays, strict=True):
        if curve.shape != m.shape:
            raise expected(name, f"shape {m.shape}, as features has it", f"shape {curve.shape}")
    return m, *arrays


def _crossing(m, ratio):
    """The m at which a ratio rises above 1 for good, between two points by a straight line in the logs."""
    below = np.flatnonzero(ratio <= 1)
    if len(below) == 0:
        return m[0]
    i = below[-1]
    if i == len(m) - 1:
        return m[-1]
    low, high = math.log(ratio[i]), math.log(ratio[i + 1])
    return math.exp(math.log(m[i]) - low / (high - low) * math.log(m[i + 1] / m[i]))


def _count(number):
    """A count as a reader says it, to three digits."""
    number = float(f"{number:.3g}")
    for size, name in ((1e12, " trillion"), (1e9, " billion"), (1e6, " million")):
        if number >= size:
            return f"{number / size:.3g}{name}"
    return f"{number:,.0f}"


def _power(exponent):
    if 0 <= exponent <= 3:
        return f"{10**exponent:,}"
    return "10" + str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def _decades(axes, m):
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(m[0], m[-1])


def _count_axes(axes, across, up):
    step = 2 if is_narrow() else 1
    for axis, limits in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim())):
        low, high = (math.log10(limit) for limit in limits)
        every = step if high - low > 6 else 1
        powers = np.arange(math.ceil(low - 1e-9), math.floor(high + 1e-9) + 1, every)
        axis.set_ticks(10.0**powers)
        axis.set_major_formatter(FuncFormatter(lambda value, _: _power(round(math.log10(value)))))
        axis.set_minor_locator(NullLocator())
    axes.set_xlabel(across, size=type_size(0.95))
    axes.set_ylabel(up, size=type_size(0.95))
    axes.grid(color=FAINT, lw=0.8)
    plain(axes)


def _legend_below(figure):
    figure.legend(
        loc="outside lower left", ncols=1 if is_narrow() else 3, frameon=False, fontsize=type_size(0.9)
    )
