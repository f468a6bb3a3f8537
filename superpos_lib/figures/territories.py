"""Pictures of territories: how full the rows of one are, and which inputs come out wrong for it."""

import numpy as np

from .._arguments import expected
from .style import CASE_COLOURS, EDGE, NOISE, THRESHOLD, WRONG, is_narrow, page, plain, type_size

__all__ = ["fullness"]


def fullness(carried, owned, wrong, headline, reach=0):
    """Left, how many channels each row carries, fullest first; right, shares of inputs answered wrongly.

    Parameters
    ----------
    carried : whole numbers of shape (rows,)
        In how many channels each row is.
    owned : Booleans of shape (rows,)
        The rows of the territory that is drawn in colour.
    wrong : dict from a kind of input to the share of them that is answered wrongly
    headline : str
    reach : number
        Channels of a row that the axis shows at the least.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        No row, other lengths, or no kind of input.

    Examples
    --------
    >>> fullness([3, 1], [True, False], {"two hubs": 0.5}, "two rows").get_suptitle()
    'two rows'
    """
    carried, owned = np.asarray(carried, dtype=float), np.asarray(owned, dtype=bool)
    if carried.ndim != 1 or not len(carried) or owned.shape != carried.shape:
        raise expected("carried, owned", "one number and one Boolean a row", (carried.shape, owned.shape))
    if not wrong:
        raise expected("wrong", "at least one kind of input", "none")
    figure = page(6.0 if is_narrow() else 3.7, headline)
    shape, ratios = ((2, 1), "height_ratios") if is_narrow() else ((1, 2), "width_ratios")
    rows, kinds = figure.subplots(*shape, gridspec_kw={ratios: (1.5, 1)})
    _draw_rows(rows, carried, owned, reach)
    _draw_kinds(kinds, wrong)
    return figure


def _draw_rows(axes, carried, owned, reach):
    even = carried.mean()
    order = np.argsort(-carried, kind="stable")
    place = np.arange(len(order))
    for mine, colour, marker, size, name in (
        (False, NOISE, ".", 4.5, "rows of other hubs"),
        (True, CASE_COLOURS["mixed"], "D", 3.6, "rows of hub 0"),
    ):
        those = owned[order] == mine
        axes.plot(
            place[those], carried[order][those], marker, ms=size, color=colour, label=name, rasterized=True
        )
    axes.axhline(even, color=THRESHOLD, ls="--", lw=1.2, label=f"mean: {even:.0f}")
    axes.set_ylim(0, max(reach, 1.7 * even, 1.06 * carried.max()))
    axes.set_xlabel("rows, the fullest first", size=type_size(0.92))
    axes.set_ylabel("channels that the row is in", size=type_size(0.92))
    # The fullest rows stand on the left, so there is room on the right.
    axes.legend(frameon=False, fontsize=type_size(0.88), loc="upper right", handlelength=1.4)
    plain(axes)


def _draw_kinds(axes, wrong):
    shares = 100 * np.array(list(wrong.values()))
    axes.barh(np.arange(len(wrong)), shares, 0.45, fc=WRONG, ec=EDGE, lw=0.7)
    for row, (name, share) in enumerate(wrong.items()):
        axes.text(0, row - 0.3, f"{name}: {share:.1%}", size=type_size(0.9), va="bottom", ha="left")
    axes.set_ylim(len(wrong) - 0.5, -0.8)
    axes.set_xlim(0, 100)
    axes.set_yticks([])
    axes.set_xlabel("inputs answered wrongly, %", size=type_size(0.92))
    plain(axes)
