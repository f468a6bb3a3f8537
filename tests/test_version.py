"""One version, in the library; whatever else names it agrees."""

import io
import re
import zipfile
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import cartridge
import pytest
import reference
import runtime
import yaml

import superpos_lib

ROOT = Path(__file__).parent.parent
VERSION = superpos_lib.__version__


def test_the_list_of_changes_begins_with_it():
    headings = re.findall(
        r"^## (\S+)(?: \((.*)\))?$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE
    )
    assert headings[0][0] == VERSION
    assert headings[0][1] == str(citation()["date-released"])
    numbers = [tuple(map(int, name.split("."))) for name, _ in headings]
    assert numbers == sorted(numbers, reverse=True)


def citation():
    return yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))


def test_to_cite_it_is_to_cite_this_version():
    assert citation()["version"] == VERSION


def test_pages_say_it():
    config = SimpleNamespace(html_theme_options={})
    reference.date_pages(None, config)
    assert config.version == config.release == VERSION
    assert f"Version {VERSION}<" in config.html_theme_options["extra_footer"]


def test_how_the_book_is_tested_says_it():
    source = [(ROOT / "book" / "how_tested.md").read_text("utf-8").split("## What is run")[0]]
    assert VERSION not in source[0]
    reference.fill(SimpleNamespace(env=SimpleNamespace(found_docs=())), "book/how_tested", source)
    assert f"version {VERSION}." in source[0]


def test_the_cartridge_says_it():
    archive = zipfile.ZipFile(
        io.BytesIO(cartridge.cartridge("https://example.org/", [("I", "A", "book/01_a")], {}, str))
    )
    root = ElementTree.fromstring(archive.read("imsmanifest.xml"))
    said = root.findtext(f".//{{{cartridge.METADATA}}}description/{{{cartridge.METADATA}}}string")
    assert said == f"Version {VERSION}"


@pytest.fixture(scope="module")
def wheel():
    return zipfile.ZipFile(io.BytesIO(runtime.library()))


def test_the_wheel_that_packs_hold_says_it(wheel):
    (metadata,) = [name for name in wheel.namelist() if name.endswith(".dist-info/METADATA")]
    assert metadata == f"superpos_lib-{VERSION}.dist-info/METADATA"
    assert f"\nVersion: {VERSION}\n" in wheel.read(metadata).decode()
