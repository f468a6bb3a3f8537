"""The teaching guide's plans add up."""

import re
from pathlib import Path

import pytest

GUIDE = (Path(__file__).parent.parent / "book" / "teaching.md").read_text("utf-8")
PLANS = re.findall(r"^\| minutes \|.*\n\|[-|]+\|\n((?:\|.*\n)+)", GUIDE, re.MULTILINE)


def test_there_is_a_lecture_and_a_plan_for_each_meeting_of_the_module():
    (module,) = re.findall(r"^\| meeting \|.*\n\|[-|]+\|\n((?:\|.*\n)+)", GUIDE, re.MULTILINE)
    assert len(PLANS) == 1 + len(module.splitlines())


@pytest.mark.parametrize("plan", PLANS, ids=range(len(PLANS)))
def test_the_minutes_of_a_plan_follow_each_other_and_fill_it(plan):
    spans = [tuple(map(int, span)) for span in re.findall(r"^\| (\d+)–(\d+) \|", plan, re.MULTILINE)]
    assert len(spans) == len(plan.splitlines())
    assert [first for first, _ in spans] == [0, *(last for _, last in spans[:-1])]
    assert all(first < last for first, last in spans)
    assert spans[-1][1] == 90
