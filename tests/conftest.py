"""What tests of figures share."""

import matplotlib
import pytest

from superpos_lib.explore import COMMON, LAYOUTS


@pytest.fixture(params=LAYOUTS)
def layout(request):
    """Settings of a wide page, and of a phone's."""
    with matplotlib.rc_context({**COMMON, **LAYOUTS[request.param]}):
        yield request.param


@pytest.fixture
def drawn():
    """A function: the figure, once it is drawn. Nothing warns, nothing is cut off, all type can be read."""

    def draw(figure):
        figure.draw_without_rendering()
        left, bottom, right, top = figure.get_tightbbox().extents
        width, height = figure.get_size_inches()
        assert left > -0.03 and bottom > -0.03 and right < width + 0.03 and top < height + 0.03
        texts = [
            text for text in figure.findobj(matplotlib.text.Text) if text.get_text() and text.get_visible()
        ]
        smallest = 0.85 * matplotlib.rcParams["font.size"]
        assert texts and min(text.get_fontsize() for text in texts) >= smallest - 1e-9
        return figure

    return draw
