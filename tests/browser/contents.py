"""What the built book holds, read from its files: pages, and the explorers on them."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import build
import notebooks
import pytest
from bs4 import BeautifulSoup

FRONT = build.SITE / "index.html"
LAYOUTS = {1280: "wide", 375: "narrow"}
# Where a slow test is always run on a few pages, these: the front page, the first chapter with exercises in
# code, the largest, and one without explorers.
FEW = ("book/index.html", "book/06_codes.html", "book/13_whole_network.html", "book/teaching.html")


@dataclass(frozen=True)
class Explorer:
    """One figure that can be moved: its controls, its frames, and the keys it has in the address."""

    page: str
    name: str
    controls: dict
    frames: list
    keys: dict

    def __str__(self):
        return f"{self.page}#{self.name}"

    def frame(self, indices):
        """The frame for one index a control; the last control turns fastest."""
        number = 0
        for values, index in zip(self.controls.values(), indices, strict=True):
            number = number * len(values) + index
        return self.frames[number]

    def query(self, indices):
        """The state as the page writes it."""
        pairs = zip(self.controls.items(), indices, strict=True)
        return {self.keys[name]: values[index] for (name, values), index in pairs}


@cache
def soup(page):
    return BeautifulSoup((build.SITE / page).read_text("utf-8"), "html.parser")


@cache
def ids(page):
    """What a link into the page can name."""
    return {tag["id"] for tag in soup(page).find_all(id=True)}


def pages():
    """Every page, as a path below the site's root; the root itself only sends readers on."""
    found = sorted(path.relative_to(build.SITE).as_posix() for path in build.SITE.rglob("*.html"))
    others = (FRONT.name, "_static/", f"{notebooks.FOLDER}/")
    return [page for page in found if not page.startswith(others)]


def few_first(all_pages):
    """Parameters of a slow test: on most pages it only repeats itself, and is left to `make test-all`."""
    thorough = pytest.mark.thorough
    return [page if page in FEW else pytest.param(page, marks=thorough) for page in all_pages]


def explorers():
    """Every explorer of every page; the first on its page with a control of a name owns the plain key."""
    found = []
    for page in pages():
        owned = set()
        for figure in soup(page).select("[data-explore]"):
            data = json.loads(figure.select_one("script.explore-frames").string)
            name = figure["id"]
            keys = {key: f"{name}.{key}" if key in owned else key for key in data["controls"]}
            owned |= set(data["controls"])
            found.append(Explorer(page, name, data["controls"], data["frames"], keys))
    return found


def exists(path: Path):
    return path.is_file() or (path / "index.html").is_file()
