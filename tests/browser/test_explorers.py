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
# What of a control has the focus and the value.
FIELD = ":is([type=range], select, [type=radio]:checked)"

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
    return tab.locator(f'[id="{explorer.name}"] [data-control="{name}"] {FIELD}')


def go(tab, explorer, before, after):
    """Press arrow keys on each control that has to move."""
    for name, old, new in zip(explorer.controls, before, after, strict=True):
        field = control(tab, explorer, name)
        if old != new:
            field.focus()
            key = STEP[field.evaluate("field => field.tagName")][new > old]
            for _ in range(abs(new - old)):
                tab.keyboard.press(key)  # of buttons the next one has the focus then


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
        if len(values) == 1 and not field.count():
            continue  # there is something to move only where Python runs
        kind, text = field.get_attribute("type"), readable(values[index])
        assert field.input_value() == (str(index) if kind == "range" else values[index])
        if kind == "range":
            assert field.get_attribute("aria-valuetext") == text
            assert tab.locator(f'output[for="{field.get_attribute("id")}"]').inner_text() == text
        elif kind == "radio":
            assert field.locator("xpath=..").inner_text() == text


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
def test_bad_values_in_the_address_are_said_and_passed_over(reader, page):
    keys = [key for one in on(page) for key in one.keys.values()]
    with reader(mathematics=False) as visit:
        for turn in range(2):
            bad = zip(keys, itertools.islice(itertools.cycle(BAD), turn, None), strict=False)
            tab = visit.open(f"{page}?{urlencode(dict(bad))}&stranger=1")
            for explorer in on(page):
                check_shown(tab, explorer, first(explorer))
                said = tab.locator(f'[id="{explorer.name}"] .explore-notice').inner_text()
                assert "not possible here" in said and "The picture shows" in said
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


@every_page
@pytest.mark.parametrize("width", contents.LAYOUTS)
def test_a_link_with_a_state_leads_to_its_figure(reader, page, width):
    explorer = on(page)[-1]
    state = {f"{explorer.name}.{name}": values[-1] for name, values in explorer.controls.items()}
    with reader(width, mathematics=False) as visit:
        tab = visit.open(f"{page}?{urlencode(state)}")
        check_shown(tab, explorer, last(explorer), contents.LAYOUTS[width])
        top = tab.locator(f'[id="{explorer.name}"]').bounding_box()["y"]
        assert 0 <= top < 200 or at_the_end(tab)
        assert tab.evaluate("document.activeElement.id") == explorer.name
        # A reader who comes back is where he was.
        tab.evaluate("scrollTo({ top: 0, behavior: 'instant' })")
        tab.reload()
        assert tab.evaluate("scrollY") == 0
        # A link that names a place leads to that.
        tab = visit.open(f"{page}?{urlencode(state)}#main-content")
        assert tab.evaluate("document.activeElement.id") != explorer.name


def at_the_end(tab):
    return tab.evaluate("() => scrollY + innerHeight >= document.scrollingElement.scrollHeight - 2")


CHAPTER = "book/06_codes.html"


def test_a_link_to_what_only_python_draws_says_so_and_a_move_ends_it(reader):
    with reader(mathematics=False) as visit:
        tab = visit.open(f"{CHAPTER}?n=77")
        notice = tab.locator("#read_back .explore-notice")
        text = notice.inner_text()
        assert "asks for neurons n: 77, which only Python can draw" in text
        assert "The picture shows neurons n: 32" in text
        assert notice.get_by_role("button", name="Run Python and show it").is_visible()
        explorer = next(one for one in on(CHAPTER) if one.name == "read_back")
        go(tab, explorer, (0, 0, 0), (1, 0, 0))
        check_shown(tab, explorer, (1, 0, 0))
        assert not notice.is_visible() and parse_qs(urlsplit(tab.url).query)["n"] == ["64"]


def html_page(route):
    route.fulfill(body="<!doctype html><title>Log in</title>", content_type="text/html")


NOT_A_SCRIPT = {
    "unreachable": lambda route: route.abort(),
    "not found": lambda route: route.fulfill(status=404, body="not found"),
    "a page to log in": html_page,
    "text": lambda route: route.fulfill(
        body="", content_type="text/plain", headers={"X-Content-Type-Options": "nosniff"}
    ),
}


@pytest.mark.parametrize("script", ["explore.js", "controls.js"])
@pytest.mark.parametrize("failure", NOT_A_SCRIPT)
def test_controls_whose_script_has_not_come_are_not_there_and_a_sentence_is(reader, script, failure):
    with reader(mathematics=False) as visit:
        visit.context.route(f"**/_static/{script}*", NOT_A_SCRIPT[failure])
        tab = visit.open(CHAPTER)
        sentence = tab.locator("#read_back .explore-missing")
        sentence.wait_for()
        tab.wait_for_function(
            "() => getComputedStyle(document.querySelector('.explore-missing')).visibility === 'visible'"
        )
        assert "cannot be moved" in sentence.inner_text()
        assert not tab.locator(".explore-controls >> visible=true").count()
        assert tab.locator("#read_back img").is_visible()


@pytest.mark.parametrize("script", ["live.js", "exercises.js"])
@pytest.mark.parametrize("failure", NOT_A_SCRIPT)
def test_a_page_without_the_script_for_python_says_so(reader, script, failure):
    with reader(mathematics=False) as visit:
        visit.context.route(f"**/_static/{script}*", NOT_A_SCRIPT[failure])
        tab = visit.open(CHAPTER)
        sentence = tab.locator(".explore-live").filter(has_text="runs Python has not arrived")
        sentence.wait_for()
        explorer = on(CHAPTER)[0]
        go(tab, explorer, first(explorer), last(explorer))
        check_shown(tab, explorer, last(explorer))


def test_without_javascript_a_sentence_stands_for_the_controls(reader):
    with reader(java_script_enabled=False) as visit:
        visit.page.goto(visit.site + CHAPTER)
        for explorer in on(CHAPTER):
            figure = visit.page.locator(f"#{explorer.name}")
            assert figure.locator(".explore-missing").is_visible()
            assert not figure.locator(".explore-controls").is_visible()
        assert visit.frames_asked_for()


def test_a_picture_on_its_way_is_announced_and_the_old_one_is_marked(reader):
    explorer = next(one for one in on(CHAPTER) if one.name == "read_back")
    with reader(mathematics=False) as visit:
        tab = visit.open(CHAPTER)
        figure = tab.locator("#read_back")
        late = figure.locator(".explore-late")
        waiting = []
        visit.context.route(
            f"**/{explorer.frame((1, 0, 0))['wide'][0]}", lambda route: waiting.append(route)
        )
        go(tab, explorer, (0, 0, 0), (1, 0, 0))
        assert figure.get_attribute("aria-busy") == "true"
        late.filter(has_text="Loading neurons n: 64").wait_for(timeout=1500)
        assert figure.evaluate("one => getComputedStyle(one.querySelector('img')).opacity") == "0.45"
        late.filter(has_text="2 s so far").wait_for()
        assert "Loading" in figure.locator(".explore-status").inner_text()
        waiting[0].continue_()
        check_shown(tab, explorer, (1, 0, 0))
        assert not late.is_visible() and figure.get_attribute("aria-busy") is None


def test_an_older_picture_that_comes_late_is_not_shown(reader):
    explorer = next(one for one in on(CHAPTER) if one.name == "read_back")
    with reader(mathematics=False) as visit:
        tab = visit.open(CHAPTER)
        waiting = []
        visit.context.route(
            f"**/{explorer.frame((1, 0, 0))['wide'][0]}", lambda route: waiting.append(route)
        )
        go(tab, explorer, (0, 0, 0), (2, 0, 0))
        check_shown(tab, explorer, (2, 0, 0))
        waiting[0].continue_()
        visit.wait_until_quiet()
        check_shown(tab, explorer, (2, 0, 0))


TRAINING = "book/17_what_training_finds.html"


def test_steps_play_to_their_end_and_stop_when_told_or_moved(reader):
    explorer = next(one for one in on(TRAINING) if one.name == "train_here")
    with reader(mathematics=False) as visit:
        tab = visit.open(TRAINING)
        box = tab.locator('#train_here [data-control="steps"]')
        box.get_by_role("button", name="Play").click()
        box.get_by_role("button", name="Stop").wait_for()
        box.get_by_role("button", name="Play").wait_for()
        ended = (0, len(explorer.controls["steps"]) - 1, 0, 0)
        check_shown(tab, explorer, ended)
        assert explorer.query(ended)["steps"] in parse_qs(urlsplit(tab.url).query)["steps"]
        # From its end it plays from the beginning. Told to stop, it stays.
        box.get_by_role("button", name="Play").click()
        tab.wait_for_function("() => new URLSearchParams(location.search).get('steps') === '50'")
        box.get_by_role("button", name="Stop").click()
        tab.wait_for_timeout(1000)
        check_shown(tab, explorer, (0, 1, 0, 0))
        # A reader who moves another control is not carried on.
        box.get_by_role("button", name="Play").click()
        box.get_by_role("button", name="Stop").wait_for()
        go(tab, explorer, first(explorer), (1, 0, 0, 0))
        box.get_by_role("button", name="Play").wait_for()
        tab.wait_for_timeout(1000)
        state = parse_qs(urlsplit(tab.url).query)
        assert state["loss"] == ["fourth"]
        place = explorer.controls["steps"].index(state["steps"][0])
        assert 0 < place < ended[1]
        check_shown(tab, explorer, (1, place, 0, 0))
        assert visit.troubles == []


# How high each figure's tallest frame is as shown, and how high the room for it.
ROOM = """([id, sizes]) => {
    const box = document.getElementById(id).querySelector(".explore-picture");
    const shown = sizes.map(([width, height]) => height * Math.min(1, box.clientWidth / width));
    return [Math.max(...shown), box.clientHeight];
}"""


@every_page
@pytest.mark.parametrize("width", [*contents.LAYOUTS, 640])
def test_the_page_does_not_jump_as_a_control_moves(reader, page, width):
    with reader(width, mathematics=False) as visit:
        tab = visit.open(page)
        for explorer in on(page):
            layout = "narrow" if width <= 600 else "wide"
            sizes = [frame[layout][1:] for frame in explorer.frames]
            tallest, room = tab.evaluate(ROOM, [explorer.name, sizes])
            assert abs(tallest - room) <= 2, explorer
        assert visit.troubles == []


@every_page
def test_on_a_phone_the_controls_stay_in_sight_of_their_picture(reader, page):
    with reader(375, mathematics=False) as visit:
        tab = visit.open(page)
        for explorer in on(page):
            figure = tab.locator(f'[id="{explorer.name}"]')
            picture = figure.locator("img")
            picture.evaluate("one => scrollBy(0, one.getBoundingClientRect().bottom - innerHeight)")
            bar, box = figure.locator(".explore-bar").bounding_box(), picture.bounding_box()
            assert bar["y"] >= 0 and bar["y"] + bar["height"] < box["y"] + box["height"] <= 801, explorer
            # Beside them the picture still has more than half of the screen.
            assert bar["height"] <= 300, explorer
        assert visit.troubles == []


@every_page
def test_by_keyboard_the_first_control_is_near(reader, page):
    with reader(mathematics=False) as visit:
        tab = visit.open(page)
        visible = [one for one in on(page) if any(len(values) > 1 for values in one.controls.values())]
        for _ in range(25):
            tab.keyboard.press("Tab")
            if tab.evaluate("document.activeElement.textContent.trim()") == "Skip to the first figure":
                tab.keyboard.press("Enter")
                continue
            inside = "document.activeElement.closest('[data-explore] .explore-controls')"
            if tab.evaluate(f"{inside} !== null"):
                break
        assert tab.evaluate(f"{inside}?.closest('[data-explore]').id") == visible[0].name


# Menus narrower than what they have to show, and labels of buttons that are cut.
CUT_TEXT = """() => {
    const paper = document.createElement("canvas").getContext("2d");
    const menus = [...document.querySelectorAll(".explore select")].filter((menu) => {
        const style = getComputedStyle(menu);
        paper.font = `${style.fontSize} ${style.fontFamily}`;
        const longest = Math.max(...[...menu.options].map((one) => paper.measureText(one.text).width));
        return longest + 40 > menu.clientWidth;
    });
    const buttons = [...document.querySelectorAll(".explore-buttons span")].filter(
        (one) => one.scrollWidth > one.clientWidth || one.getBoundingClientRect().right > innerWidth,
    );
    return [...menus, ...buttons].map((one) => one.closest("[data-control]").textContent);
}"""


@every_page
@pytest.mark.parametrize("width", contents.LAYOUTS)
def test_menus_and_buttons_show_all_of_their_text(reader, page, width):
    with reader(width, mathematics=False) as visit:
        assert visit.open(page).evaluate(CUT_TEXT) == []


@every_page
def test_few_values_are_buttons_with_a_name(reader, page):
    with reader(mathematics=False) as visit:
        tab = visit.open(page)
        for explorer in on(page):
            figure = tab.locator(f'[id="{explorer.name}"]')
            few = [name for name, values in explorer.controls.items() if 2 <= len(values) <= 3]
            groups = figure.get_by_role("radiogroup")
            assert groups.count() == len(few)
            for name, group in zip(few, groups.all(), strict=True):
                label = figure.locator(f'[data-control="{name}"] .explore-label').inner_text()
                assert figure.get_by_role("radiogroup", name=label, exact=True).count() == 1
                texts = [readable(value) for value in explorer.controls[name]]
                assert group.get_by_role("radio").count() == len(texts)
                assert group.inner_text().split("\n") == texts
        assert visit.troubles == []
