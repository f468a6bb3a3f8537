"""Pictures of 2-AND: who is in how many pairs, matrices, what rows of a channel hear, a budget spent.

They take numbers and say nothing about how these came about.
"""

import itertools

import matplotlib
import numpy as np
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from .._arguments import expected
from ..problems import Split, TwoAnd
from .style import (
    CASE_COLOURS,
    CASE_NAMES,
    EDGE,
    FAINT,
    FILLED,
    INK,
    LEVELS,
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

__all__ = ["budget", "cutoff_window", "influence_graph", "matrices", "readers"]

# Cases are told apart by hatch as well as by colour.
CASE_HATCHES = {"double_light": "", "double_heavy": "//", "mixed": "--", "super_heavy": "xx"}
# Lines of a graph that are drawn; of more pairs, an even sample.
EDGES = 160
# Steps of a curve that are marked by a dot, if there are no more.
MARKED = 24
# A matrix cell, in type sizes: its height, and its width for an entry of so many characters.
CELL_HEIGHT, CELL_WIDTH, A_CHARACTER = 1.75, 0.95, 0.62


# --- matrices with every entry visible


def matrices(panels, headline, characters=1):
    """Small matrices with every entry printed, zeros faint, NaN left blank.

    Parameters
    ----------
    panels : sequence of (name, array, row_names, column_names, row_colours)
        The array has one or two dimensions; a vector is drawn as a column. `row_names` has one text a
        row, `column_names` one a column; either may be empty. `row_colours` has one colour a row,
        for the bar beside it, or is None.
    headline : str
    characters : int
        A cell has room for so many at the least; give what the longest entry of several pictures needs.

    Returns
    -------
    matplotlib.figure.Figure
        Matrices side by side as long as they fit the page, then on the next line. One that is wider than
        the page is continued below itself.

    Raises
    ------
    ValueError
        No panel; names or colours of other lengths than the array; a page too narrow for a column.

    Examples
    --------
    >>> panel = ("$C_0$", np.array([[1, 0], [1, 1]]), ("row 0", "row 1"), ("0", "1"), None)
    >>> matrices([panel], "two inputs").get_suptitle()
    'two inputs'
    """
    em = type_size(0.9) / 72
    room = matplotlib.rcParams["figure.figsize"][0] / em - 1
    panels = [part for panel in panels for part in _wrapped((*_checked(*panel), characters), room)]
    if not panels:
        raise expected("panels", "at least one", "none")
    lines = [[]]
    for panel in panels:
        needs = _panel_width(panel)
        if lines[-1] and sum(map(_panel_width, lines[-1])) + 2 * len(lines[-1]) + needs > room:
            lines.append([])
        lines[-1].append(panel)
    heights = [max(len(panel[1]) for panel in line) * CELL_HEIGHT + 4.6 for line in lines]
    figure = page((sum(heights)) * em + 0.5, headline)
    axes = figure.add_subplot()
    axes.set(xlim=(0, room), ylim=(sum(heights), 0))
    axes.axis("off")
    top = 0.0
    for line, height in zip(lines, heights, strict=True):
        left = 0.0
        for panel in line:
            _draw_matrix(axes, left, top, *panel)
            left += _panel_width(panel) + 2
        top += height
    return figure


def _checked(name, array, row_names, column_names, row_colours):
    array = np.asarray(array, dtype=float)
    array = array[:, None] if array.ndim == 1 else array
    if array.ndim != 2 or 0 in array.shape:
        raise expected(name, "a matrix or a vector", f"shape {array.shape}")
    for what, names, length in (
        ("row_names", row_names, len(array)),
        ("column_names", column_names, array.shape[1]),
        ("row_colours", row_colours, len(array)),
    ):
        if names is not None and len(names) not in (0, length):
            raise expected(what, f"{length} for {name}, or none", len(names))
    return name, array, tuple(row_names), tuple(column_names), row_colours


def _wrapped(panel, room):
    """The panel, or its columns in several panels that each fit the page."""
    name, array, row_names, column_names, row_colours, characters = panel
    width = _cell_width(array, column_names, characters)
    most = int((room - _names_width(row_names, row_colours)) // width)
    if most < 1:
        raise expected("panels", f"a column that fits {room:.0f} em", f"one of {width:.0f} in {name}")
    columns = array.shape[1]
    pieces = -(-columns // most)
    edges = [round(k * columns / pieces) for k in range(pieces + 1)]
    return [
        (
            name if left == 0 else f"{name}, continued",
            array[:, left:right],
            row_names,
            column_names[left:right],
            row_colours,
            characters,
        )
        for left, right in itertools.pairwise(edges)
    ]


def _entry(value):
    """A number as a matrix shows it: whole, or to two digits after the point."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text.replace("-", "−")


def _cell_width(array, column_names, characters):
    shown = array[np.isfinite(array)]
    longest = max((len(_entry(value)) for value in shown), default=1)
    longest = max([longest, characters, *map(len, column_names)])
    return CELL_WIDTH + A_CHARACTER * longest


def _names_width(row_names, row_colours):
    widest = max(map(len, row_names), default=0)
    return 0.6 * widest + (0.6 if widest else 0) + (0.7 if row_colours is not None else 0)


def _panel_width(panel):
    name, array, row_names, column_names, row_colours, characters = panel
    cells = array.shape[1] * _cell_width(array, column_names, characters)
    plain = name.replace("$", "").replace("_", "").replace("\\", "")
    return _names_width(row_names, row_colours) + max(cells, 0.62 * len(plain))


def _draw_matrix(axes, left, top, name, array, row_names, column_names, row_colours, characters):
    size = type_size(0.9)
    width, names = _cell_width(array, column_names, characters), _names_width(row_names, row_colours)
    x0, y0 = left + names, top + 2.9
    rows, columns = array.shape
    axes.text(x0, top + 0.9, name, size=type_size(1.0), ha="left", va="center")
    axes.add_patch(
        Rectangle((x0, y0), columns * width, rows * CELL_HEIGHT, fc="none", ec=QUIET, lw=0.9, zorder=3)
    )
    for k, text in enumerate(column_names):
        axes.text(x0 + (k + 0.5) * width, y0 - 0.65, text, size=size, ha="center", va="center", color=EDGE)
    for r, text in enumerate(row_names):
        middle = y0 + (r + 0.5) * CELL_HEIGHT
        bar = 0.7 if row_colours is not None else 0
        axes.text(x0 - 0.35 - bar, middle, text, size=size, ha="right", va="center", color=EDGE)
    for r, colour in enumerate(row_colours or ()):
        axes.add_patch(
            Rectangle((x0 - 0.65, y0 + r * CELL_HEIGHT + 0.12), 0.4, CELL_HEIGHT - 0.24, fc=colour, lw=0)
        )
    for (r, k), value in np.ndenumerate(array):
        if not np.isfinite(value):
            continue
        zero = abs(value) < 0.005
        x, y = x0 + k * width, y0 + r * CELL_HEIGHT
        if not zero:
            axes.add_patch(Rectangle((x, y), width, CELL_HEIGHT, fc=FILLED, ec="white", lw=0.8))
        axes.text(
            x + width / 2, y + CELL_HEIGHT / 2, _entry(value), size=size, ha="center", va="center_baseline",
            color=QUIET if zero else "black",
        )  # fmt: skip


# --- what the rows of a channel hear


def readers(sums, thresholds, headline, case="double_light", reach=(0.0, 0.0)):
    """The rows of a channel, a bar each, for several inputs side by side; below, what the clip leaves.

    Parameters
    ----------
    sums : dict from a name, such as "both partners", to what each row of the channel hears
    thresholds : (off, on)
        The clip: up to `off` a row is 0, from `on` on it is 1, linear between.
    headline : str
    case : str
        Whose channel it is: lit rows have the colour of that case, and are hatched if lit in part.
    reach : (lowest, highest)
        What the axis shows at the least; give what the largest of several pictures needs.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        No rows, off not below on, or no case of that name.

    Examples
    --------
    >>> sums = {"both partners": [2, 2, 2], "a stranger": [1, 0, 1]}
    >>> readers(sums, (1.75, 2), "three rows").get_suptitle()
    'three rows'
    """
    off, on = thresholds
    if not off < on:
        raise expected("thresholds", "off < on", thresholds)
    if case not in CASE_COLOURS:
        raise expected("case", f"one of {', '.join(CASE_COLOURS)}", repr(case))
    sums = {name: np.asarray(heard, dtype=float) for name, heard in sums.items()}
    if not sums or not all(heard.ndim == 1 and len(heard) for heard in sums.values()):
        raise expected("sums", "one row or more under each name", sums)
    narrow = is_narrow()
    figure = page(0.6 + 1.9 * len(sums) if narrow else 3.5, headline)
    shape = (len(sums), 1) if narrow else (1, len(sums))
    grid = figure.subplots(*shape, sharey=True, squeeze=False).ravel()
    low = min(0.0, reach[0], *(heard.min() for heard in sums.values()))
    high = max(on, reach[1], *(heard.max() for heard in sums.values()))
    for axes, (name, heard) in zip(grid, sums.items(), strict=True):
        left = np.clip((heard - off) / (on - off), 0, 1)
        _draw_rows(axes, heard, left, CASE_COLOURS[case])
        for value, label in ((on, "on"), (off, "off")):
            axes.axhline(value, color=THRESHOLD, lw=1.2, ls="-" if label == "on" else "--", zorder=4)
            axes.annotate(
                label, (1, value), xycoords=("axes fraction", "data"), xytext=(2, 0), ha="left",
                va="bottom" if label == "on" else "top", textcoords="offset points", size=type_size(0.88),
                annotation_clip=False,
            )  # fmt: skip
        axes.set_ylim(low - 0.08 * (high - low), high + 0.16 * (high - low))
        axes.set_title(name, size=type_size(0.95), loc="left")
        axes.set_xlabel(f"{_left(left)}\nmean of h: {left.mean():.2f}", size=type_size(0.9))
        plain(axes)
        if narrow or axes is grid[0]:
            axes.set_ylabel("what the row hears", size=type_size(0.9))
    return figure


def _draw_rows(axes, heard, left, lit):
    place = np.arange(len(heard))
    for kind, colour, hatch in (
        (left >= 0.98, lit, ""),  # weights are solved to one part in a thousand: nearly lit is lit
        ((left > 0.005) & (left < 0.98), lit, "////"),
        (left <= 0.005, NOISE, ""),
    ):
        axes.bar(place[kind], heard[kind], 0.8, fc=colour, ec="white", hatch=hatch, lw=0)
    axes.axhline(0, color="black", lw=0.8)
    axes.set_xticks([])
    axes.set_xlim(-0.6, len(heard) - 0.4)


def _left(left):
    lit = np.count_nonzero(left > 0.005)
    return f"{lit} of {len(left)} rows lit" if lit != 1 else f"1 of {len(left)} rows lit"


# --- a budget spent


def budget(lines, total, headline, counted="noise that a row can tolerate", reach=(0.0, 0.0)):
    """A budget spent line by line, from top to bottom: each bar begins where the one above ended.

    Parameters
    ----------
    lines : sequence of (label, amount)
        What each line costs; a negative amount gives something back.
    total : float
        What there is to spend, above 0.
    headline : str
    counted : str
        What the budget counts: the label of the axis.
    reach : (lowest, highest)
        What the axis shows at the least; give what the largest of several pictures needs.

    Returns
    -------
    matplotlib.figure.Figure
        The last bar is what is left; what is overspent lies left of zero, in the colour of what is wrong.

    Raises
    ------
    ValueError
        No line, or a total that is not above 0.

    Examples
    --------
    >>> budget([("mean", 0.25), ("spread", 0.5)], 1.0, "a quarter is left").get_suptitle()
    'a quarter is left'
    """
    lines = [(label, float(amount)) for label, amount in lines]
    if not lines:
        raise expected("lines", "at least one", "none")
    if not total > 0:
        raise expected("total", "a number above 0", total)
    ends = total - np.cumsum([0.0, *(amount for _, amount in lines)])
    left = float(ends[-1])
    shown = [("the budget", 0.0, total, FAINT, "")]
    shown += [
        (label, end, begin, NOISE if amount >= 0 else "white", "" if amount >= 0 else "//")
        for (label, amount), begin, end in zip(lines, ends[:-1], ends[1:], strict=True)
    ]
    shown.append(("left over", 0.0, left, SHOWN if left > 0 else WRONG, ""))
    narrow = is_narrow()
    figure = page((0.52 if narrow else 0.42) * len(shown) + (0.95 if narrow else 1.2), headline)
    axes = figure.add_subplot()
    low, high = min(0.0, reach[0], *ends), max(total, reach[1], *ends)
    span = high - low
    # On a narrow page a name stands above its bar, in a line of its own.
    thick, down = (0.36, 0.14) if narrow else (0.62, 0.0)
    for row, (label, begin, end, colour, hatch) in enumerate(shown):
        middle = row + down
        axes.barh(middle, end - begin, thick, begin, fc=colour, ec=EDGE, hatch=hatch, lw=0.7)
        spent = total if row == 0 else left if row == len(shown) - 1 else begin - end
        _write_amount(axes, spent, (max(begin, end) + 0.015 * span, middle), row == len(shown) - 1)
        if 0 < row < len(shown) - 1:  # down to where the next bar begins
            reached = min(begin, end) if lines[row - 1][1] >= 0 else max(begin, end)
            axes.plot(
                [reached] * 2, [middle + thick / 2, middle + 1 - thick / 2], color=EDGE, lw=0.8, zorder=0
            )
        if narrow:
            axes.text(
                low, row - 0.26, label, size=type_size(0.88), va="center", ha="left",
                bbox={"fc": "white", "ec": "none", "pad": 0.6},
            )  # fmt: skip
    axes.axvline(0, color=THRESHOLD, lw=1.3, zorder=0.5 if narrow else 2)
    axes.set_ylim(len(shown) - 0.4, -0.6)
    axes.set_xlim(low - 0.04 * span, high + 0.16 * span)
    axes.set_yticks([] if narrow else range(len(shown)), [] if narrow else [label for label, *_ in shown])
    axes.set_xlabel(counted, size=type_size(0.92))
    plain(axes)
    return figure


def _write_amount(axes, spent, at, last):
    axes.text(
        *at, _amount(spent), size=type_size(0.9), va="center", ha="left", zorder=5,
        weight="bold" if last else "normal",
    )  # fmt: skip


def _amount(value):
    return f"{round(value, 3) + 0.0:.3g}".replace("-", "−")


# --- influence


def influence_graph(problem, split, headline, reach=1):
    """Who is in how many pairs: inputs and outputs as a graph, the influences, the cases.

    First, inputs (by influence, the largest on top) joined to the outputs that they take part in, outputs
    by case. Second, how many inputs have at least a given influence, below the line 2 m' / influence
    that none can cross, with m'^(1/4) and m'^(3/4). Third, the outputs of each case.

    Parameters
    ----------
    problem : TwoAnd
    split : Split
    headline : str
    reach : int
        Outputs of the largest problem that the axes have room for.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        `problem` is no `TwoAnd`, or `split` no `Split`.

    Examples
    --------
    >>> from superpos_lib import hubs, split_by_influence
    >>> problem = hubs(2, 10)
    >>> influence_graph(problem, split_by_influence(problem), "two hubs").get_suptitle()
    'two hubs'
    """
    if not isinstance(problem, TwoAnd):
        raise expected("problem", "a TwoAnd", problem)
    if not isinstance(split, Split):
        raise expected("split", "a Split, from split_by_influence", split)
    narrow = is_narrow()
    figure = page(7.2 if narrow else 4.3, headline)
    if narrow:
        graph, counts, cases = figure.subplots(3, 1, height_ratios=(3, 2.7, 1.5))
    else:
        grid = figure.add_gridspec(2, 2, width_ratios=(1, 1.25), height_ratios=(2.2, 1))
        graph = figure.add_subplot(grid[:, 0])
        counts, cases = figure.add_subplot(grid[0, 1]), figure.add_subplot(grid[1, 1])
    _draw_graph(graph, problem, split)
    _draw_influences(counts, problem, reach)
    _draw_cases(cases, split)
    return figure


def _draw_graph(axes, problem, split):
    k = problem.influence
    by_influence = np.argsort(-k, kind="stable")
    rank = np.empty(problem.inputs, dtype=int)
    rank[by_influence] = np.arange(problem.inputs)
    level = np.zeros(problem.inputs, dtype=int)
    level[split.heavy], level[split.super_heavy_inputs] = 1, 2
    order = np.concatenate([split.cases[case] for case in reversed(CASE_COLOURS)])
    ends = 2 * problem.outputs
    drawn = np.unique(np.linspace(0, ends - 1, min(EDGES, ends)).round().astype(int))
    begin = 0
    for case in reversed(CASE_COLOURS):
        outputs = split.cases[case]
        mine = drawn[(drawn >= 2 * begin) & (drawn < 2 * (begin + len(outputs)))]
        begin += len(outputs)
        if not len(mine):
            continue
        tail = rank[problem.pairs[order[mine // 2], mine % 2]] + 0.5
        head = mine // 2 + 0.5
        x = np.tile([0.0, 1.0, np.nan], len(mine))
        y = np.stack([tail / problem.inputs, head / problem.outputs, np.full(len(mine), np.nan)], axis=1)
        axes.plot(x, y.ravel(), color=CASE_COLOURS[case], lw=0.8, alpha=0.75)
    _column(axes, -0.05, level[by_influence], LEVELS)
    place = np.concatenate(
        [np.full(len(split.cases[case]), number) for number, case in enumerate(reversed(CASE_COLOURS))]
    )
    _column(axes, 1.05, place, tuple(reversed(CASE_COLOURS.values())))
    axes.set(xlim=(-0.12, 1.12), ylim=(1.01, -0.01))
    axes.axis("off")
    shown = f"\n{len(drawn):,} of {ends:,} lines"
    title = f"{problem.inputs:,} inputs, {problem.outputs:,} outputs{shown}"
    axes.set_title(title, size=type_size(0.92), loc="left")
    names = ("light", "heavy", "super-heavy")
    handles = [Patch(fc=LEVELS[number], ec=EDGE, label=names[number]) for number in range(3)]
    axes.legend(
        handles=handles, loc="upper center", bbox_to_anchor=(0.5, 0), frameon=False, ncols=3,
        fontsize=type_size(0.88), handlelength=1.0, columnspacing=1.0, handletextpad=0.4,
    )  # fmt: skip


def _column(axes, x, kinds, colours):
    """A column of nodes, one stretch for each run of the same kind."""
    for begin, end in _stretches(kinds):
        axes.add_patch(
            Rectangle(
                (x - 0.035, begin / len(kinds)), 0.07, (end - begin) / len(kinds),
                fc=colours[kinds[begin]], ec=EDGE, lw=0.7,
            )
        )  # fmt: skip


def _stretches(kinds):
    """(begin, end) of each run of equal entries."""
    edges = np.flatnonzero(np.diff(kinds)) + 1
    return zip([0, *edges], [*edges, len(kinds)], strict=True)


def _draw_influences(axes, problem, reach):
    k, outputs = problem.influence, problem.outputs
    levels, counts = np.unique(k[k > 0], return_counts=True)
    at_least = np.cumsum(counts[::-1])[::-1]
    grid = np.array([1.0, 2.0 * outputs])
    axes.plot(grid, 2 * outputs / grid, "--", color=THRESHOLD, lw=1.6)
    axes.annotate(
        "at most 2m′ / influence", grid[:1].repeat(2) * (1, 2 * outputs), xytext=(10, 0), va="center",
        textcoords="offset points", size=type_size(0.88), zorder=5,
        bbox={"fc": "white", "ec": "none", "pad": 1},
    )  # fmt: skip
    steps = np.r_[0.5, levels, levels[-1]], np.r_[at_least[0], at_least, 0.7]
    axes.plot(*steps, drawstyle="steps-pre", color=INK, lw=1.8)
    if len(levels) <= MARKED:
        axes.plot(levels, at_least, "o", ms=4, color=INK)
    axes.set_xscale("log")
    axes.set_yscale("log")
    largest = max(outputs, reach)
    axes.set_xlim(0.8, max(1.5 * largest, 4))
    axes.set_ylim(0.7, 4.4 * largest)
    for power, name in ((0.25, "m′$^{1/4}$"), (0.75, "m′$^{3/4}$")):
        axes.axvline(outputs**power, color=THRESHOLD, lw=1.1, ls=":")
        axes.annotate(
            name, (outputs**power, 1), xycoords=("data", "axes fraction"), ha="center", va="bottom",
            xytext=(0, 1), textcoords="offset points", size=type_size(0.88),
        )  # fmt: skip
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
        axis.set_minor_locator(NullLocator())
    name_axes(axes, "influence", "inputs of at least\nthat influence")


def _draw_cases(axes, split):
    sizes = {case: len(split.cases[case]) for case in CASE_COLOURS}
    total = sum(sizes.values())
    for row, (case, size) in enumerate(sizes.items()):
        axes.barh(row, size / total, 0.7, fc=CASE_COLOURS[case], ec="white", hatch=CASE_HATCHES[case], lw=0)
        axes.text(size / total + 0.015, row, f"{size:,}", size=type_size(0.9), va="center", ha="left")
    axes.set_yticks(range(len(sizes)), [CASE_NAMES[case] for case in sizes])
    axes.set_ylim(len(sizes) - 0.5, -0.5)
    axes.set_xlim(0, 1.18)
    axes.set_xticks([0, 0.5, 1], ["0", "50 %", "100 %"])
    axes.set_xlabel("outputs of each case", size=type_size(0.92))
    plain(axes)


def cutoff_window(cutoffs, covered, listened, limits, marks, headline, outcome="", reach=None):
    """What each cut-off between light and heavy costs on both sides, and where both can be borne.

    First, the share of the rows in which the busiest light input is heard; it grows with the cut-off.
    Second, how many heavy inputs a row listens to, with the most that any problem could ask for; it
    falls. Grey: cut-offs at which both stay below their limits.

    Parameters
    ----------
    cutoffs : array
        Increasing, above 0.
    covered : array of the same length
    listened : (measured, worst), two arrays of the same length
        Heavy inputs a row listens to in this problem, and at most in any.
    limits : (share, inputs)
        The most of each that is borne.
    marks : dict from a name to a cut-off
        Drawn as dotted lines in the first panel and the second.
    headline, outcome : str
        As `page` takes them.
    reach : (cut-offs, shares, inputs), each (lowest, highest), optional
        The axes' limits; if they are not given, the axes follow the curves.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        Lengths that differ.
    """
    cutoffs, covered = np.asarray(cutoffs, dtype=float), np.asarray(covered, dtype=float)
    measured, worst = (np.asarray(curve, dtype=float) for curve in listened)
    if not cutoffs.shape == covered.shape == measured.shape == worst.shape:
        raise expected("covered, listened", f"shape {cutoffs.shape} each", "other shapes")
    narrow = is_narrow()
    figure = page(6.1 if narrow else 3.7, headline, outcome)
    left, right = figure.subplots(2, 1) if narrow else figure.subplots(1, 2)
    borne = (covered <= limits[0]) & (measured <= limits[1])
    for axes, limit, name in (
        (left, limits[0], "1/16 of the rows"),
        (right, limits[1], "what a row carries"),
    ):
        for begin, end in _stretches(borne):
            if not borne[begin]:
                continue
            axes.axvspan(cutoffs[begin], cutoffs[min(end, len(cutoffs) - 1)], color=FILLED, lw=0)
        axes.axhline(limit, color=THRESHOLD, lw=1.3)
        axes.annotate(
            name, (0.99, limit), xycoords=("axes fraction", "data"), ha="right",
            xytext=(0, -3 if axes is left else 3), va="top" if axes is left else "bottom",
            textcoords="offset points", size=type_size(0.88),
        )  # fmt: skip
        for mark, at in marks.items():
            axes.axvline(at, color=THRESHOLD, lw=1.1, ls=":")
            axes.annotate(
                mark, (at, 1), xycoords=("data", "axes fraction"), ha="center", va="bottom",
                xytext=(0, 1), textcoords="offset points", size=type_size(0.88),
            )  # fmt: skip
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_xlim(cutoffs[0], cutoffs[-1])
        axes.set_xlabel("cut-off: light up to this influence", size=type_size(0.92))
    some = covered > 0
    left.plot(
        cutoffs[some], covered[some], drawstyle="steps-post", color=CASE_COLOURS["double_light"], lw=2.2
    )
    right.plot(cutoffs, worst, "--", color=THRESHOLD, lw=1.5, label="at most, in any problem")
    some = measured > 0
    right.plot(
        cutoffs[some], measured[some], drawstyle="steps-post", color=CASE_COLOURS["double_heavy"], lw=2.2,
        label="in this one",
    )  # fmt: skip
    for axes, curve, limit in ((left, covered, limits[0]), (right, measured, limits[1])):
        axes.plot(
            cutoffs, np.where(curve > limit, curve, np.nan), drawstyle="steps-post", color=WRONG, lw=3.2
        )
    right.legend(loc="upper right", frameon=False, fontsize=type_size(0.88), handlelength=1.4)
    left.set_ylim(covered[covered > 0].min(initial=limits[0]) / 2, 2)
    right.set_ylim(min(limits[1], worst.min()) / 2, worst.max() * 3)
    if reach is not None:
        left.set(xlim=reach[0], ylim=reach[1])
        right.set(xlim=reach[0], ylim=reach[2])
    if borne.any():
        left.annotate(
            "both fit", (cutoffs[borne][0], 0), xycoords=("data", "axes fraction"), xytext=(3, 4),
            textcoords="offset points", size=type_size(0.9), weight="bold", in_layout=False,
        )  # fmt: skip
    left.set_ylabel("share of rows that the\nbusiest light input fills", size=type_size(0.92))
    right.set_ylabel("heavy inputs that\na row listens to", size=type_size(0.92))
    for axes in (left, right):
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_locator(LogLocator(numticks=4))
            axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.6g}"))
            axis.set_minor_locator(NullLocator())
        plain(axes)
    return figure
