"""What a notebook's output says of an explorer on its page: controls, a frame for each of their values."""

import itertools
import json
import re
from dataclasses import dataclass

from bs4 import BeautifulSoup


@dataclass(frozen=True)
class Explorer:
    """Its name, its controls' values as texts and labels, and (alt text, file) for each wide frame.

    `size` is the first frame's, width and height.
    """

    name: str
    controls: dict
    labels: dict
    frames: list
    size: tuple

    def named(self):
        """(a name that says the values, alt text, the frame's file) for each frame."""
        for values, (alt, file) in zip(
            itertools.product(*self.controls.values()), self.frames, strict=True
        ):
            state = [f"{key}-{value}" for key, value in zip(self.controls, values, strict=True)]
            yield re.sub(r"[^\w.-]+", "-", "_".join([self.name, *state])) + ".svg", alt, file


def explorer(output):
    """The `Explorer` in an output of a notebook that ran for the page, or None."""
    content = output.get("data", {}).get("text/html", "")
    if "data-explore" not in content:
        return None
    figure = BeautifulSoup(content, "html.parser").select_one("[data-explore]")
    data = json.loads(figure.select_one("script.explore-frames").string)
    frames = [(frame["alt"], frame["wide"][0]) for frame in data["frames"]]
    name = figure["id"]
    said = {label["id"]: label.get_text() for label in figure.select(".explore-label")}
    labels = {key: said.get(f"{name}-{key}-label", key) for key in data["controls"]}
    return Explorer(name, data["controls"], labels, frames, tuple(data["frames"][0]["wide"][1:]))
