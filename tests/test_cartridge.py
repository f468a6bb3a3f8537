"""The Common Cartridge, read back by what its specification says."""

import functools
import io
import zipfile
from xml.etree import ElementTree

import cartridge
import pytest
import slides
from quizzes import Answer, Question

CONTENTS = [
    ("I. First", "A & B", "book/01_a"),
    ("I. First", "C", "book/02_c"),
    ("II. Second", "D", "book/03_d"),
]
CP, WL = f"{{{cartridge.MANIFEST}}}", f"{{{cartridge.LINK}}}"
QTI = f"{{{cartridge.CHECK}}}"
ASKED = Question(
    1,
    "Is $n < m$? See {doc}`01_a`.",
    (
        Answer("No", ("Count.",), False),
        Answer("Yes", ("So it is.",), True),
        Answer("Both", ("Not both.",), False),
    ),
)
HTML = functools.partial(slides.rendered, table={"doc": {"01_a": "A & B"}, "ref": {}, "cite": {}})


@pytest.fixture
def archive():
    checks = {"book/01_a": [ASKED], "book/02_c": []}
    data = cartridge.cartridge("https://example.org/book/", CONTENTS, checks, HTML)
    return zipfile.ZipFile(io.BytesIO(data))


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
    assert [len(one.findall(f"{CP}item")) for one in folders] == [3, 1]


def test_every_item_has_its_resource_and_every_resource_its_file(archive, manifest):
    resources = {one.get("identifier"): one for one in manifest.iter(f"{CP}resource")}
    named = [item.get("identifierref") for item in manifest.iter(f"{CP}item") if item.get("identifierref")]
    assert sorted(named) == sorted(resources)
    for one in resources.values():
        (file,) = one
        kind = (
            "imsqti_xmlv1p2/imscc_xmlv1p1/assessment" if "checks/" in file.get("href") else "imswl_xmlv1p1"
        )
        assert one.get("type") == kind
        assert file.get("href") in archive.namelist()
    assert len(archive.namelist()) == len(resources) + 1
    identifiers = [one.get("identifier") for one in manifest.iter() if one.get("identifier")]
    assert len(set(identifiers)) == len(identifiers)


def test_links_lead_to_pages(archive):
    link = ElementTree.fromstring(archive.read("links/01_a.xml"))
    assert link.tag == f"{WL}webLink"
    assert link.findtext(f"{WL}title") == "A & B"
    assert link.find(f"{WL}url").get("href") == "https://example.org/book/book/01_a.html"


def test_nothing_is_said_that_the_format_has_no_place_for(manifest):
    lom = f"{{{cartridge.METADATA}}}"
    (described,) = manifest.find(f"{CP}metadata/{lom}lom")
    assert described.tag == f"{lom}general"
    assert [one.tag for one in described] == [f"{lom}title", f"{lom}description"]


def test_a_check_follows_its_chapter(manifest):
    titles = [one.text for one in manifest.iter(f"{CP}title")]
    assert titles == ["I. First", "A & B", "Check: A & B", "C", "II. Second", "D"]


def test_every_answer_is_marked_and_hears_why(archive):
    check = ElementTree.fromstring(archive.read("checks/01_a.xml"))
    (item,) = check.iter(f"{QTI}item")
    texts = item.findall(f"{QTI}presentation//{QTI}mattext")
    assert [one.text for one in texts] == [
        r'<p>Is <span class="math inline">\(n &lt; m\)</span>? See <em>A &amp; B</em>.</p>',
        *("<p>No</p>", "<p>Yes</p>", "<p>Both</p>"),
    ]
    labels = [one.get("ident") for one in item.iter(f"{QTI}response_label")]
    heard, worth = {}, {}
    for case in item.iter(f"{QTI}respcondition"):
        letter = case.findtext(f"{QTI}conditionvar/{QTI}varequal")
        # What goes on after it, Moodle would say to everybody.
        assert case.get("continue") == "No"
        worth[letter] = case.findtext(f"{QTI}setvar", "0")
        linked = case.find(f"{QTI}displayfeedback").get("linkrefid")
        (told,) = [one for one in item.iter(f"{QTI}itemfeedback") if one.get("ident") == linked]
        heard[letter] = told.findtext(f".//{QTI}mattext")
    assert labels == list(worth) == list("abc")
    assert worth == {"a": "0", "b": "100", "c": "0"}
    assert heard == {"a": "<p>Count.</p>", "b": "<p>So it is.</p>", "c": "<p>Not both.</p>"}


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
        cartridge.cartridge(site, CONTENTS, {}, str)
