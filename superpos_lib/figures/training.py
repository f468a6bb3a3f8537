"""Pictures of networks that were trained: who listens to whom, and what that has to do with influence.

They take what was read from the weights, and say nothing about how these came about.
"""

import numpy as np
from matplotlib.colors import ListedColormap
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from .._arguments import expected
from .style import (
    CHOSEN,
    EDGE,
    FILLED,
    NOISE,
    SHOWN,
    THRESHOLD,
    is_narrow,
    name_axes,
    page,
    type_size,
)

__all__ = ["in_rows", "learning", "lifts", "listening", "with_partners"]

# Nothing; a row listens to the input; it listens to a partner of the input as well.
LEVELS = ListedColormap(["white", FILLED, SHOWN])
# Points of one influence stand so far apart, as a factor.
APART = 0.05


def with_partners(heard, pairs):
    """0 where a row does not listen to an input, 1 where it does, 2 where it listens to a partner as well.

    Parameters
    ----------
    heard : Booleans of shape (rows, inputs)
    pairs : whole numbers of shape (outputs, 2)

    Raises
    ------
    ValueError
        Other shapes, or pairs of other inputs.

    Examples
    --------
    >>> with_partners([[True, True, True], [True, False, True]], [[0, 1]]).tolist()
    [[2, 2, 1], [1, 0, 1]]
    """
    heard, pairs = np.asarray(heard, dtype=bool), np.asarray(pairs)
    if heard.ndim != 2 or 0 in heard.shape:
        raise expected("heard", "Booleans, rows x inputs", f"shape {heard.shape}")
    if pairs.ndim != 2 or pairs.shape[1] != 2 or not np.all((pairs >= 0) & (pairs < heard.shape[1])):
        raise expected("pairs", f"two of {heard.shape[1]} inputs a row", pairs.tolist())
    levels = heard.astype(int)
    for a, b in pairs:
        both = heard[:, a] & heard[:, b]
        levels[both, a] = levels[both, b] = 2
    return levels


def in_rows(levels):
    """Rows in the order of where their darkest cells are, from left to right: each step of a staircase.

    Examples
    --------
    >>> in_rows([[0, 0, 2], [2, 1, 0]]).tolist()
    [[2, 1, 0], [0, 0, 2]]
    """
    levels = np.asarray(levels)
    weight = (levels == levels.max(axis=1, keepdims=True)) & (levels > 0)
    place = (weight * np.arange(levels.shape[1])).sum(axis=1) / np.maximum(weight.sum(axis=1), 1)
    return levels[np.argsort(place, kind="stable")]


def _draw(axes, levels, title):
    """Rows x inputs, without numbers along them: only which stand beside each other matters."""
    axes.pcolormesh(levels, cmap=LEVELS, vmin=0, vmax=2, rasterized=True)
    axes.invert_yaxis()
    axes.set(xticks=[], yticks=[])
    for spine in axes.spines.values():
        spine.set_color(EDGE)
    axes.set_title(title, size=type_size(0.92), loc="left")
    axes.set_xlabel("inputs, partners side by side", size=type_size(0.88))
    axes.set_ylabel("rows", size=type_size(0.88))


def listening(networks, headline):
    """Which inputs each row of one or more networks listens to, beside each other.

    Parameters
    ----------
    networks : dict from names to `with_partners` of each
    headline : str

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        No network.

    Examples
    --------
    >>> listening({"one": [[0, 2], [1, 0]]}, "two rows").get_suptitle()
    'two rows'
    """
    if not networks:
        raise expected("networks", "at least one", "none")
    narrow = is_narrow()
    figure = page(0.9 + 2.4 * len(networks) if narrow else 3.9, headline)
    panels = figure.subplots(*((len(networks), 1) if narrow else (1, len(networks))), squeeze=False)
    for axes, (name, levels) in zip(panels.flat, networks.items(), strict=True):
        _draw(axes, in_rows(levels), name)
    return figure


def learning(levels, steps, wrong, headline, reach):
    """Rows of a network that is being trained, and on how many inputs it was wrong up to then.

    Parameters
    ----------
    levels : array of shape (rows, inputs)
        `with_partners` of the network as it is now.
    steps, wrong : sequences of whole numbers
        Wrong inputs after so many steps; the last one is now.
    headline : str
    reach : (steps, inputs)
        How far training goes, and inputs in all: what the axes show.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        Other lengths, or none.

    Examples
    --------
    >>> learning([[0, 2], [1, 0]], [0, 9], [4, 0], "right", (20, 4)).get_suptitle()
    'right'
    """
    steps, wrong = np.asarray(steps), np.asarray(wrong)
    if steps.ndim != 1 or not len(steps) or wrong.shape != steps.shape:
        raise expected("steps, wrong", "one number each", (steps.shape, wrong.shape))
    last, most = reach
    narrow = is_narrow()
    figure = page(5.6 if narrow else 4.0, headline)
    shape, ratios = ((2, 1), "height_ratios") if narrow else ((1, 2), "width_ratios")
    rows, curve = figure.subplots(*shape, gridspec_kw={ratios: (1.5, 1)})
    _draw(rows, in_rows(levels), f"after {steps[-1]:,} steps")
    curve.axhline(0, color=THRESHOLD, lw=1)
    curve.plot(steps, wrong, "-o", ms=4, color=SHOWN)
    curve.plot(steps[-1], wrong[-1], **CHOSEN, clip_on=False)
    # Linear up to one input, so that none has its place.
    curve.set_yscale("symlog", linthresh=1)
    curve.set(ylim=(-0.4, 2 * most), xlim=(-0.04 * last, 1.06 * last))
    ticks = [0, *(10**k for k in range(len(str(most))))]
    curve.yaxis.set_major_locator(FixedLocator(ticks))
    curve.yaxis.set_minor_locator(NullLocator())
    curve.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    curve.xaxis.set_major_locator(FixedLocator([0, last // 2, last]))
    curve.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    curve.set_title(f"wrong, of {most:,} inputs", size=type_size(0.92), loc="left")
    name_axes(curve, "steps of training", "")
    return figure


def lifts(found, others, law, chosen, levels, headline, reach):
    """Lift of partners against their influence, and the rows of one of these networks.

    Parameters
    ----------
    found, others : dict from influences to lists of lifts
        Of partners, and of inputs that are no pair; a point each.
    law : (influences, lifts), optional
        A line: what is compared with.
    chosen : int
        The influence whose network is drawn.
    levels : array of shape (rows, inputs)
        `with_partners` of that network.
    headline : str
    reach : (highest influence, highest lift)
        What the axes show at the least.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        No lifts, or none of the chosen influence.

    Examples
    --------
    >>> lifts({1: [2.0], 4: [1.1]}, {}, None, 4, [[0, 2]], "falls", (11, 3)).get_suptitle()
    'falls'
    """
    if not found or chosen not in found:
        raise expected("found", f"lifts of influence {chosen}, among others", found)
    narrow = is_narrow()
    figure = page(6.2 if narrow else 4.0, headline)
    shape, ratios = ((2, 1), "height_ratios") if narrow else ((1, 2), "width_ratios")
    points, rows = figure.subplots(*shape, gridspec_kw={ratios: (1.25, 1)})
    points.axhline(1, color=THRESHOLD, lw=1.2)
    if law is not None:
        points.plot(*law, color=EDGE, ls="--", lw=1.4, label="output channels, by the law")
    for marks, look in (
        (others, {"marker": "x", "color": NOISE, "ms": 5, "label": "inputs that are no pair"}),
        (found, {"marker": "o", "color": SHOWN, "ms": 5, "mec": "black", "mew": 0.4, "label": "partners"}),
    ):
        x = [
            f * (1 + APART * (k - len(all_of) / 2) / 2)
            for f, all_of in marks.items()
            for k in range(len(all_of))
        ]
        points.plot(x, [one for all_of in marks.values() for one in all_of], ls="none", **look)
    points.plot(chosen, np.mean(found[chosen]), **{**CHOSEN, "ms": 17})
    points.set_xscale("log", base=2)
    points.set(xlim=(0.8, 1.3 * reach[0]), ylim=(0, reach[1]))
    points.xaxis.set_major_locator(FixedLocator([f for f in (1, 2, 4, 8, 16) if f <= reach[0]]))
    points.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    points.xaxis.set_minor_locator(NullLocator())
    name_axes(points, "influence of every input", "lift")
    points.legend(frameon=False, fontsize=type_size(0.85), loc="upper right", handlelength=1.6)
    _draw(rows, in_rows(levels), f"influence {chosen}")
    return figure
