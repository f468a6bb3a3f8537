"""`make test` says where the time went, and ends as its last part did."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import timed

MAKEFILE = """
good:
\t@echo good ran
bad:
\t@false
left right:
\t@echo $@ ran with JOBS=$(JOBS)
"""
TOOL = Path(timed.__file__)


def run(folder, *parts):
    (folder / "Makefile").write_text(MAKEFILE)
    # What the make that calls has in its environment is not to be handed down.
    outer = {**os.environ, "MAKEFLAGS": "n", "MAKELEVEL": "1"}
    call = [sys.executable, TOOL, *parts]
    return subprocess.run(call, cwd=folder, env=outer, text=True, capture_output=True, check=False)


def test_every_part_runs_and_has_its_time(tmp_path):
    ended = run(tmp_path, "good", "left+right")
    assert ended.returncode == 0
    assert "good ran" in ended.stdout
    assert "left ran with JOBS=1" in ended.stdout and "right ran with JOBS=1" in ended.stdout
    named = [line.split("  ")[0] for line in ended.stdout.split("Where the time went\n")[1].splitlines()]
    assert named == ["good", "left+right", "in all"]


@pytest.mark.parametrize("part", ["bad", "bad+good"])
def test_the_first_that_fails_ends_it(tmp_path, part):
    ended = run(tmp_path, part, "left")
    assert ended.returncode != 0
    assert "left ran" not in ended.stdout
    assert part in ended.stdout.split("Where the time went\n")[1]


def test_times_are_minutes_and_seconds_and_add_up():
    lines = timed.table({"lint": 5.2, "unit": 119.9}).splitlines()
    assert [line.split() for line in lines] == [
        ["lint", "0", "min", "05", "s"],
        ["unit", "1", "min", "59", "s"],
        ["in", "all", "2", "min", "05", "s"],
    ]
