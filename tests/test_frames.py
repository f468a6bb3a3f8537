"""Frames in the site: the drawings as matplotlib wrote them, in fewer bytes."""

import re
import xml.etree.ElementTree as ET

import sphinx_offline
from matplotlib.figure import Figure

from superpos_lib import choice, explore


def drawn():
    @explore(n=choice(3), alt="A picture.")
    def picture(n):
        figure = Figure(layout="constrained")
        figure.suptitle(f"$x^{n}$ -- a <title>")
        figure.subplots().plot([value / 7 for value in range(n)], marker="o", label="line")
        return figure

    return picture.frame({"n": 3}).svg


def test_a_frame_keeps_every_element_and_its_outlines_to_a_hundredth():
    before = drawn()
    after = sphinx_offline.slim(before)
    assert len(after) < 0.9 * len(before)
    assert sphinx_offline.slim(after) == after
    old, new = (
        [one for one in ET.fromstring(svg).iter() if not re.search("rdf|metadata|dc/|cc/|cc#|ns#", one.tag)]
        for svg in (before, after)
    )
    assert [one.tag for one in old] == [one.tag for one in new]
    for one, other in zip(old, new, strict=True):
        assert {**one.attrib, "d": ""} == {**other.attrib, "d": ""}
        numbers, others = (re.split(r"\s+", each.get("d", "").strip()) for each in (one, other))
        for number, rounded in zip(numbers, others, strict=True):
            assert number == rounded or abs(float(number) - float(rounded)) < 0.01
