"""Half an hour: what it says in numbers is what the library gives, and it can be read in that time."""

import json
import math
import re
from functools import cache
from itertools import combinations
from pathlib import Path

import home
import numpy as np
from some import some
from test_numbers_in_the_text import prose, says

from superpos_lib import double_light, matching, provable_width, random_two_and
from superpos_lib.bounds import neurons_needed, two_and_bits
from superpos_lib.codes import provable_size
from superpos_lib.explore import Explorer
from superpos_lib.measurements import records, typical
from superpos_lib.reading import listens

PATH = Path(__file__).parents[1] / "book" / "00_half_an_hour.ipynb"
LETTER = (
    "$m$ things are to be computed takes about $m \\log_2 m$ bits, and $n$ neurons have about $n^2$ weights"
)


def words(text):
    return len(text.split())


@cache
def names():
    """What the chapter's cells define."""
    cells = json.loads(PATH.read_text("utf-8"))["cells"]
    found = {}
    for cell in cells:
        source = "".join(cell["source"])
        if cell["cell_type"] == "code" and not home.finds_library(source):
            exec(source, found)
    return found


def test_it_can_be_read_in_half_an_hour_and_begins_with_its_sentence():
    cells = json.loads(PATH.read_text("utf-8"))["cells"]
    texts = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    before, key, _ = prose("00").partition(LETTER)
    assert key and words(before) < 300
    assert sum(map(words, texts)) <= 3500
    assert sum(isinstance(one, Explorer) for one in names().values()) == 5


def test_what_storing_takes():
    neurons = [provable_size(1, math.comb(m, 2), threshold=0.75 / 2)[0] for m in (10**6, 10**9)]
    assert neurons == [1139, 1716]
    says("00", "Storing a million features takes 1,139 neurons, and a billion 1,716.")


def test_what_the_letter_asks_for():
    bits = two_and_bits(10**6, 10**6)
    at_least = neurons_needed(bits, 32, 2)
    assert 64 * at_least * (at_least + 1) >= bits > 64 * (at_least - 1) * at_least
    says("00", f"measured 5,920; at least {at_least}.", f"the letter asks for {at_least}")
    factor = neurons_needed(bits, 4, 2) / at_least
    says("00", f"moves down by a factor of {factor:.1f}, the square root of 8")
    assert math.isclose(factor, 8**0.5, rel_tol=0.01)
    assert neurons_needed(two_and_bits(10**8, 10**8), 32, 2) > 10 * at_least


def test_strangers_meet_in_some_rows_and_partners_in_all():
    """Counted with sets: what the figure says that outputs read."""
    channels = {(0, 1): {0, 2, 7}, (1, 2): {4, 5, 6}, (3, 4): {1, 5, 7}}

    def reads(*active):
        hears = [[row in channel and {*pair} for pair, channel in channels.items()] for row in range(8)]
        heard = [len({*active} & set().union(*filter(None, row))) for row in hears]
        return [sum(heard[row] >= 2 for row in channel) / 3 for channel in channels.values()]

    expected = {(0, 1): [1, 0, 1 / 3], (0, 3): [1 / 3, 0, 1 / 3], (1, 4): [1 / 3, 1 / 3, 2 / 3]}
    explorer = names()["a_channel_for_each"]
    for active in some(explorer.controls["active"].values):
        pair = tuple(int(digit) for digit in re.findall(r"\d", active))
        assert np.allclose(reads(*pair), expected[pair])
        shown = ", ".join(f"{one:.2g}" for one in expected[pair])
        assert explorer.function(active).get_suptitle().endswith(f"the outputs read {shown}")


def test_a_thousand_ands_in_three_hundred_neurons():
    problem = random_two_and(1000, 1000, rng=np.random.default_rng(0))
    net = double_light(problem, 300, v=2, rng=np.random.default_rng(0))
    assert net.neurons == 300 and names()["report"].ok
    says("00", f"on all {1 + 1000 + math.comb(1000, 2):,} inputs with at most two active features")


def test_the_five_lines():
    stored = records("capacity")
    proved, certified, measured = (
        typical(stored, kind, 2) for kind in ("provable", "certified", "measured")
    )
    assert max(certified) == 100_000
    says(
        "00",
        f"proved {proved[10**6]:,.0f} ({provable_width((10**6, 10**6), 2).neurons:,} by the closed theorem",
        f"measured {measured[10**6]:,.0f}",
        f"in {certified[100_000]:,.0f} neurons",
        "networks are {:,.0f} and {:,.0f} neurons wide".format(
            *(typical(stored, "measured", v)[10**6] for v in (3, 4))
        ),
    )
    # What is asked of all inputs costs no less than what is asked of a sample, in each frame.
    frames = names()["how_tight"]
    for v in some(frames.controls["v"].values):
        drawn = {line.get_label(): dict(line.get_xydata()) for line in frames.function(v).axes[0].lines}
        assert all([*line] == sorted(line) for line in drawn.values())
        sampled, every = drawn["measured"], drawn["certified"]
        assert len(sampled) >= 7 and all(every[m] >= sampled[m] for m in every)
    assert not typical(stored, "certified", 4)
    says("00", "With four, no network with channels as short as these was certified.")
    ratios = [n / neurons_needed(two_and_bits(m, m), 32, 2) for m, n in measured.items() if m >= 10_000]
    assert all(7 < ratio < 9 for ratio in ratios)


def test_sixteen_ands_in_six_neurons():
    nets, wrong = names()["trained"](0, 1000)
    assert [net.network.neurons for net in nets[-1:]] == [6] and nets[-1].code_in.features == 32
    assert (wrong[4], wrong[8], set(wrong[12:])) == (15, 2, {0})
    says(
        "00",
        f"all {1 + 32 + math.comb(32, 2)} inputs",
        "15 of 529 inputs are wrong",
        "At 400 steps two are wrong",
    )
    # At 200 steps all but one of the pairs are missed, and nothing else is wrong.
    problem = matching(32)
    pairs = np.stack([np.isin(np.arange(32), pair) for pair in problem.pairs], axis=1)
    assert (nets[4].predict(pairs) == problem.truth(pairs)).all(axis=0).sum() == 1


def test_partners_share_neurons_twice_as_often_as_strangers_whatever_the_seed():
    """Counted pair by pair: neurons that listen to both."""
    factors = []
    for seed in range(10):
        nets, wrong = names()["trained"](seed, 1000)
        heard = listens(nets[-1])
        assert wrong[-1] == 0 and (heard.sum(axis=1) >= 10).all()
        shared = {
            pair: (heard[:, pair[0]] & heard[:, pair[1]]).sum() for pair in combinations(range(32), 2)
        }
        partners = {tuple(sorted(pair)) for pair in matching(32).pairs}
        together = np.mean([shared[pair] for pair in partners])
        factors.append(together / np.mean([n for pair, n in shared.items() if pair not in partners]))
    assert round(factors[0]) == 2
    says(
        "00",
        f"Ten seeds were tried, 0 to 9: each ends without an error, and with a factor "
        f"from {min(factors):.1f} to {max(factors):.1f}.",
    )


def test_the_front_page_says_it_in_three_lines_and_leads_here_first():
    front = prose("index").partition("What you have just seen")[2]
    assert re.findall(r"\{doc\}`(.*?)`", front)[0] == "00_half_an_hour"
    rows = re.findall(r"\*\*(\w+):\*\*[^|]*\|([^|]*)\|([^|]*)\|", front)
    told = {name: (million.strip(), billion.strip()) for name, million, billion in rows}
    sizes = (10**6, 10**9)
    stored = [provable_size(1, math.comb(m, 2), threshold=0.75 / 2)[0] for m in sizes]
    needed = [neurons_needed(two_and_bits(m, m), 32, 2) for m in sizes]
    reached = typical(records("capacity"), "measured", 2)
    assert max(reached) == 10**6
    assert told == {
        "stored": tuple(f"{n:,}" for n in stored),
        "needed": tuple(f"{n:,}" for n in needed),
        "reached": (f"{reached[10**6]:,.0f}", "not tried"),
    }
    more, times = stored[1] - stored[0], needed[1] / needed[0]
    says("index", f"storing takes {more} neurons more, and computing at least {times:.0f} times as many")


def test_a_plan_for_half_an_hour_fills_it():
    guide = (PATH.parent / "teaching.md").read_text("utf-8")
    spans = re.findall(
        r"^\| (\d+)–(\d+) \|", guide.partition("in half an hour")[2].partition("\n## ")[0], re.M
    )
    assert [first for first, _ in spans] == ["0", *(last for _, last in spans[:-1])]
    assert spans[-1][1] == "30" and len(spans) == 6
