"""One declaration, and a figure can be moved by hand: in Jupyter, and on the static page.

    @explore(n=choice(64, 128, 256), active=choice(1, 2, 4), alt="Read-out of every feature.")
    def interference(n, active):
        ...
        return figure

An explorer is a function from a few declared values to a matplotlib `Figure`. `Explorer.frame` draws
one: that is all that a place needs to know. There are three places. In Jupyter, ipywidgets call
`frame` when a control moves. When the book is built (environment variable SUPERPOS_EXPLORE=page) every
frame is drawn and written to SUPERPOS_EXPLORE_DIR, and the output is plain HTML that
`book/_static/explore.js` brings to life. In the reader's browser `superpos_lib.live` runs the page and
calls `frame`, there also for values that were not declared. With SUPERPOS_EXPLORE=check every frame is
drawn, and then shown as in Jupyter. So a frame that fails at any declared value fails build and tests.
"""

import base64
import html
import inspect
import io
import itertools
import math
import os
import pathlib
import string
import sys
from dataclasses import dataclass, field

from ._arguments import expected
from ._page import page, readable

__all__ = ["Choice", "Explorer", "Frame", "choice", "explore"]

# What matplotlib is told for a page 1280 pixels wide and for a phone. One inch is 96 pixels, one point
# 4/3 pixels: type comes out as large as the page's own. A figure is as wide as `figure.figsize` says.
LAYOUTS = {
    "wide": {"figure.figsize": (7.2, 4.2), "font.size": 11.5},
    "narrow": {"figure.figsize": (3.55, 3.6), "font.size": 10.5},
}
COMMON = {"svg.hashsalt": "superpos", "svg.fonttype": "path"}
# Names that the book's search has, in a page's fields or in its address.
TAKEN = {
    "q": "the page's search writes into every field of that name",
    "highlight": "the page's search takes it out of every address",
}


@dataclass(frozen=True)
class Choice:
    """The values that a control can take, in their order, the label it carries, and how far it may go."""

    values: tuple
    label: str | None = None
    wide: tuple | None = None

    @property
    def numeric(self):
        """Whether a slider suits it; otherwise a menu does."""
        return all(isinstance(value, (int, float)) for value in self.values) and not any(
            isinstance(value, bool) for value in self.values
        )

    @property
    def reach(self):
        """(lowest, highest, step) where figures are drawn on demand; None if only `values` are possible."""
        if not self.numeric or self.wide == ():
            return None
        low, high = self.wide or (self.values[0], self.values[-1])
        if all(isinstance(value, int) for value in self.values):
            return (low, high, 1) if high - low >= len(self.values) else None
        if low == high:
            return None
        step = 10.0 ** math.floor(math.log10((high - low) / 20))
        steps = [(value - low) / step for value in self.values]
        return (low, high, step) if all(math.isclose(s, round(s), abs_tol=1e-6) for s in steps) else None

    @property
    def on_demand_only(self):
        """Whether there is nothing to move among `values`, but something beyond."""
        return len(self.values) == 1 and self.reach is not None

    def parse(self, text):
        """The value that a text in a page's address stands for."""
        for value in self.values:
            if text == str(value):
                return value
        if self.reach is None:
            raise expected("value", f"one of {', '.join(map(str, self.values))}", repr(text))
        low, high, step = self.reach
        value = (int if step == 1 else float)(text)
        if not low <= value <= high:
            raise expected("value", f"a number from {low} to {high}", text)
        return value


def choice(*values, label=None, wide=None):
    """A control that takes one of `values`; the first is what the book shows.

    Parameters
    ----------
    values : numbers, or strings
        Numbers, in increasing order, make a slider; strings make a menu.
    label : str, optional
        What stands beside the control; the parameter's name if nothing is given.
    wide : (lowest, highest), or (), optional
        How far the slider goes where figures are drawn on demand. If nothing is given, from the first to
        the last of `values`, and every number between them: whole ones if all of `values` are. Give more
        where there is something to see beyond, as far as a figure is drawn in a few seconds. Give () where
        the function knows only `values`, because it looks a number up in a table, say. One value with a
        wide range shows only where figures are drawn on demand, and costs no frames. So
        `seed=choice(2, wide=(0, 9999))` lets readers draw lots again; a control of that name has a button.
        So has one named `steps`, in a page: it plays, from value to value, and where figures are drawn on
        demand by as much as the second value is above the first.

    Raises
    ------
    ValueError
        No values, a value twice, values of other types, numbers not in increasing order, `wide` for texts,
        or a range that leaves some of the values out.

    Examples
    --------
    >>> choice(64, 128, 256, label="neurons n").reach
    (64, 256, 1)
    >>> choice(64, 128, 256, wide=(16, 1024)).reach
    (16, 1024, 1)
    >>> choice(0.5, 0.75).reach
    (0.5, 0.75, 0.01)
    """
    numbers = all(
        isinstance(value, (int, float)) and not isinstance(value, bool) and value == value
        for value in values
    )
    if not values or not (numbers or all(isinstance(value, str) and value for value in values)):
        raise expected("values", "numbers, or strings that are not empty", values)
    if len(set(values)) < len(values):
        raise expected("values", "each value once", values)
    if numbers and list(values) != sorted(values):
        raise expected("values", "numbers in increasing order", values)
    if label is not None and not (isinstance(label, str) and label):
        raise expected("label", "a text that is not empty", repr(label))
    if wide is not None:
        wide = _enclosing(wide, values, numbers)
    return Choice(values, label, wide)


def _enclosing(wide, values, numbers):
    """`wide` as a tuple: two numbers, the values between them, or nothing."""
    wanted = "two numbers that enclose all values, or ()"
    if not isinstance(wide, (tuple, list)):
        raise expected("wide", wanted, wide)
    ends = [end for end in wide if isinstance(end, (int, float)) and not isinstance(end, bool)]
    two = numbers and len(ends) == len(wide) == 2
    if wide and not (two and ends[0] <= values[0] <= values[-1] <= ends[1]):
        raise expected("wide", wanted, wide)
    return tuple(wide)


@dataclass(frozen=True)
class Frame:
    """One drawing: SVG as bytes, its size in CSS pixels, and the alt text that belongs to it."""

    svg: bytes
    width: int
    height: int
    alt: str
    figure: object = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, eq=False)
class Explorer:
    """What `explore` returns. Called with values, it is the function itself and returns a `Figure`."""

    function: object
    controls: dict
    alt: str

    @property
    def name(self):
        """The function's name: the explorer's id on the page."""
        return self.function.__name__

    def __call__(self, *args, **kwargs):
        return self.function(*args, **kwargs)

    def combinations(self):
        """All declared values: a list of dictionaries, the first one the book's."""
        names = list(self.controls)
        values = (self.controls[name].values for name in names)
        return [dict(zip(names, chosen, strict=True)) for chosen in itertools.product(*values)]

    def values(self, texts):
        """The values that texts stand for, one for each control, as a page's address has them."""
        return {name: control.parse(texts[name]) for name, control in self.controls.items()}

    def frame(self, values, layout="wide"):
        """Draw one `Frame` for a page of the given layout, "wide" or "narrow".

        Whatever the function raises passes through, with a note that names the explorer and values.
        """
        import matplotlib
        from matplotlib.figure import Figure

        with matplotlib.rc_context({**COMMON, **LAYOUTS[layout]}):
            try:
                figure = self.function(**values)
                if not isinstance(figure, Figure):
                    raise expected(self.name, "a function that returns a matplotlib Figure", figure)
                svg = _svg(figure)
            except Exception as error:
                error.add_note(f"in explorer {self.name} with {_spelled(values)}")
                raise
        width, height = (round(96 * inches) for inches in figure.get_size_inches())
        outcome = f"{figure.get_suptitle()} {figure.get_label()}"
        return Frame(svg, width, height, self._alt(values, outcome), figure)

    def frames(self):
        """Draw all declared frames: for each of `combinations`, a dictionary from layouts to `Frame`s.

        Raises
        ------
        ValueError
            Axes or panels that move from one frame to another, so that a reader cannot compare the two.
        """
        from .figures.scales import jumps, scales

        drawn, seen = [], {layout: [] for layout in LAYOUTS}
        for values in self.combinations():
            drawn.append({layout: self.frame(values, layout) for layout in LAYOUTS})
            for layout, frame in drawn[-1].items():
                seen[layout].append((_spelled(values), scales(frame.figure)))
        moved = [f"{layout}, {jump}" for layout, frames in seen.items() for jump in jumps(frames)]
        if moved:
            raise expected(self.name, "the same axes in every frame, or `own_scale`", "\n".join(moved[:5]))
        return drawn

    def _alt(self, values, headline):
        named = {field for _, field, _, _ in string.Formatter().parse(self.alt) if field}
        rest = {name: value for name, value in values.items() if name not in named}
        parts = [_Formatter().format(self.alt, **values), f"{_spelled(rest)}." if rest else "", headline]
        return " ".join(" ".join(parts).split())


def _svg(figure):
    """The bytes that `figure.savefig` writes, on white. It draws twice, first for the layout; this once."""
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    canvas, layout, dpi = FigureCanvasSVG(figure), figure.get_layout_engine(), figure.dpi
    if layout is not None:
        layout.execute(figure)
        figure.set_layout_engine("none")
        # SVG has 72 dots an inch, and the layout was made for them.
        figure.dpi = dpi
    figure.set_facecolor("white")
    written = io.StringIO()
    canvas.print_svg(written, metadata={"Date": None})
    return written.getvalue().encode()


class _Formatter(string.Formatter):
    """Numbers are readable where a text does not say how they are written."""

    def format_field(self, value, format_spec):
        return format(value, format_spec) if format_spec else readable(value)


def _spelled(values):
    return ", ".join(f"{name} = {readable(value)}" for name, value in values.items())


def explore(*, alt, **controls):
    """Decorate a function that draws a figure, so that readers can move it.

    Parameters
    ----------
    alt : str
        What the picture shows, for readers who do not see it. It may name controls, as in "{n}
        neurons"; the values of the others follow it, and then the figure's headline (its suptitle),
        which says what came out. So every frame has an alt text of its own.
    controls : Choice
        One for each parameter of the function.

    Returns
    -------
    A decorator. In Jupyter and in the book it also displays the explorer.

    Raises
    ------
    ValueError
        An empty alt text, one that names no control of that name, a control that is no `choice`, one whose
        name the book's search uses ("q", "highlight"), or controls and parameters that differ.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> @explore(n=choice(2, 3), alt="An empty figure.")
    ... def empty(n):
    ...     figure = Figure()
    ...     figure.suptitle(f"{n} of nothing")
    ...     return figure
    >>> empty.frame({"n": 3}).alt
    'An empty figure. n = 3. 3 of nothing'
    """
    for name, control in controls.items():
        if not isinstance(control, Choice):
            raise expected(name, "choice(...)", repr(control))
        if name in TAKEN:
            raise expected(name, "a control of another name", TAKEN[name])
    if not controls:
        raise expected("controls", "at least one choice(...)", "none")
    if not (isinstance(alt, str) and alt.strip()):
        raise expected("alt", "a sentence that says what the picture shows", repr(alt))
    named = {field for _, field, _, _ in string.Formatter().parse(alt) if field is not None}
    if not named <= set(controls):
        raise expected("alt", f"only the controls {', '.join(controls)} in braces", alt)

    def declare(function):
        parameters = list(inspect.signature(function).parameters)
        if sorted(parameters) != sorted(controls):
            raise expected(
                "controls", f"one for each parameter: {', '.join(parameters)}", ", ".join(controls)
            )
        explorer = Explorer(function, dict(controls), alt)
        _display(explorer)
        return explorer

    return declare


def _display(explorer):
    """Show it in the place where this code runs; in plain Python there is nothing to show it on."""
    ipython = sys.modules.get("IPython")
    if ipython is None or ipython.get_ipython() is None:
        return
    place = os.environ.get("SUPERPOS_EXPLORE", "")
    if place == "page":
        folder = os.environ.get("SUPERPOS_EXPLORE_DIR")
        if not folder:
            raise expected("SUPERPOS_EXPLORE_DIR", "the folder that frames are written to", "nothing")
        ipython.display.display(ipython.display.HTML(page(explorer, pathlib.Path(folder))))
        return
    if place == "check":
        explorer.frames()
    elif place:
        raise expected("SUPERPOS_EXPLORE", '"page", "check" or nothing', repr(place))
    ipython.display.display(_widget(explorer))


# --- in Jupyter


def _image(frame):
    data = base64.b64encode(frame.svg).decode()
    return (
        f'<img src="data:image/svg+xml;base64,{data}" alt="{html.escape(frame.alt)}" '
        f'style="width:{frame.width}px;max-width:100%;height:auto;background:white">'
    )


def _widget(explorer):
    import ipywidgets

    picture = ipywidgets.HTML()
    controls = {}
    for name, control in explorer.controls.items():
        if control.on_demand_only:
            low, high, step = control.reach
            kind = ipywidgets.BoundedIntText if step == 1 else ipywidgets.BoundedFloatText
            options = {"value": control.values[0], "min": low, "max": high, "step": step}
        else:
            kind = ipywidgets.SelectionSlider if control.numeric else ipywidgets.Dropdown
            options = {"options": [(readable(value), value) for value in control.values]}
        controls[name] = kind(
            **options,
            description=control.label or name,
            continuous_update=False,
            style={"description_width": "initial"},
            layout=ipywidgets.Layout(width="auto", min_width="20em"),
        )

    def draw(_=None):
        values = {name: control.value for name, control in controls.items()}
        try:
            picture.value = _image(explorer.frame(values))
        except Exception as error:
            picture.value = (
                f"<p role='alert'>No picture for {html.escape(_spelled(values))}: "
                f"{html.escape(str(error))}</p>"
            )
            raise

    draw()
    for control in controls.values():
        control.observe(draw, "value")
    return ipywidgets.VBox([*controls.values(), picture])
