"""What every figure shares: colours, and how wide the page is.

A colour means one thing in the whole book: here is which. They are those of Okabe and Ito, and one of
Tol's, safe for colour-blind eyes. Nothing is told by colour alone: an active input has a hatch or a marker
of its own, too, and a case of 2-AND its name beside it. A figure is as wide as
matplotlib's setting `figure.figsize` says; on a narrow page (a phone) its panels stand below each other.
"""

import functools

import matplotlib
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextToPath

__all__ = [
    "ACTIVE",
    "CASE_COLOURS",
    "CASE_NAMES",
    "CHOSEN",
    "EDGE",
    "FAINT",
    "FILLED",
    "INK",
    "LEVELS",
    "NOISE",
    "QUIET",
    "SHOWN",
    "THRESHOLD",
    "WRONG",
    "is_narrow",
    "name_axes",
    "page",
    "plain",
    "type_size",
]

# Wrong, and nothing else, in every figure of the book.
WRONG = "#D55E00"
# What the picture is about: measured, kept, enough. Also the first active input.
SHOWN = "#0072B2"
# Active inputs; each keeps its colour through every stage, and through its chapter.
ACTIVE = (SHOWN, "#F0E442", "#444444", "#ffffff")
# The four cases of 2-AND. Light ones are pale, heavy ones dark.
CASE_COLOURS = {
    "double_light": "#56B4E9",
    "double_heavy": "#882255",
    "mixed": "#009E73",
    "super_heavy": "#CC79A7",
}
# Interference, and what is there by chance.
NOISE = "#999999"
# Lines that are compared with: thresholds, bounds, floors, one neuron each.
THRESHOLD = "#000000"
# Inactive features, and lines of second rank; outlines; hatches and steps; grounds and grids.
QUIET, EDGE, INK, FAINT = "#666666", "#444444", "#222222", "#e8e8e8"
# Cells that are not empty.
FILLED = "#cfe3f1"
# Inputs that are light, heavy, super-heavy.
LEVELS = ("#ffffff", "#bbbbbb", INK)
# The point that the reader has chosen.
CHOSEN = {"marker": "o", "ms": 11, "mfc": "none", "mec": "#000000", "mew": 2.0, "ls": "none"}
CASE_NAMES = {case: case.replace("_", "-") for case in CASE_COLOURS}
NARROW_BELOW = 5.0
# A headline has room for so many lines on a narrow page, whether it needs them or not.
LINES_NARROW = 2


def is_narrow():
    """Whether the page is too narrow for panels beside each other."""
    return matplotlib.rcParams["figure.figsize"][0] < NARROW_BELOW


def page(height, headline, outcome=""):
    """An empty `Figure` as wide as the page, `height` inches high, under its headline.

    The headline says what the picture shows; its alt text ends with it, and with the outcome, which is not
    drawn: give what a reader is to find out by looking.
    """
    width = matplotlib.rcParams["figure.figsize"][0]
    figure = Figure(figsize=(width, height), layout="constrained", facecolor="white")
    size = type_size(1.05)
    # Kept out of the layout, in a room of its own: so no panel moves when a headline grows by a word.
    title = figure.suptitle(
        headline, x=0.01, y=1 - 0.05 / height, ha="left", va="top", size=size, weight="bold", wrap=True
    )
    title.set_in_layout(False)
    figure.set_label(outcome)
    lines = max(LINES_NARROW if is_narrow() else 1, _lines(headline, size, 0.97 * 72 * width))
    figure.get_layout_engine().set(rect=(0, 0, 1, 1 - (1.25 * size * lines / 72 + 0.08) / height))
    return figure


def _lines(headline, size, room):
    """How many lines of so many points a bold headline takes."""
    lines, line = 1, ""
    for word in headline.split():
        if line and _width(f"{line} {word}", size) > room:
            lines, line = lines + 1, word
        else:
            line = f"{line} {word}".strip()
    return lines


@functools.lru_cache(1024)
def _width(text, size):
    font = FontProperties(size=size, weight="bold")
    return TextToPath().get_text_width_height_descent(text, font, ismath=False)[0]


def type_size(share):
    """A share of the page's own type size, in points."""
    return matplotlib.rcParams["font.size"] * share


def plain(axes):
    """Two spines, and tick labels a little smaller than the page's type."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=type_size(0.88))


def name_axes(axes, across, up):
    """`plain`, and what stands along the two spines."""
    axes.set_xlabel(across, size=type_size(0.92))
    axes.set_ylabel(up, size=type_size(0.92))
    plain(axes)
