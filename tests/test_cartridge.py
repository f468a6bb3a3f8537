"""The Common Cartridge, read back by what its specification says."""

import functools
import http.server
import io
import re
import threading
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
    assert {"book/01_superposition", "book/notation"} <= set(names)
    # The course is for students, and this page has the answers.
    assert "book/teaching" not in names and (cartridge.build.ROOT / "book" / "teaching.md").exists()


def test_a_page_is_called_as_its_heading_is(tmp_path, monkeypatch):
    page = '<h1>Codes<a class="headerlink" href="#codes">#</a></h1>'
    (tmp_path / "06_codes.html").write_text(page, "utf-8")
    monkeypatch.setattr(cartridge.build, "SITE", tmp_path)
    assert cartridge.title("06_codes") == "Codes"


@pytest.mark.parametrize(
    ("site", "said"),
    [
        ("", "got ''"),
        ("example.org", "got 'example.org'"),
        ("ftp://example.org", "got 'ftp://example.org'"),
        ("https://", "got 'https://'"),
        ("https://[", "got 'https://\\['"),
        ("https://example.org/a b", "got 'https://example.org/a b'"),
        ("http://localhost:8000", "is this machine"),
        ("http://127.0.0.1:8000/", "is this machine"),
        ("https://example.org/book/index.html", "is one page of it"),
        ("https://example.org/?n=3", "is one page of it"),
        ("https://example.org/#codes", "is one page of it"),
    ],
)
def test_an_address_that_cannot_be_one_is_named(site, said):
    with pytest.raises(ValueError, match=f"SITE: expected the address of the book.*{said}"):
        cartridge.cartridge(site, CONTENTS, {}, str)
    assert re.search(said, cartridge.main(site, "no"))


@pytest.fixture
def site(tmp_path):
    """A folder that is served, a book of two pages in it below a path, and the address of both."""
    (tmp_path / "here" / "book").mkdir(parents=True)
    for name in ("01_a", "02_b"):
        (tmp_path / "here" / "book" / f"{name}.html").write_text("<h1>One</h1>")
    handler = functools.partial(Silent, directory=str(tmp_path))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield tmp_path, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


class Silent(http.server.SimpleHTTPRequestHandler):
    """Serves a folder, and writes nothing about it."""

    def log_message(self, *about):
        pass


NAMES = ["book/01_a", "book/02_b"]


def test_an_address_whose_pages_answer_is_good(site):
    assert cartridge.unanswered(f"{site[1]}/here", NAMES) == ""


def test_the_address_that_a_reader_sees_is_refused_and_the_right_one_named(site):
    said = cartridge.unanswered(f"{site[1]}/here/book", NAMES)
    assert said.startswith(f"SITE: 2 of 2 pages do not answer, as {site[1]}/here/book/book/01_a.html (")
    assert "404" in said and said.endswith(f"They do with SITE={site[1]}/here")


def test_another_place_is_refused_and_how_to_go_on_is_said(site):
    folder, address = site
    said = cartridge.unanswered(f"{address}/there", NAMES)
    assert "2 of 2 pages" in said and said.endswith("ASK=no leaves the question out.")
    (folder / "here" / "book" / "02_b.html").unlink()
    assert "1 of 2 pages do not answer, as " in cartridge.unanswered(f"{address}/here", NAMES)
    (folder / "here" / "notes.txt").write_text("no page")
    assert cartridge.silence(f"{address}/here/notes.txt") == "no page of HTML"
    assert "refused" in cartridge.unanswered("http://127.0.0.1:9", NAMES)


def test_nothing_is_written_unless_pages_answer_or_nobody_is_asked(monkeypatch, tmp_path, capsys):
    target = tmp_path / "book.imscc"
    monkeypatch.setattr(cartridge, "TARGET", target)
    monkeypatch.setattr(cartridge, "title", str.upper)
    monkeypatch.setattr(cartridge, "silence", lambda page: "Not Found")
    assert "pages do not answer" in cartridge.main("https://example.org")
    assert cartridge.main("https://example.org", "perhaps").startswith("ASK: expected yes or no")
    assert not target.exists() and capsys.readouterr().out == ""
    assert cartridge.main("https://example.org/", "no") == 0
    assert " links to https://example.org, " in capsys.readouterr().out and target.exists()
