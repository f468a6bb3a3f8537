"""The Common Cartridge, read back by what its specification says."""

import io
import zipfile
from xml.etree import ElementTree

import cartridge
import pytest

CONTENTS = [
    ("I. First", "A & B", "book/01_a"),
    ("I. First", "C", "book/02_c"),
    ("II. Second", "D", "book/03_d"),
]
CP, WL = f"{{{cartridge.MANIFEST}}}", f"{{{cartridge.LINK}}}"


@pytest.fixture
def archive():
    return zipfile.ZipFile(io.BytesIO(cartridge.cartridge("https://example.org/book/", CONTENTS)))


@pytest.fixture
def manifest(archive):
    return ElementTree.fromstring(archive.read("imsmanifest.xml"))


def test_the_manifest_says_what_it_is(manifest):
    assert manifest.tag == f"{CP}manifest"
    assert [child.tag.removeprefix(CP) for child in manifest] == ["metadata", "organizations", "resources"]
    assert manifest.findtext(f"{CP}metadata/{CP}schema") == "IMS Common Cartridge"
    assert manifest.findtext(f"{CP}metadata/{CP}schemaversion") == "1.1.0"


def test_one_tree_with_a_folder_a_part(manifest):
    (tree,) = manifest.findall(f"{CP}organizations/{CP}organization")
    assert tree.get("structure") == "rooted-hierarchy"
    (top,) = tree.findall(f"{CP}item")
    folders = top.findall(f"{CP}item")
    assert [one.findtext(f"{CP}title") for one in folders] == ["I. First", "II. Second"]
    assert [len(one.findall(f"{CP}item")) for one in folders] == [2, 1]


def test_every_item_has_its_resource_and_every_resource_its_file(archive, manifest):
    resources = {one.get("identifier"): one for one in manifest.iter(f"{CP}resource")}
    named = [item.get("identifierref") for item in manifest.iter(f"{CP}item") if item.get("identifierref")]
    assert sorted(named) == sorted(resources)
    for one in resources.values():
        assert one.get("type") == "imswl_xmlv1p1"
        assert one.find(f"{CP}file").get("href") in archive.namelist()
    identifiers = [one.get("identifier") for one in manifest.iter() if one.get("identifier")]
    assert len(set(identifiers)) == len(identifiers)


def test_links_lead_to_pages(archive):
    link = ElementTree.fromstring(archive.read("links/01_a.xml"))
    assert link.tag == f"{WL}webLink"
    assert link.findtext(f"{WL}title") == "A & B"
    assert link.find(f"{WL}url").get("href") == "https://example.org/book/book/01_a.html"


def test_every_page_of_the_contents_is_in_it():
    names = [name for _, name in cartridge.pages()]
    assert {"book/01_superposition", "book/teaching"} <= set(names)


def test_a_page_is_called_as_its_heading_is(tmp_path, monkeypatch):
    page = '<h1>Codes<a class="headerlink" href="#codes">#</a></h1>'
    (tmp_path / "06_codes.html").write_text(page, "utf-8")
    monkeypatch.setattr(cartridge.build, "SITE", tmp_path)
    assert cartridge.title("06_codes") == "Codes"


@pytest.mark.parametrize("site", ["", "example.org", "ftp://example.org"])
def test_an_address_that_is_none_is_named(site):
    with pytest.raises(ValueError, match="SITE: expected the address of the book"):
        cartridge.cartridge(site, CONTENTS)
