"""The teaching guide's links open figures in states that there are, and its answers are what these say."""

from urllib.parse import parse_qs, urlsplit

import build
import contents
import pytest
from some import some

GUIDE = "book/teaching.html"
FIGURES = {(one.page, one.name): one for one in contents.explorers()}
# Words of the guide, and where a figure says the same: page, figure, state, words of its frame.
ANSWERS = [
    ("0.5 % fail", "01_superposition", "wall_of_features", "2|128|1", "0.5 % of inputs fail"),
    ("10.7 % at 3", "01_superposition", "wall_of_features", "3|128|1", "10.7 % of inputs fail"),
    ("49.3 % at 4", "01_superposition", "wall_of_features", "4|128|1", "1 of 400 features misread; 49.3 %"),
    ("93 % at 5", "01_superposition", "wall_of_features", "5|128|1", "93 % of inputs fail"),
    ("0 and 2 drown", "01_superposition", "directions_in_the_plane", "5|features 0 and 2", "3 misread"),
    ("(117 of 1,000", "02_store_or_compute", "unpack_and_pack", "60", "400 neurons, 60 out: 117 of 1,000"),
    ("none with 120)", "02_store_or_compute", "unpack_and_pack", "120", "120 out: 0 of 1,000"),
    (
        "of 28 neurons one is at work",
        "02_store_or_compute",
        "one_neuron_an_and",
        "clique|2",
        "28 neurons, 2 of 8 features active: 1 at work",
    ),
    (
        "a third of the permutations",
        "03_counting",
        "pigeons",
        "4|4",
        "16 strings for 24 permutations: at least 8",
    ),
    ("6,383 in place of", "04_lower_bound", "needed", "100000000|8|16", "at least 6,383 neurons"),
    ("of 25,532", "04_lower_bound", "needed", "100000000|8|1", "at least 25,532 neurons"),
    ("a set of all pairs takes no bits", "04_lower_bound", "trap", "276", "a set: 0;"),
    ("8 levels, 4,", "05_limits_of_compression", "the_cliff", "4|permutation", "99.7% of the inputs right"),
    (
        "then 5, where it is *worse*",
        "05_limits_of_compression",
        "the_cliff",
        "5|permutation",
        "0.6% of the inputs right",
    ),
    (
        "16 neurons of 200 are wrong",
        "07_permutation",
        "one_input",
        "1|200|2",
        "16 of 200 neurons are wrong, 0 of 400",
    ),
    (
        "active features 29 and",
        "07_permutation",
        "one_input",
        "2|200|2",
        "29 of 200 neurons are wrong, 0 of 400",
    ),
    (
        "and 42 neurons are wrong",
        "07_permutation",
        "one_input",
        "3|200|2",
        "42 of 200 neurons are wrong, 0 of 400",
    ),
    ("right after ten applications", "07_permutation", "again", "two ReLUs|2500", "after 10: 0"),
    ("13 outputs are wrong and no row is", "10_double_heavy", "in_a_clique", "64|3", "13 of 2,016"),
]
LINKS = sorted({link["href"] for link in contents.soup(GUIDE).select('a[href*="?"]')})


def states(page):
    """key in the address -> the values that figures of the page have for it."""
    return {
        one.keys[name]: values
        for one in FIGURES.values()
        if one.page == page
        for name, values in one.controls.items()
    }


def test_there_are_links():
    assert len(LINKS) > 10


@pytest.mark.parametrize("link", LINKS)
def test_a_link_names_a_state_that_there_is(link):
    known = states(f"book/{urlsplit(link).path}")
    for key, (value,) in some(parse_qs(urlsplit(link).query).items()):
        assert value in known[key], f"{key} has {known[key]}"


@pytest.mark.parametrize(
    ("words", "page", "name", "state", "frame"), ANSWERS, ids=[one[0] for one in ANSWERS]
)
def test_an_answer_of_the_guide_is_what_the_figure_says(words, page, name, state, frame):
    guide = " ".join((build.ROOT / "book" / "teaching.md").read_text("utf-8").split())
    assert words in guide.replace("$", "")
    figure = FIGURES[f"book/{page}.html", name]
    chosen = zip(figure.controls.values(), state.split("|"), strict=True)
    indices = [values.index(value) for values, value in chosen]
    assert frame in figure.frame(indices)["alt"]


def test_a_link_opens_the_figure_in_its_state(reader):
    link = next(link for link in LINKS if "active=two+lines" in link)
    with reader(mathematics=False) as visit:
        tab = visit.open(f"book/{link}")
        assert tab.locator("#three_in_a_row-active").input_value() == "two lines"
        assert visit.troubles == []
