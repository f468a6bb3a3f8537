"""The teaching guide's links open figures in states that there are."""

from urllib.parse import parse_qs, urlsplit

import contents
import pytest

GUIDE = "book/teaching.html"
LINKS = sorted({link["href"] for link in contents.soup(GUIDE).select('a[href*="?"]')})


def states(page):
    """key in the address -> the values that figures of the page have for it."""
    return {
        one.keys[name]: values
        for one in contents.explorers()
        if one.page == page
        for name, values in one.controls.items()
    }


def test_there_are_links():
    assert len(LINKS) > 10


@pytest.mark.parametrize("link", LINKS)
def test_a_link_names_a_state_that_there_is(link):
    known = states(f"book/{urlsplit(link).path}")
    for key, (value,) in parse_qs(urlsplit(link).query).items():
        assert value in known[key], f"{key} has {known[key]}"


def test_a_link_opens_the_figure_in_its_state(reader):
    link = next(link for link in LINKS if "three_in_a_row" in link)
    with reader(mathematics=False) as visit:
        tab = visit.open(f"book/{link}")
        assert tab.locator("#three_in_a_row-active").input_value() == "two lines"
        assert visit.troubles == []
