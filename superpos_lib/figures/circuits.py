"""Pictures of the circuits chapter: errors by layer, what gates do with a count, who carries what."""

import numpy as np

from .style import EDGE, FAINT, NOISE, SHOWN, THRESHOLD, WRONG, is_narrow, name_axes, page, plain, type_size

__all__ = ["carriers_by_level", "error_by_layer", "gate_response", "tree_or_direct"]


def _axes(figure, panels):
    return np.atleast_1d(figure.subplots(panels, 1) if is_narrow() else figure.subplots(1, panels))


def error_by_layer(with_clip, without, headline, outcome=""):
    """Share of a code's neurons that are off by more than a quarter, after each layer.

    Parameters
    ----------
    with_clip, without : sequence of float
        Shares, one a layer; NaN where none is to be drawn. Below 10^-6 they are drawn on the axis.
    headline, outcome : str
        As `page` takes them.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure = page(4.0 if is_narrow() else 3.6, headline, outcome)
    (axes,) = _axes(figure, 1)
    steps = np.arange(1, len(with_clip) + 1)
    axes.plot(steps, np.maximum(without, 1e-6), "-D", ms=6, color=WRONG, mec="black", mew=0.6)
    axes.plot(steps, np.maximum(with_clip, 1e-6), "-o", ms=6, color=SHOWN, mec="black", mew=0.6)
    axes.set_yscale("log")
    axes.minorticks_off()
    axes.set_ylim(6e-7, 1.5)
    axes.set_xlim(0.5, len(steps) + 1.6)
    axes.set_xticks(steps)
    axes.set_yticks([1e-6, 1e-4, 1e-2, 1], ["none", "0.01 %", "1 %", "100 %"])
    for values, name in ((without, "no clip"), (with_clip, "clip")):
        last = np.flatnonzero(np.isfinite(values))[-1]
        axes.annotate(
            name, (steps[last], max(values[last], 1e-6)), xytext=(8, 0), textcoords="offset points",
            va="center", size=type_size(0.92),
        )  # fmt: skip
    name_axes(axes, "layer of the circuit", "neurons that are wrong")
    return figure


def gate_response(least, most, off, name, headline):
    """What a row of a gate's channel does with the count that it hears.

    Parameters
    ----------
    least, most : int
        The gate is true from `least` to `most`; most 0 for no upper bound.
    off : float
        How far the linear part reaches to both sides of the middle.
    name, headline : str

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure = page(3.6 if is_narrow() else 3.2, headline)
    (axes,) = _axes(figure, 1)
    s = np.linspace(-1, 4, 501)

    def clipped(s, bound):
        return np.clip((s - bound + 0.5 + off) / (2 * off), 0, 1)

    h = clipped(s, least) - (np.clip(clipped(s, most + 1), 0, 1) if most else 0)
    axes.plot(s, np.maximum(h, 0), color=SHOWN, lw=2.5)
    counts = np.arange(-1, 5)
    true = (counts >= least) & ((counts <= most) | (most == 0))
    axes.plot(counts[true], np.ones(true.sum()), "o", ms=9, mfc=SHOWN, mec="black")
    axes.plot(counts[~true], np.zeros((~true).sum()), "o", ms=9, mfc="white", mec="black")
    for bound in [least, *([most + 1] if most else [])]:
        axes.axvline(bound - 0.5, color=THRESHOLD, lw=1, ls="--")
    axes.set(xlim=(-1.2, 4.2), ylim=(-0.1, 1.15), xticks=counts, yticks=[0, 1])
    name_axes(axes, f"count that a row of {name} hears", "row")
    return figure


def tree_or_direct(fans, chosen, layers, gates, headline):
    """k-AND directly and as a tree of ANDs of two: layers of each, and gates, against k.

    Parameters
    ----------
    fans : sequence of int
        The values of k, increasing.
    chosen : int
        The place in `fans` that is marked.
    layers, gates : dict of str: sequence of int
        By the names of the two ways, one number for each k.
    headline : str

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure = page(6.0 if is_narrow() else 3.4, headline)
    for axes, found, label in zip(
        _axes(figure, 2), (layers, gates), ("layers of the circuit", "gates for one output"), strict=True
    ):
        for k, (name, values) in enumerate(found.items()):
            style = {"color": (SHOWN, NOISE)[k], "marker": "os"[k], "ls": ("-", "--")[k]}
            axes.plot(fans, values, mec="black", mew=0.6, ms=6, label=name, **style)
        axes.axvline(fans[chosen], color=THRESHOLD, lw=1, ls=":")
        axes.set_xscale("log", base=2)
        axes.set_xticks(fans, [str(k) for k in fans])
        axes.minorticks_off()
        axes.set_ylim(0, 1.1 * max(max(values) for values in found.values()))
        name_axes(axes, "inputs of a gate, k", label)
        axes.legend(frameon=False, fontsize=type_size(0.88), loc="upper left")
    return figure


def carriers_by_level(states, carriers, titles, headline, outcome=""):
    """The neurons of each level as a strip of bars, those that carry a name in colour.

    Parameters
    ----------
    states : sequence of arrays (n,)
        What the neurons of each level hold.
    carriers : sequence of arrays of int
        Of each level the neurons that are marked.
    titles : sequence of str
        What stands beside the strips.
    headline, outcome : str

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure = page(1.1 + 1.25 * len(states), headline, outcome)
    for axes, state, marked, title in zip(
        np.atleast_1d(figure.subplots(len(states), 1)), states, carriers, titles, strict=True
    ):
        places = np.arange(len(state))
        axes.bar(places, state, 1.0, color=NOISE, lw=0)
        marked = np.asarray(marked, dtype=int)
        axes.vlines(places[marked], 0, 2, color=FAINT, lw=5, zorder=0)
        axes.bar(places[marked], state[marked], 2.0, color=SHOWN, ec=EDGE, lw=0.4)
        axes.plot(places[marked], np.full(len(marked), -0.35), "^", color=SHOWN, mec="black", ms=6)
        axes.set(xlim=(-1, len(state)), ylim=(-0.7, 2.1), yticks=[0, 1], xticks=[])
        axes.set_title(title, size=type_size(0.92), loc="left")
        plain(axes)
    return figure
