"""The machine room: every stage that one input passes on its way through a network.

A stage is plain data: `Cells` (a strip of neurons or features), `Bars` (what rows hear, with a
threshold across) or `Dots` (the read-out of every output). `machine_room` sets them beside each
other, in reading order, or below each other on a narrow page, and knows nothing about networks: a
longer network is a longer list of stages.

An active feature keeps its colour, its hatch and its marker through every stage; interference is grey;
what is wrong is ringed. At most `DRAWN` rows of a stage are drawn, the interesting ones first: the
others are a strip of grey beside them, the darker the more of them have that value.
"""

from dataclasses import dataclass, field

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, PathPatch
from matplotlib.path import Path

from .._arguments import boolean_columns, expected
from .._matrices import entries
from ..network import SuperposedNetwork
from ..permutation import OFF, ON
from ..problems import TwoAnd, split_by_influence
from ..two_and.assembly import DETECTOR_GAIN, DETECTOR_OFF, clip_for, output_clip_for
from .style import (
    ACTIVE,
    CASE_COLOURS,
    CASE_NAMES,
    EDGE,
    FAINT,
    INK,
    NOISE,
    QUIET,
    THRESHOLD,
    WRONG,
    is_narrow,
    page,
    plain,
    type_size,
)

__all__ = [
    "Bars",
    "Cells",
    "Dots",
    "Group",
    "in_order",
    "machine_room",
    "permutation_stages",
    "two_and_stages",
]

DRAWN = 60
# Rings that a stage has room for; beyond it they become smaller, or ticks.
RINGED = 12
# No dots: a dotted hatch alone makes an SVG of 250 KB.
HATCHES = ("", "////", "----", "xxxx")
MARKERS = ("o", "s", "^", "D")
# Room that a stage takes beside others on a wide page, and how much there is in one line of stages.
# Room for names beside a strip that stands, and below one that lies, as shares of its thickness.
BESIDE, BELOW = 0.55, 0.6
ROOM = {"Cells": 1.0, "Bars": 3.2, "Dots": 2.6}
LINE = 7.0
NARROW_INCHES = {"Cells": 0.8, "Bars": 1.75, "Dots": 1.75}
# What is left of a row after the clip: from 0 to 1, and a little more.
CLIPPED = (-0.15, 1.3)
# What comes and goes between pictures takes no part in the layout: its room is there without it.
OUTSIDE = {"in_layout": False}


@dataclass(frozen=True, eq=False)
class Cells:
    """A strip of cells, one a feature or neuron, in their natural order; each as full as its value.

    title : what the stage is, such as "$x = C y$"
    counted : what the cells are, such as "64 neurons"
    parts : (active, cells), what each active feature puts into each cell
    noise : (cells,), what is in a cell besides; none if not given
    names : one short text an active feature, set beside its first cell; none if empty
    wrong : (cells,) Booleans, ringed
    """

    title: str
    counted: str
    parts: np.ndarray
    noise: np.ndarray | None = None
    names: tuple = ()
    wrong: np.ndarray | None = None


@dataclass(frozen=True, eq=False)
class Group:
    """Rows that stand together in `Bars`: a channel, under its label, in the colour of its case."""

    label: str
    rows: np.ndarray
    case: str | None = None


@dataclass(frozen=True, eq=False)
class Bars:
    """What rows hear: the signal of every active feature stacked up, then interference, up or down.

    parts : (active, rows), the signal
    noise : (rows,), the rest, of either sign: the bar ends at signal + noise, at the black cap
    thresholds : one number, or more, each with its name: ((0.5, "threshold"),)
    groups : `Group`s, drawn first and in this order; the other rows follow by height
    wrong : (rows,) Booleans, ringed
    shows : (lowest, highest), what the axis shows at the least
    name_lines : lines of group names that have room, whether they are there or not
    """

    title: str
    counted: str
    parts: np.ndarray
    noise: np.ndarray
    thresholds: tuple = ()
    groups: tuple = ()
    wrong: np.ndarray | None = None
    axis: str = "what the row hears"
    shows: tuple = (-1.3, 3.3)
    name_lines: int = 1


@dataclass(frozen=True, eq=False)
class Dots:
    """A read-out: one dot an output, filled where the output should be true.

    values : (outputs,)
    truth : (outputs,) Booleans
    owner : (outputs,), which active feature's colour a true output has, or -1 for none
    names : one short text an active feature, set beside its dot; none if empty
    colours : one an owner, instead of the active features' own
    shows : (lowest, highest), what the axis shows at the least
    """

    title: str
    counted: str
    values: np.ndarray
    truth: np.ndarray
    threshold: float
    owner: np.ndarray | None = None
    names: tuple = ()
    colours: tuple = ()
    axis: str = "read-out"
    shows: tuple = (-0.1, 1.35)
    wrong: np.ndarray = field(init=False)

    def __post_init__(self):
        wrong = (np.asarray(self.values) > self.threshold) != np.asarray(self.truth)
        object.__setattr__(self, "wrong", wrong)


def machine_room(stages, headline, reach=None, outcome=""):
    """All stages, left to right and line by line, or below each other on a narrow page.

    Parameters
    ----------
    stages : sequence of Cells, Bars, Dots
    headline : str
        What is shown, in words and numbers.
    reach : dict from a stage's title to (lowest, highest), optional
        What its axis shows at the least; give what the largest of several pictures needs.
    outcome : str
        As `page` takes it.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        No stage, or something that is none; a reach for a title that no stage has.

    Examples
    --------
    >>> y = Cells("$y$", "4 features", np.eye(4)[[2]], names=("2",))
    >>> machine_room([y], "feature 2 is active").get_suptitle()
    'feature 2 is active'
    """
    stages = list(stages)
    if not stages or not all(type(stage) in _DRAW for stage in stages):
        raise expected("stages", "one Cells, Bars or Dots or more", stages)
    reach = dict(reach or {})
    if not set(reach) <= {stage.title for stage in stages}:
        raise expected("reach", "titles of stages", list(reach))
    narrow = is_narrow()
    lines = [[stage] for stage in stages] if narrow else _lines(stages)
    heights = [
        max(NARROW_INCHES[type(stage).__name__] for stage in line) if narrow else 2.6 for line in lines
    ]
    figure = page(sum(heights) + 0.9, headline, outcome)
    figure.get_layout_engine().set(hspace=0.03, wspace=0.03)
    outer = figure.add_gridspec(len(lines), 1, height_ratios=heights)
    number = 0
    for place, line in zip(outer, lines, strict=True):
        room = [ROOM[type(stage).__name__] for stage in line]
        for cell, stage in zip(place.subgridspec(1, len(line), width_ratios=room), line, strict=True):
            number += 1
            axes = figure.add_subplot(cell)
            title = f"{number}  {stage.title}"
            joint = ": " if narrow or type(stage) is not Cells else "\n"
            # With its height given, matplotlib need not look for room: half the time of the whole figure.
            axes.set_title(title + joint + stage.counted, loc="left", size=type_size(0.92), y=1)
            plain(axes)
            _DRAW[type(stage)](axes, stage)
            if stage.title in reach:
                _show(axes, *reach[stage.title])
    _legend(figure, stages)
    return figure


def permutation_stages(trace, code, problem, threshold, order=None):
    """The stages of one input on its way through a `permutation_network`, as `machine_room` takes them.

    Parameters
    ----------
    trace : Trace
        Of one input y of shape (m,); of `permutation_network`, or of several in a row (the last
        one's stages are drawn).
    code : Code
        C, the same at both ends.
    problem : Permutation
        What the whole network should do.
    threshold : float
        Of the read-out.
    order : sequence of features, optional
        As `in_order` takes it.

    Returns
    -------
    list: y, x = C y, D x, T x, t, D t

    Raises
    ------
    ValueError
        A trace of a batch, or of an input without active features; an order that leaves one out.
    """
    y = np.asarray(trace.y)
    if y.ndim != 1 or not y.any():
        raise expected("trace", "the trace of one input with an active feature", f"shape {y.shape}")
    m, n = code.features, code.neurons
    truth = problem.truth(y)
    active = truth[np.argsort(problem.order)]  # y, or what several networks in a row made of it
    inputs = in_order(active, order)
    on = active[inputs]
    outputs = np.argsort(problem.order)[inputs]
    columns_in, columns_out = (_columns(code, them) * on[:, None] for them in (inputs, outputs))
    clip, last = trace.layers[-2:]
    hears = OFF + (ON - OFF) * (1 - clip.pre_activation)
    signal = columns_out.sum(axis=0)
    one = np.eye(m)[inputs] * on[:, None]
    owner = np.full(m, -1)
    owner[outputs[on]] = np.flatnonzero(on)
    t, right = last.output, np.minimum(signal, 1)
    reads = clip.products[0][:m]
    names_in = tuple(str(j) for j in inputs)
    names_out = tuple(str(i) for i in outputs)
    return [
        Cells("$y$", f"{m:,} features", one, names=names_in),
        Cells("$x = C y$", f"{n:,} neurons", columns_in),
        Bars(
            "$D x$",
            f"{m:,} features read",
            one,
            reads - y,
            groups=tuple(Group(str(j), np.array([j])) for j in inputs[on]),
            axis="reads",
        ),
        Bars(
            "$T x$",
            f"{n:,} rows listen",
            columns_out,
            hears - signal,
            thresholds=((ON, "on"), (OFF, "off")),
            groups=tuple(
                Group(name, np.flatnonzero(column))
                for name, column in zip(names_out, columns_out, strict=True)
                if column.any()
            ),
            wrong=t != right,
            axis="hears",
        ),
        Cells(
            "$t$",
            f"{n:,} neurons",
            columns_out * np.divide(np.minimum(t, right), np.maximum(signal, 1)),
            noise=np.maximum(t - right, 0),
            wrong=t != right,
        ),
        Dots(
            "$D t$",
            f"{m:,} features out",
            trace.read_out,
            truth,
            threshold,
            owner=owner,
            names=names_out,
        ),
    ]


def two_and_stages(net, problem, y, order=None):
    """The stages of one input on its way through a 2-AND network, as `machine_room` takes them.

    Rows stand in groups: first the channel of each output that should be true, then the rows that hear an
    active input without an active partner; the others follow. An output carries the colours of its two
    inputs, half each; the bracket under its channel has the colour of its case. A row is wrong if it is
    more than a tenth away from 1 where it should be lit, from 0 where it should not (where a detector
    silences it, say).

    Parameters
    ----------
    net : SuperposedNetwork
        Of `superpos_lib.two_and`: two layers of ReLUs, or four if it was re-coded.
    problem : TwoAnd
    y : Booleans of shape (m,)
        From 1 to v ones.
    order : sequence of inputs, optional
        As `in_order` takes it.

    Returns
    -------
    list: y, x = C y, W x, (the detectors,) h, (W' h, t,) D t
        Where outputs were re-coded, the network does not say which rows are whose channel: those that
        hear both inputs of an output stand for it.

    Raises
    ------
    ValueError
        Another network, problem or shape, or no active input; an order that leaves one out.

    Examples
    --------
    >>> from superpos_lib import double_light, matching
    >>> problem = matching(20)
    >>> net = double_light(problem, 18, v=2, rng=np.random.default_rng(0))
    >>> stages = two_and_stages(net, problem, np.arange(20) < 2)
    >>> [stage.title for stage in stages]
    ['$y$', '$x = C y$', '$W x$', '$h$', '$D h$']
    >>> bool(stages[3].wrong.any()), bool(stages[-1].wrong.any())
    (False, False)
    """
    y = _one_input(net, problem, y)
    trace = net.trace(y)
    first = net.network.layers[0]
    height = net.network.layers[1].outputs
    clip = clip_for(net.v, quiet=net.code_in.neurons >= problem.inputs)
    if not np.allclose(first.bias[:height], clip.on / (clip.on - clip.off)):
        raise expected("net", "a network of superpos_lib.two_and", "other thresholds")
    active = in_order(y, order)
    on = y[active][:, None]
    true = np.flatnonzero(problem.truth(y))
    halves = _halves(problem, active, true)
    listens = _listens(first, height, active) * on
    recoded = len(net.network.layers) == 4
    channels = (halves > 0).astype(float).T @ listens > 1 if recoded else _columns(net.code_out, true) > 0
    silent = _silenced(net.network.layers[1], height, trace.layers[0].output)
    names = tuple(str(j) for j in active)
    pairs, cases = _true_outputs(problem, true)
    groups = _channel_groups(pairs, cases, channels) + tuple(
        Group(names[k], np.flatnonzero(listens[k])) for k in np.flatnonzero(on) if not halves[k].any()
    )
    hears = clip.on - (clip.on - clip.off) * trace.layers[0].pre_activation[:height]
    should = channels.any(axis=0) & ~silent
    h = trace.layers[1].output
    share = halves @ channels / np.maximum(channels.sum(axis=0), 1)
    rows = f"{height:,} rows"
    stages = [
        Cells("$y$", f"{problem.inputs:,} inputs", np.eye(problem.inputs)[active] * on, names=names),
        Cells("$x = C y$", f"{net.code_in.neurons:,} neurons", _columns(net.code_in, active) * on),
        Bars(
            "$W x$",
            f"{rows} listen",
            listens,
            hears - listens.sum(axis=0),
            thresholds=((clip.on, "on"), (clip.off, "off")),
            groups=groups,
            wrong=_off(np.maximum(1 - trace.layers[0].output[:height], 0), channels.any(axis=0)),
            axis="hears",
            name_lines=2,
        ),
        *_detector_stages(first, height, trace.layers[0].pre_activation, active, y[active]),
        Bars(
            "$h$",
            f"{rows} clipped",
            share,
            h - share.sum(axis=0),
            thresholds=((1.0, "lit"),),
            groups=groups,
            wrong=_off(h, should),
            axis="is left",
            shows=CLIPPED,
            name_lines=2,
        ),
    ]
    if recoded:
        stages += _recoded_stages(net, trace, halves, true, pairs, cases)
    owner = np.full(problem.outputs, -1)
    owner[true] = np.arange(len(true))
    stages.append(
        Dots(
            "$D t$" if recoded else "$D h$",
            f"{problem.outputs:,} outputs",
            trace.read_out,
            problem.truth(y),
            net.threshold,
            owner=owner,
            names=pairs,
            colours=tuple(CASE_COLOURS[case] for case in cases),
        )
    )
    return stages


def in_order(y, order=None):
    """Inputs in the order of their colours: the active ones, or those of `order`, whether active or not.

    Give an order where a reader switches inputs on and off: each then keeps its colour.

    Raises
    ------
    ValueError
        An order that leaves out an active input, or names one twice.

    Examples
    --------
    >>> in_order(np.array([False, True, True])).tolist(), in_order(np.arange(3) > 1, [2, 0]).tolist()
    ([1, 2], [2, 0])
    """
    active = np.flatnonzero(y)
    if order is None:
        return active
    order = np.asarray(order, dtype=int)
    if not set(active) <= set(order) or len(set(order)) < len(order):
        raise expected("order", f"each input once, {', '.join(map(str, active))} among them", order)
    return order


def _one_input(net, problem, y):
    if not isinstance(net, SuperposedNetwork) or len(net.network.layers) not in (2, 4):
        raise expected("net", "a network of superpos_lib.two_and, of two or four layers", net)
    sizes = (net.code_in.features, net.code_out.features)
    if not isinstance(problem, TwoAnd) or (problem.inputs, problem.outputs) != sizes:
        raise expected("problem", f"a TwoAnd of {sizes[0]} inputs and {sizes[1]} outputs", problem)
    y = boolean_columns("y", y, problem.inputs)
    if y.ndim != 1 or not y.any():
        raise expected("y", "one input with an active feature", f"shape {y.shape}, {y.sum()} ones")
    return y


def _halves(problem, active, true):
    """Shape (active, true): a half where the input is one of the output's two."""
    return 0.5 * (problem.pairs[true][None] == active[:, None, None]).any(axis=2)


def _listens(layer, height, active):
    """Shape (active, rows): 1 where a row listens to the input, from the support of the first factor."""
    rows, inputs, _ = entries(layer.factors[0])
    listens = np.zeros((len(active), height))
    for k, j in enumerate(active):
        heard = rows[inputs == j]
        listens[k, heard[heard < height]] = 1
    return listens


def _silenced(layer, height, first):
    """Which rows a detector silences: Booleans, shape (rows,)."""
    fires = np.r_[np.zeros(height), first[height:] > 1]
    return layer.factors[0] @ fires < 0


def _true_outputs(problem, true):
    """Names and cases of the outputs that should be true."""
    split = split_by_influence(problem).cases
    pairs = tuple(f"{a}∧{b}" for a, b in problem.pairs[true])
    return pairs, tuple(next(case for case, those in split.items() if i in those) for i in true)


def _channel_groups(pairs, cases, channels):
    """A group for each true output. Each case is named once: beside each other the names would touch."""
    return tuple(
        Group(name if case in cases[:i] else f"{name}\n{CASE_NAMES[case]}", np.flatnonzero(rows), case)
        for i, (name, case, rows) in enumerate(zip(pairs, cases, channels, strict=True))
    )


def _off(values, should):
    """Rows that are off by more than a tenth from being lit where they should, and dark elsewhere."""
    return np.abs(values - should) > 0.1


def _detector_stages(layer, height, pre_activation, active, on):
    """What detectors hear, if there are any: the two inputs of each stand together."""
    count = layer.outputs - height
    if not count:
        return []
    rows, inputs, _ = entries(layer.factors[0])
    listens = np.zeros((len(active), count))
    for k, j in enumerate(active):
        heard = rows[inputs == j]
        listens[k, heard[heard >= height] - height] = on[k]
    hears = pre_activation[height:] / DETECTOR_GAIN + DETECTOR_OFF
    met = np.flatnonzero(listens.sum(axis=0) > 1)
    groups = tuple(
        Group("+".join(str(active[k]) for k in np.flatnonzero(listens[:, r])), np.array([r])) for r in met
    )
    return [
        Bars(
            "detectors",
            f"{count:,}, one for each meeting",
            listens,
            hears - listens.sum(axis=0),
            thresholds=((DETECTOR_OFF, "fires"),),
            groups=groups,
            wrong=(hears > DETECTOR_OFF) != (listens.sum(axis=0) > 1),
            axis="hears",
            name_lines=2,
        )
    ]


def _recoded_stages(net, trace, halves, true, pairs, cases):
    """W' h and t: the outputs written in a code of their own."""
    clip = output_clip_for(net.v, net.code_out.neurons * net.code_out.features)
    columns = _columns(net.code_out, true)
    parts = halves @ columns
    hears = clip.on - (clip.on - clip.off) * trace.layers[2].pre_activation
    t, should = trace.layers[3].output, columns.any(axis=0)
    written = parts / np.maximum(columns.sum(axis=0), 1)
    neurons = f"{net.code_out.neurons:,} neurons"
    return [
        Bars(
            "$W' h$",
            f"{neurons} listen",
            parts,
            hears - parts.sum(axis=0),
            thresholds=((clip.on, "on"), (clip.off, "off")),
            groups=_channel_groups(pairs, cases, columns),
            wrong=_off(t, should),
            axis="hears",
            name_lines=2,
        ),
        Cells(
            "$t$",
            neurons,
            written * np.minimum(t, 1),
            noise=np.where(should, 0, t),
            wrong=_off(t, should),
        ),
    ]


def _columns(code, features):
    """The columns of C that belong to `features`, one a row: dense, shape (features, n)."""
    chosen = np.zeros((code.features, len(features)), dtype=bool)
    chosen[features, np.arange(len(features))] = True
    return code.compress(chosen).T


def _lines(stages):
    """Stages in lines that are no fuller than `LINE`."""
    lines, room = [[]], 0.0
    for stage in stages:
        needs = ROOM[type(stage).__name__]
        if lines[-1] and room + needs > LINE:
            lines.append([])
            room = 0.0
        lines[-1].append(stage)
        room += needs
    return lines


def _colour(k):
    return ACTIVE[k % len(ACTIVE)]


def _hatch(k):
    return HATCHES[(k + k // len(ACTIVE)) % len(HATCHES)]


def _rectangles(axes, left, bottom, width, height, **style):
    """Many rectangles as one path: an SVG of a tenth of the size."""
    left, bottom, width, height = np.broadcast_arrays(
        *(np.asarray(a, dtype=float) for a in (left, bottom, width, height))
    )
    kept = (width != 0) & (height != 0)
    left, bottom, width, height = (a[kept] for a in (left, bottom, width, height))
    if len(left) == 0:
        return
    x = np.stack([left, left + width, left + width, left, left], axis=1)
    y = np.stack([bottom, bottom, bottom + height, bottom + height, bottom], axis=1)
    codes = np.tile([Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY], len(x))
    corners = np.stack([x.ravel(), y.ravel()], axis=1)
    # As `add_patch`, which looks for the extent of each side one by one: a tenth of a figure's time.
    axes.add_artist(PathPatch(Path(corners, codes), linewidth=0, **style))
    axes.update_datalim(corners)


def _part_style(k):
    return {"facecolor": _colour(k), "edgecolor": INK, "hatch": _hatch(k)}


def _ring(axes, x, y, size=11):
    axes.plot(x, y, "o", ms=size, mfc="none", mec=WRONG, mew=1.8, clip_on=False, zorder=6, **OUTSIDE)


def _draw_cells(axes, stage):
    lying = is_narrow()
    parts = np.atleast_2d(np.asarray(stage.parts, dtype=float))
    cells = parts.shape[1]
    noise = np.zeros(cells) if stage.noise is None else np.asarray(stage.noise, dtype=float)
    thick = max(1.0, cells / 75)  # a single cell of thousands must still be seen
    full = max(1.0, (parts.sum(axis=0) + noise).max())
    start = np.zeros(cells)
    place = np.arange(cells) + 0.5 - thick / 2

    def rectangles(low, size, **style):
        lit = np.flatnonzero(size)
        low, size = low[lit] / full, size[lit] / full
        if lying:
            _rectangles(axes, place[lit], low, thick, size, **style)
        else:
            _rectangles(axes, low, place[lit], size, thick, **style)

    ground = (0, 0, cells, 1) if lying else (0, 0, 1, cells)
    _rectangles(axes, *([side] for side in ground), facecolor=FAINT)
    if cells <= DRAWN:
        for edge in range(1, cells):
            (axes.axvline if lying else axes.axhline)(edge, color="white", lw=0.7, zorder=3)
    for k, part in enumerate(parts):
        rectangles(start, part, **_part_style(k))
        start = start + part
    rectangles(start, noise, facecolor=NOISE)
    if stage.wrong is not None and np.any(stage.wrong):
        at = np.flatnonzero(stage.wrong) + 0.5
        if len(at) <= RINGED:
            side = np.full(len(at), 0.5)
            _ring(axes, *((at, side) if lying else (side, at)), 8)
        else:  # so many rings would hide the strip: a tick at its edge each
            _rectangles(
                axes,
                *((at - thick / 2, -0.12, thick, 0.1) if lying else (1.02, at - thick / 2, 0.1, thick)),
                facecolor=WRONG,
                clip_on=False,
            )
    _name_cells(axes, parts, stage.names, lying)
    axes.set(xlim=(0, cells) if lying else (0, 1 + BESIDE), ylim=(-BELOW, 1) if lying else (cells, 0))
    axes.axis("off")


def _name_cells(axes, parts, names, lying):
    """Names beside the first cell that each feature lights, nudged apart where they would touch."""
    if not names:
        return
    cells = parts.shape[1]
    at = np.array([np.argmax(part != 0) + 0.5 for part in parts])
    order = np.argsort(at)
    order = order[parts[order].any(axis=1)]
    if not len(order):
        return
    gap = cells * (0.13 if lying else 0.09)
    text = at[order].astype(float)
    for i in range(1, len(text)):
        text[i] = max(text[i], text[i - 1] + gap)
    text -= max(0.0, text[-1] - cells * 0.98)
    for k, where in zip(order, text, strict=True):
        x, y = (where, -0.1) if lying else (1.06, where)
        axes.text(
            x,
            y,
            names[k],
            size=type_size(0.88),
            ha="center" if lying else "left",
            va="top" if lying else "center",
            clip_on=False,
            **OUTSIDE,
        )


def _chosen_rows(stage, total):
    """(rows drawn, label spans, rows left out): groups in their order, then the others by height."""
    chosen, spans, taken = [], [], np.zeros(len(total), dtype=bool)
    share = max(1, (DRAWN - DRAWN // 4) // max(1, len(stage.groups)))
    for group in stage.groups:
        rows = np.asarray(group.rows)
        rows = rows[~taken[rows]]
        if len(rows) > share:  # the ends of the range are what a reader looks for
            rows = rows[np.argsort(total[rows])[np.r_[: share // 2, share // 2 - share : 0]]]
        taken[rows] = True
        spans.append((len(chosen), len(rows), group))
        chosen.extend(rows[np.argsort(-total[rows], kind="stable")])
    others = np.flatnonzero(~taken)
    others = others[np.argsort(-total[others], kind="stable")]
    room = max(0, DRAWN - len(chosen))
    return np.array([*chosen, *others[:room]], dtype=int), spans, others[room:]


def _draw_bars(axes, stage):
    parts = np.atleast_2d(np.asarray(stage.parts, dtype=float))
    noise = np.asarray(stage.noise, dtype=float)
    total = parts.sum(axis=0) + noise
    rows, spans, rest = _chosen_rows(stage, total)
    place = np.arange(len(rows), dtype=float)
    for begin, length, group in spans:  # a group takes as much room as its label, and a gap
        widest = max(map(len, group.label.split("\n")))
        extra = max(0.0, widest * 0.05 * (len(rows) + 4) - length)
        place[begin:] += extra / 2
        place[begin + length :] += extra / 2 + 1
    top = np.zeros(len(rows))
    for k, part in enumerate(parts):
        _rectangles(axes, place + 0.08, top, 0.84, part[rows], **_part_style(k))
        top = top + part[rows]
    _rectangles(axes, place + 0.08, top, 0.84, np.maximum(noise[rows], 0), facecolor=NOISE)
    # What interference takes away: white over the signal, grey below zero.
    end = total[rows]
    lost = np.maximum(top - np.maximum(end, 0), 0)
    _rectangles(axes, place + 0.08, top - lost, 0.84, lost, facecolor="white", alpha=0.75)
    _rectangles(axes, place + 0.08, np.minimum(end, 0), 0.84, -np.minimum(end, 0), facecolor=NOISE)
    thin = 0.008 * max(1.0, np.ptp([0.0, *end]))
    _rectangles(axes, place, end - thin / 2, 1.0, thin, facecolor="black")
    edge = (place[-1] + 1 if len(place) else 0) + 1.5
    if len(rest):
        _strip(axes, total[rest], edge, max(3.0, edge * 0.06))
        edge += max(3.0, edge * 0.06) + 1
    for value, _ in stage.thresholds:
        axes.axhline(value, color=THRESHOLD, lw=1.3, zorder=4)
    _name_thresholds(axes, stage.thresholds)
    if stage.wrong is not None and np.any(stage.wrong):
        ringed = np.flatnonzero(np.asarray(stage.wrong)[rows])
        _ring(axes, place[ringed] + 0.5, end[ringed], 11 if len(ringed) <= RINGED else 5)
    axes.set_xlim(-0.5, edge)
    axes.axhline(0, color="black", lw=0.8)
    axes.spines["bottom"].set_visible(False)
    axes.set_ylabel(stage.axis, size=type_size(0.9))
    _reach_from(axes, stage.shows, 0.06, [0.0, *total, *top, *(value for value, _ in stage.thresholds)])
    axes.set_xticks([])
    for begin, length, group in spans:
        if length:
            middle = place[begin : begin + length].mean() + 0.5
            _name_group(axes, place[begin], place[begin + length - 1] + 1, middle, group)
    below = type_size(0.8 + 1.2 * stage.name_lines)
    axes.set_xlabel(_left_out(len(rest), len(spans) > 0), size=type_size(0.88), labelpad=below)


def _left_out(count, grouped):
    others = "the others, by height" if grouped else "by height"
    return f"{others}; {count:,} more in the strip" if count else others


def _name_group(axes, left, right, middle, group):
    """A bracket and a label below the bars of one group."""
    colour = CASE_COLOURS.get(group.case, EDGE)
    axes.plot(
        [left, right], [-0.03, -0.03], transform=axes.get_xaxis_transform(), color=colour, lw=3,
        clip_on=False, solid_capstyle="butt", **OUTSIDE,
    )  # fmt: skip
    axes.text(
        middle, -0.06, group.label, transform=axes.get_xaxis_transform(), ha="center", va="top",
        size=type_size(0.88), clip_on=False, **OUTSIDE,
    )  # fmt: skip


def _name_thresholds(axes, thresholds):
    """Beside the lines; of two, the upper name goes up and the lower one down, so they do not touch."""
    middle = sum(value for value, _ in thresholds) / max(1, len(thresholds))
    for value, name in thresholds:
        side = 0 if len(thresholds) == 1 else int(np.sign(value - middle))
        axes.annotate(
            name, (1, value), xycoords=("axes fraction", "data"), xytext=(2, 2 * side),
            textcoords="offset points", va={1: "bottom", 0: "center", -1: "top"}[side], ha="left",
            size=type_size(0.88), annotation_clip=False,
        )  # fmt: skip


def _strip(axes, values, left, width):
    """How many of the rows that are not drawn have which value: darker is more."""
    low, high = values.min(), values.max()
    edges = np.linspace(low, high, 21) if high > low else np.array([low - 0.01, low + 0.01])
    counts, edges = np.histogram(values, edges)
    shade = np.log1p(counts) / np.log1p(counts.max())
    for count, dark, bottom, top in zip(counts, shade, edges[:-1], edges[1:], strict=True):
        if count:
            grey = str(round(0.9 - 0.5 * dark, 3))
            _rectangles(axes, [left], [bottom], [width], [top - bottom], facecolor=grey)


def _draw_dots(axes, stage):
    values, truth = np.asarray(stage.values, dtype=float), np.asarray(stage.truth, dtype=bool)
    owner = np.full(len(values), -1) if stage.owner is None else np.asarray(stage.owner)
    palette = stage.colours or ACTIVE
    # True and wrong ones first, then those that come nearest to the threshold from below.
    order = np.lexsort((-values, ~(truth | stage.wrong)))
    drawn, rest = order[:DRAWN], order[DRAWN:]
    drawn = drawn[np.argsort(-values[drawn], kind="stable")]
    place = np.arange(len(drawn), dtype=float)
    named = np.flatnonzero(truth[drawn])
    share = min(0.045 * max(map(len, stage.names), default=0), 0.75 / max(1, len(named)))
    for rank in named:  # room for the name of a true one, a share of what the axis will be
        extra = max(2.0, len(drawn) * share / (1 - share * len(named)))
        place[rank:] += extra / 2
        place[rank + 1 :] += extra / 2
    for at, i in zip(place, drawn, strict=True):
        if truth[i]:
            marker = MARKERS[owner[i] % len(MARKERS)] if owner[i] >= 0 else "o"
            colour = palette[owner[i] % len(palette)] if owner[i] >= 0 else "black"
            axes.plot(at, values[i], marker, ms=7, mfc=colour, mec="black", mew=0.9, zorder=5)
            if stage.names and owner[i] >= 0:
                axes.annotate(
                    stage.names[owner[i]], (at, values[i]), xytext=(0, 7), ha="center",
                    textcoords="offset points", size=type_size(0.88), **OUTSIDE,
                )  # fmt: skip
    off = ~truth[drawn]
    axes.plot(place[off], values[drawn][off], "o", ms=4, mfc="white", mec=QUIET, mew=1.0)
    wrong = stage.wrong[drawn]
    if wrong.any():
        _ring(axes, place[wrong], values[drawn][wrong], 11 if np.count_nonzero(wrong) <= RINGED else 6)
    edge = place[-1] + 1.5
    if len(rest):
        _strip(axes, values[rest], edge, max(2.0, edge * 0.06))
        edge += max(2.0, edge * 0.06) + 0.5
    axes.axhline(stage.threshold, color=THRESHOLD, lw=1.3)
    _name_thresholds(axes, ((stage.threshold, "true"),))
    axes.set_xlim(-1.2, edge)
    _reach_from(axes, stage.shows, 0.12, [*values, stage.threshold])
    axes.set_xticks([])
    axes.set_ylabel(stage.axis, size=type_size(0.9))
    axes.set_xlabel(_left_out(len(rest), False), size=type_size(0.88))


def _reach_from(axes, least, margin, values):
    """Limits that show `least`, and all of the values with a margin."""
    low, high = min(values, default=0.0), max(values, default=0.0)
    room = margin * (high - low)
    axes.set_ylim(min(least[0], low - room if low < least[0] else low), max(least[1], high + room))


def _show(axes, low, high):
    bottom, top = axes.get_ylim()
    axes.set_ylim(min(low, bottom), max(high, top))


def _legend(figure, stages):
    """What grey, the white part of a bar and a ring mean, wherever the stages can have them."""
    handles = []
    if any(isinstance(stage, Bars) or getattr(stage, "noise", None) is not None for stage in stages):
        pale = " (pale: takes away)" if any(isinstance(stage, Bars) for stage in stages) else ""
        handles.append(Patch(facecolor=NOISE, label=f"interference{pale}"))
    if any(stage.wrong is not None for stage in stages):
        ring = {"marker": "o", "ms": 10, "mfc": "none", "mec": WRONG, "mew": 1.8, "ls": "none"}
        handles.append(Line2D([], [], label="wrong", **ring))
    if handles:
        figure.legend(
            handles=handles, loc="outside lower left", ncols=2, frameon=False, fontsize=type_size(0.88)
        )


_DRAW = {Cells: _draw_cells, Bars: _draw_bars, Dots: _draw_dots}
