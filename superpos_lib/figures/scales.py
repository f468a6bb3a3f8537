"""Whether what is drawn for several values can be compared: the same panels, and the same axes on each.

Where an axis jumps from one frame to the next, a reader cannot see what has moved. So its limits are those
of all declared values. An axis that cannot keep them says so on the picture, by `own_scale`.
"""

from .._arguments import expected

__all__ = ["jumps", "own_scale", "scales"]

# A panel may move by so many pixels: half a number that stands at the end of an axis, say.
STILL = 6


def own_scale(axis, reason):
    """Let the limits of an axis follow what is drawn, and say so behind its name.

    Parameters
    ----------
    axis : matplotlib.axis.Axis
        With a label.
    reason : str
        Such as "scale of this problem".

    Raises
    ------
    ValueError
        No reason, or an axis without a name, behind which nobody would find it.
    """
    if not reason:
        raise expected("reason", "a few words", repr(reason))
    if not axis.get_label_text():
        raise expected("axis", "an axis with a name", "none")
    axis.set_label_text(f"{axis.get_label_text()} ({reason})")
    axis.own_scale = reason


def scales(figure):
    """What must not jump: the size in pixels, and of each panel its place and what can be read on its axes.

    An axis without numbers or names has nothing to be read; one that `own_scale` let go has its reason.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        Laid out, as after it was saved.

    Returns
    -------
    tuple
        (width, height), and for each panel (left, bottom, right, top), across, up. An axis is None, a
        reason, or its kind, its limits and the texts along it.
    """
    width, height = (96 * inches for inches in figure.get_size_inches())
    panels = [
        (
            tuple(round(edge) for edge in axes.get_position().extents * (width, height, width, height)),
            _read(axes, axes.xaxis),
            _read(axes, axes.yaxis),
        )
        for axes in figure.axes
    ]
    return (round(width), round(height)), *panels


def _read(axes, axis):
    reason = getattr(axis, "own_scale", None)
    if reason is not None:
        return reason
    limits = tuple(float(f"{limit:.5g}") for limit in axis.get_view_interval())
    low, high = min(limits), max(limits)
    texts = tuple(
        tick.label1.get_text()
        for tick in axis.get_major_ticks()
        if tick.label1.get_visible() and low <= tick.get_loc() <= high
    )
    return (axis.get_scale(), limits, texts) if axes.axison and any(texts) else None


def jumps(frames):
    """What differs between frames of one explorer, each in a sentence; none if all can be compared.

    Parameters
    ----------
    frames : sequence of (name, scales of the figure)

    Examples
    --------
    >>> one = ((700, 400), ((60, 40, 680, 360), ("log", (1.0, 10.0), ("1", "10")), None))
    >>> other = ((700, 400), ((60, 40, 680, 360), ("log", (1.0, 99.0), ("1", "10")), None))
    >>> jumps([("n = 1", one), ("n = 2", one)])
    []
    >>> jumps([("n = 1", one), ("n = 2", other)])
    ["n = 2, panel 1: across log (1.0, 99.0) ('1', '10'); n = 1: log (1.0, 10.0) ('1', '10')"]
    """
    (first, (size, *panels)), *others = frames
    found = []
    for name, (its_size, *its_panels) in others:
        if its_size != size:
            found.append(f"{name}: {its_size} pixels; {first}: {size}")
        if len(its_panels) != len(panels):
            found.append(f"{name}: {len(its_panels)} panels; {first}: {len(panels)}")
            continue
        for number, (mine, theirs) in enumerate(zip(panels, its_panels, strict=True), 1):
            where = f"{name}, panel {number}:"
            if any(abs(a - b) > STILL for a, b in zip(mine[0], theirs[0], strict=True)):
                found.append(f"{where} at {theirs[0]}; {first}: {mine[0]}")
            found += [
                f"{where} {way} {_said(its)}; {first}: {_said(one)}"
                for way, one, its in zip(("across", "up"), mine[1:], theirs[1:], strict=True)
                if one != its
            ]
    return found


def _said(axis):
    return " ".join(map(str, axis)) if isinstance(axis, tuple) else str(axis)
