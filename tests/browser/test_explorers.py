"""Every explorer of every page, moved by keyboard through its values."""

import itertools
import re
from urllib.parse import parse_qs, urlencode, urlsplit

import contents
import pytest
from some import some

EXPLORERS = contents.explorers()
PAGES = sorted({one.page for one in EXPLORERS})
# Up to here every combination of values is visited; beyond it every value of every control.
COMBINATIONS = 80
# What an address may hold instead of a value; each control of a page gets some of them.
BAD = ("", "no-such-value", "-1", "9" * 30, "__proto__", "<b>", "∞")
STEP = {"INPUT": ("ArrowLeft", "ArrowRight"), "SELECT": ("ArrowUp", "ArrowDown")}

every_explorer = pytest.mark.parametrize("explorer", EXPLORERS, ids=str)
# One visit serves all explorers of a page: to open it takes longer than to move what is on it.
every_page = pytest.mark.parametrize("page", PAGES)


def on(page):
    return [one for one in EXPLORERS if one.page == page]


def changing(page):
    """Explorers whose last state has another picture than their first."""
    return [one for one in on(page) if one.frame(last(one))["wide"] != one.frame(first(one))["wide"]]


def states(explorer):
    """The states to visit: a list of index tuples."""
    sizes = [len(values) for values in explorer.controls.values()]
    every = list(itertools.product(*map(range, sizes)))
    if len(every) <= COMBINATIONS:
        return every
    one_moved = {
        tuple(index if place == moved else 0 for place in range(len(sizes)))
        for moved, size in enumerate(sizes)
        for index in range(size)
    }
    return sorted(one_moved | {tuple(size - 1 for size in sizes)})


def first(explorer):
    return (0,) * len(explorer.controls)


def last(explorer):
    return tuple(len(values) - 1 for values in explorer.controls.values())


def control(tab, explorer, name):
    return tab.locator(f'[id="{explorer.name}"] .explore-controls [name="{name}"]')


def go(tab, explorer, before, after):
    """Press arrow keys on each control that has to move."""
    for name, old, new in zip(explorer.controls, before, after, strict=True):
        field = control(tab, explorer, name)
        if old != new:
            field.focus()
            key = STEP[field.evaluate("field => field.tagName")][new > old]
            for _ in range(abs(new - old)):
                tab.keyboard.press(key)


def readable(text):
    """A value as readers see it."""
    return f"{int(text):,}" if re.fullmatch(r"-?\d{5,}", text) else text


def check_shown(tab, explorer, indices, layout="wide"):
    """Picture, alt text and every control say the state."""
    frame = explorer.frame(indices)
    image = tab.locator(f'[id="{explorer.name}"] img')
    tab.wait_for_function(
        """([id, file]) => {
            const image = document.getElementById(id).querySelector("img");
            return image.currentSrc.endsWith("/" + file) && image.complete && image.naturalWidth > 0;
        }""",
        arg=[explorer.name, frame[layout][0]],
    )
    assert image.get_attribute("alt") == frame["alt"]
    for (name, values), index in zip(explorer.controls.items(), indices, strict=True):
        field = control(tab, explorer, name)
        if field.get_attribute("type") == "range":
            assert field.input_value() == str(index)
            text = readable(values[index])
            assert field.get_attribute("aria-valuetext") == text
            assert tab.locator(f'output[for="{field.get_attribute("id")}"]').inner_text() == text
        else:
            assert field.input_value() == values[index]


@every_explorer
def test_every_frame_has_an_alt_text_of_its_own(explorer):
    assert len({frame["alt"] for frame in explorer.frames}) == len(explorer.frames)
    assert all(len(frame["alt"]) > 20 for frame in explorer.frames)


@every_page
def test_keys_move_picture_text_and_address(reader, page):
    with reader(mathematics=False) as visit:
        tab = visit.open(page)
        visited = tab.evaluate("history.length")
        address = {}
        for explorer in on(page):
            before = first(explorer)
            for after in states(explorer)[1:]:
                go(tab, explorer, before, after)
                check_shown(tab, explorer, after)
                address |= explorer.query(after)
                query = parse_qs(urlsplit(tab.url).query, strict_parsing=True)
                assert query == {key: [value] for key, value in address.items()}, explorer
                before = after
        assert tab.evaluate("history.length") == visited, "moving a control must not fill the back button"
        assert visit.troubles == []


@every_page
@pytest.mark.parametrize("width", contents.LAYOUTS)
def test_an_address_brings_its_states_back(reader, page, width):
    state = {key: value for one in on(page) for key, value in one.query(last(one)).items()}
    with reader(width, mathematics=False) as visit:
        tab = visit.open(f"{page}?{urlencode(state)}")
        for explorer in on(page):
            check_shown(tab, explorer, last(explorer), contents.LAYOUTS[width])
        assert visit.troubles == []


@every_page
def test_an_address_may_name_the_explorers(reader, page):
    named = {f"{one.name}.{name}": values[-1] for one in on(page) for name, values in one.controls.items()}
    with reader(mathematics=False) as visit:
        tab = visit.open(f"{page}?{urlencode(named)}")
        for explorer in on(page):
            check_shown(tab, explorer, last(explorer))
        assert visit.troubles == []


@every_page
def test_bad_values_in_the_address_are_passed_over(reader, page):
    keys = [key for one in on(page) for key in one.keys.values()]
    with reader(mathematics=False) as visit:
        for turn in range(2):
            bad = zip(keys, itertools.islice(itertools.cycle(BAD), turn, None), strict=False)
            tab = visit.open(f"{page}?{urlencode(dict(bad))}&stranger=1")
            for explorer in on(page):
                check_shown(tab, explorer, first(explorer))
        for explorer in on(page):
            go(tab, explorer, first(explorer), last(explorer))
            check_shown(tab, explorer, last(explorer))
        assert visit.troubles == []


@every_page
@pytest.mark.parametrize("width", contents.LAYOUTS)
def test_only_first_frames_are_loaded_at_first(reader, page, width):
    layout = contents.LAYOUTS[width]
    with reader(width, mathematics=False) as visit:
        tab = visit.open(page)
        tab.mouse.wheel(0, 100_000)
        visit.wait_until_quiet()
        assert visit.frames_asked_for() <= {one.frames[0][layout][0] for one in on(page)}


@every_page
def test_a_picture_that_does_not_come_is_said_and_can_be_had_later(reader, page):
    with reader(mathematics=False) as visit:
        tab = visit.open(page)
        for explorer in some(changing(page)):
            missing = explorer.frame(last(explorer))["wide"][0]
            visit.context.route(f"**/{missing}", lambda route: route.abort())
            go(tab, explorer, first(explorer), last(explorer))
            status = tab.locator(f'[id="{explorer.name}"] [role=status].explore-failed')
            status.wait_for()
            assert status.inner_text()
            visit.context.unroute(f"**/{missing}")
            go(tab, explorer, last(explorer), first(explorer))
            check_shown(tab, explorer, first(explorer))
            assert not status.count()
            go(tab, explorer, first(explorer), last(explorer))
            check_shown(tab, explorer, last(explorer))
