"""Numbers in the prose of chapters 07 to 15, each with where it comes from.

A number is covered if a cell of its chapter prints it or has it, if a figure's description says it, or if
a test of the chapter has it: rounded as the prose rounds it. What is left is worked out in `DERIVED`, or
listed in `SEEN`: read off a picture, or measured outside the book. Statements, proofs and exercises are not
looked at; they have tests of their own. Small whole numbers are not, either: they are everywhere.
"""

import html
import json
import math
import re

import build
import contents
import numpy as np
import pytest

from superpos_lib import neurons_needed, power_law, two_and_bits
from superpos_lib.measurements import records
from superpos_lib.two_and.assembly import clip_for

TESTS = build.ROOT / "tests"
CHAPTERS = sorted(one for one in (build.ROOT / "book").glob("*.ipynb") if "07" <= one.stem[:2] <= "15")
NUMERAL = re.compile(r"(?<![\w.,\\^_{])(?<!\{-)(?:\d{1,3}(?:(?:,|\{,\})\d{3})+|\d+)(?:\.\d+)?(?:\s?%)?")
LITERAL = re.compile(r"\d[\d,_]*(?:\.\d+)?(?:e-?\d+)?")
BLOCK = re.compile(r"^(:{3,})\{(?:prf|exercise|solution)[^\n]*\n.*?^\1$", re.MULTILINE | re.DOTALL)
DISPLAYED = re.compile(r"\$\$.*?\$\$", re.DOTALL)

LOUD = clip_for(3, quiet=False)
FLOOR = neurons_needed(two_and_bits(10**6, 10**6), 32, 2)  # of a million outputs


def used(inputs, outputs, exponent):
    """How many inputs of a power law are in a pair."""
    problem = power_law(inputs, outputs, exponent=exponent, rng=np.random.default_rng(0))
    return np.count_nonzero(problem.influence)


def certified(kind):
    """How many networks of the stored trial against exact arithmetic were."""
    found = (one for one in records("soundness") if one["task"]["kind"] == kind)
    return sum(one["result"]["counts"]["all"].get("certified", 0) for one in found)


DERIVED = {
    "07": [
        *(8 * 40, (4000 / 2500) ** 0.5, 42 * 6.9e6**0.5 * math.log(400 * 2.3e6) / 1e6),
        *(0.4 * n / 96_000**0.5 for n in (1000, 1500, 2500)),
        *(math.erfc(0.4 * n / 192_000**0.5) / 2 for n in (1000, 1500, 2500)),
    ],
    "08": [
        *(48**0.75, 3000**0.75, 4**4 + 1, 96 / 885.4, 1000 // 8, 12_000 / 885.4),
        *((20 / 885.4) ** 0.5, 125 * (20 / 885.4) ** 0.5),  # rows: 28 sqrt(1000)
        *(1000 + 1, 10 * 1001 - 45, 10 / 0.99, 1001 - 9, math.comb(19, 2), 40_000**0.25, 2**10 - 1),
        *(10_000 / 1000**2, 4 * 10_000),
    ],
    "09": [20 * 8 / 600, LOUD.off, LOUD.on, LOUD.read_out, LOUD.off - 1, 0.94 * 3 / 2**1.5 - 0.005],
    "10": [
        *(2016**0.25, 8000**0.25, math.comb(128, 2), math.comb(64, 2) - 3, math.ceil(8128 / 40), 500 - 183),
        *(36 / 64, (20 / 200) ** 0.5, 1 - (1 - 0.1**0.5) ** 2, 1 - (28 / 64) ** 2, 0.75 - 0.18, 1.75 - 1),
        *((20 / 400) ** 0.5, (1 + (1 + 8 * 193_753) ** 0.5) / 2, 63 * 6),
    ],
    "11": [
        *(2000**0.25, 2000**0.75, math.comb(37, 6), 1 - 0.93, 2 * 0.94, 1.75, 1.75 - 1, 1.6 / 2),
        *(600 * owned / 2000 for owned in (400, 1200)),
        1 - 0.01,
    ],
    "12": [
        *(1800 + 3, 1800**0.75, 1200 * 0.2, 31 * 6, (31 * 6 * 43) ** 2 / 1e7, 1.75, 1.25, 1 - 0.6),
        *(LOUD.off, LOUD.on, 3 * 1000),
    ],
    "13": [
        *(
            3 * 12.5,
            0.65 + 0.3,
            1 + 0.5,
            1200**0.25,
            850 / 2 / 96,
            3**0.5,
            12_000**0.5 / 24,
            1200**0.5 / 18,
            math.ceil(10 * 1200**0.5),
        ),
        *(1000 - used(1000, 1200, 1.3), used(1000, 1200, 1.3), used(3500, 4000, 1.2), used(400, 500, 1.2)),
    ],
    "14": [
        *(sum(math.comb(1000, k) for k in range(5)) / 1e10, math.comb(1000, 2), 1000 - 1, 0.15 / 2),
        *(
            sum(math.comb(m, k) for k in range(3))
            for m in (500, 1400, 2000, 4000, 8000, 16_000, 32_000, 100_000)
        ),
        *(sum(math.comb(2000, k) for k in range(4)), 4000 - 1, 2 * 2000, 8000, 16_000, 32_000),
        *(500_501 * math.log(20) / 1e6, 1.75, certified("ordinary"), certified("extreme")),
        sum(one["task"]["networks"] for one in records("soundness")),
    ],
    "15": [
        *(FLOOR, 1000 - 1, math.comb(100, 2), 4950 - 1, 4950 - 99, math.log2(4851), 1.75 - 0.5),
        *(64 * 3 * 4, 64 * 4 * 5, 2000 - 2, 18 * (64 * math.log2(1e6)) ** 0.5, 130_416 / FLOOR),
        *(
            1e6 / 7332,
            sum(math.comb(10_000, k) for k in range(3)),
            34 / 7.7,
            LOUD.off,
            LOUD.on,
            1.75,
            0.93,
            1 - 0.03,
        ),
    ],
}
# Read off a picture, or measured outside the book and stored nowhere; "some" and "about" of a round number.
SEEN = {
    "07": [],
    "08": ["33,438"],
    "09": ["0.85"],
    "10": ["1,066", "0.008"],
    "11": ["168", "21.4 %", "0.83", "1.07", "0.56"],
    "12": ["7.5 %"],
    "13": ["302", "330", "52,000"],
    "14": [
        *(
            "3,600",
            "0.14",
            "0.32",
            "0.79",
            "6.8",
            "0.36",
            "0.04",
            "1.4",
            "3.65",
            "125",
            "3.3",
            "3,494",
            "123",
            "3494",
        ),
        *("400,000", "50,000"),
    ],
    "15": [
        *("0.009", "0.004", "643", "800", "1,100", "95,000", "3.3", "2.2", "1.8", "1,490", "2,070", "911"),
        *("20,000", "12.28"),
    ],
}


def numbers(text):
    """All numbers of a text, as floats."""
    found = (one[0].replace(",", "").replace("_", "") for one in LITERAL.finditer(text))
    return {float(one) for one in found if one.count(".") < 2}


def known(chapter):
    """What cells have and print, what figures are described by, and what the chapter's tests have."""
    cells = json.loads(chapter.read_text("utf-8"))["cells"]
    texts = [line for cell in cells if cell["cell_type"] == "code" for line in cell["source"]]
    outputs = contents.soup(f"book/{chapter.stem}.html").select(".cell_output")
    texts += [html.unescape(str(output)) for output in outputs]
    theory = "permutation_theory" if chapter.stem[:2] == "07" else f"chapter_{chapter.stem[:2]}"
    texts.append((TESTS / f"test_{theory}.py").read_text("utf-8"))
    return set().union(*map(numbers, texts))


def in_prose(text):
    """(numeral, what stands around it) of a cell's prose that says something by itself."""
    text = DISPLAYED.sub("", BLOCK.sub("", text))
    for one in NUMERAL.finditer(text):
        figure = re.sub(r"[^\d.]", "", one[0])
        exact = (
            "." in figure or one[0].endswith("%") or (len(figure) > 2 and not re.fullmatch("10+", figure))
        )
        if exact:
            yield one[0].replace("{,}", ","), text[max(0, one.start() - 40) : one.end() + 20]


def rounds_to(numeral, number):
    """Whether a number, or what it is in per cent, is rounded to this numeral."""
    figure = re.sub(r"[^\d.]", "", numeral)
    places = len(figure.partition(".")[2])
    scales = (1, 100) if numeral.endswith("%") else (1,)
    return any(round(number * scale, places) == float(figure) for scale in scales)


def uncovered(texts, found, chapter):
    """(numeral, what stands around it) of which it is not known where it comes from."""
    sources = [*found, *DERIVED[chapter]]
    return [
        (numeral, around)
        for text in texts
        for numeral, around in in_prose(text)
        if numeral not in SEEN[chapter] and not any(rounds_to(numeral, number) for number in sources)
    ]


def prose(chapter):
    cells = json.loads(chapter.read_text("utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_every_number_comes_from_somewhere(chapter):
    assert len(CHAPTERS) == 9
    assert uncovered(prose(chapter), known(chapter), chapter.stem[:2]) == []


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_nothing_is_listed_that_the_prose_does_not_say(chapter):
    said = [numeral for text in prose(chapter) for numeral, _ in in_prose(text)]
    assert set(SEEN[chapter.stem[:2]]) <= set(said)
    idle = [
        one for one in DERIVED[chapter.stem[:2]] if not any(rounds_to(numeral, one) for numeral in said)
    ]
    assert idle == []


def test_a_number_that_is_altered_is_seen():
    texts = ["With 500 neurons 18.9 % of the 1,234 inputs fail, and $2{,}081$ were tried.", "$$ 777.7 $$"]
    found = {500.0, 0.189, 1234.0, 2081.0}
    assert uncovered(texts, found, "07") == []
    for gone, numeral in ((0.189, "18.9 %"), (1234.0, "1,234"), (2081.0, "2,081")):
        assert [one for one, _ in uncovered(texts, found - {gone}, "07")] == [numeral]
