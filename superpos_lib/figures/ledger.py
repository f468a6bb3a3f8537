"""The ledger: bits that parameters can hold on one side, bits that are needed on the other, to scale."""

import matplotlib
import numpy as np
from matplotlib.patches import Patch

from .._arguments import expected
from .style import FAINT, FILLED, NOISE, SHOWN, THRESHOLD, WRONG, page

__all__ = ["amount", "ledger"]

HELD = ((SHOWN, ""), (FILLED, "//"), (SHOWN, "xx"), (FILLED, "--"))
NEEDED = ((NOISE, ""), (FAINT, "\\\\"), (NOISE, "xx"), (FAINT, "--"))


def amount(number):
    """A count as a reader says it.

    >>> amount(760), amount(18_483_200), amount(3.2e13), amount(2.4e17)
    ('760', '18.5 million', '32 trillion', '2.4e+17')
    """
    for size, name in ((1e12, "trillion"), (1e9, "billion"), (1e6, "million")):
        if number >= 1000 * size:
            return f"{number:.2g}"
        if number >= size:
            return f"{number / size:.3g} {name}"
    return f"{number:,.0f}" if number >= 100 or number == round(number) else f"{number:.1f}"


def ledger(held, needed, headline, *, holder="The parameters hold", family="The family needs", reach=1):
    """Two stacks of labelled blocks on one scale; what does not fit is ringed and hatched.

    Parameters
    ----------
    held, needed : sequences of (str, float)
        Blocks from left to right: what each is, and its bits, at least 0.
    headline : str
    holder, family : str
        What stands over each stack, before its sum.
    reach : number
        Bits that the scale shows at the least; give what the largest of several pictures needs.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        A side without blocks, more than four, or bits below 0.
    """
    for name, side in (("held", held), ("needed", needed)):
        if not 1 <= len(side) <= len(HELD) or any(not bits >= 0 for _, bits in side):
            raise expected(name, "one to four blocks (name, bits), bits at least 0", side)
    room, wanted = (sum(bits for _, bits in side) for side in (held, needed))
    size = matplotlib.rcParams["font.size"]
    lines = len(held) + len(needed) + 1
    figure = page(2.3 + 0.235 * lines * size / 11, headline)
    panels = figure.subplots(2, 1, sharex=True)
    for axes, side, looks, title, total in (
        (panels[0], held, HELD, holder, room),
        (panels[1], needed, NEEDED, family, wanted),
    ):
        axes.set_title(f"{title} {amount(total)} bits", loc="left", size=size * 0.95)
        handles = _stack(axes, side, looks)
        if axes is panels[1] and wanted > room:
            axes.barh(0, wanted - room, left=room, height=0.5, fill=False, ec=WRONG, lw=2.2, hatch="xx")
        if axes is panels[1]:
            over = f"does not fit: {amount(wanted - room)}" if wanted > room else "all of it fits"
            look = {"ec": WRONG, "lw": 2, "hatch": "xxx"} if wanted > room else {"ec": "none"}
            handles.append(Patch(fill=False, label=over, **look))
        axes.legend(
            handles=handles, loc="upper left", bbox_to_anchor=(0, 0), frameon=False, fontsize=size * 0.88,
            borderaxespad=0.1, handlelength=1.6,
        )  # fmt: skip
        axes.axvline(room, color=THRESHOLD, lw=1.4, ls="--")
        axes.set_ylim(-0.36, 0.36)
        axes.set_xlim(0, 1.02 * max(room, wanted, reach))
        axes.axis("off")
    return figure


def _stack(axes, side, looks):
    left, handles = 0.0, []
    for (name, bits), (colour, hatch) in zip(side, looks, strict=False):
        axes.barh(0, bits, left=left, height=0.5, facecolor=colour, ec="black", lw=0.6, hatch=hatch)
        handles.append(
            Patch(facecolor=colour, ec="black", lw=0.6, hatch=hatch, label=f"{name}: {amount(bits)}")
        )
        left = float(np.add(left, bits))
    return handles
