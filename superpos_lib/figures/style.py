"""What every figure shares: colours, and how wide the page is.

Colours are those of Okabe and Ito, safe for colour-blind eyes. A case of 2-AND has the same colour in
every figure, and a label beside it, so that it can be told without colour. A figure is as wide as
matplotlib's setting `figure.figsize` says; on a narrow page (a phone) its panels stand below each other.
"""

import matplotlib
from matplotlib.figure import Figure

__all__ = [
    "ACTIVE",
    "CASE_COLOURS",
    "CASE_NAMES",
    "FAINT",
    "NOISE",
    "THRESHOLD",
    "WRONG",
    "is_narrow",
    "name_axes",
    "page",
    "plain",
    "type_size",
]

NOISE = "#999999"
THRESHOLD = "#000000"
FAINT = "#e8e8e8"
WRONG = "#D55E00"
# Active inputs, in order; each keeps its colour through every stage.
ACTIVE = ("#0072B2", "#E69F00", "#56B4E9", "#F0E442")
CASE_COLOURS = {
    "double_light": "#0072B2",
    "double_heavy": "#D55E00",
    "mixed": "#009E73",
    "super_heavy": "#CC79A7",
}
CASE_NAMES = {case: case.replace("_", "-") for case in CASE_COLOURS}
NARROW_BELOW = 5.0


def is_narrow():
    """Whether the page is too narrow for panels beside each other."""
    return matplotlib.rcParams["figure.figsize"][0] < NARROW_BELOW


def page(height, headline):
    """An empty `Figure` as wide as the page, `height` inches high, under its headline.

    The headline says what the picture shows, with numbers: it is also the end of its alt text.
    """
    width = matplotlib.rcParams["figure.figsize"][0]
    figure = Figure(figsize=(width, height), layout="constrained", facecolor="white")
    figure.suptitle(headline, x=0.01, ha="left", size=type_size(1.05), weight="bold", wrap=True)
    return figure


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
