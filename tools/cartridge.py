"""A Common Cartridge: the book's pages and checks as a course's contents, for learning management systems.

    make cartridge SITE=https://example.org/superposition

A folder for each part holds a link for each page, and after each chapter its check of five questions, which
the system marks and answers: IMS Common Cartridge 1.1, web links and assessments, a format that Moodle,
Canvas and others read. It is for students, so the page for teachers is not in it. A wrong address would be
a course of dead links; so every page is asked for first, or none with ASK=no, before the book is there.
"""

import functools
import io
import sys
import urllib.request
import zipfile
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit
from xml.etree import ElementTree

import build
import nbformat
import packs
import quizzes
import slides
import yaml

from superpos_lib import __version__

TARGET = build.BUILD / "computing-in-superposition.imscc"
TITLE = "Computing in Superposition: an interactive textbook"
MANIFEST = "http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1"
METADATA = "http://ltsc.ieee.org/xsd/imsccv1p1/LOM/manifest"
LINK = "http://www.imsglobal.org/xsd/imsccv1p1/imswl_v1p1"
LINK_TYPE = "imswl_xmlv1p1"
CHECK = "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"
CHECK_TYPE = "imsqti_xmlv1p2/imscc_xmlv1p1/assessment"
# What the system is told of every check, and of every question.
CHECK_IS = {
    "cc_profile": "cc.exam.v0p1",
    "qmd_assessmenttype": "Examination",
    "qmd_scoretype": "Percentage",
    "qmd_feedbackpermitted": "Yes",
    "cc_maxattempts": "unlimited",
}
QUESTION_IS = {"cc_profile": "cc.multiple_choice.v0p1"}
# It has the answers to what a class is asked.
FOR_TEACHERS = ("book/teaching",)
HERE = ("localhost", "127.0.0.1", "0.0.0.0", "::1")
SECONDS = 20


def pages():
    """(part, name) of students' pages but the front page, in the order of the table of contents."""
    contents = yaml.safe_load((build.ROOT / "_toc.yml").read_text("utf-8"))
    listed = [(part["caption"], one["file"]) for part in contents["parts"] for one in part["chapters"]]
    return [(part, name) for part, name in listed if name not in FOR_TEACHERS]


def address(site):
    """The site's address without a slash at its end.

    A ValueError says what it is if it cannot be one: nothing, no address, a page's, or one that only this
    machine understands.
    """
    wanted = "the address of the book, below which its pages are, as in https://example.org/superposition"
    try:
        parts = urlsplit(site)
        host = parts.hostname or ""
    except ValueError:
        parts = host = None
    if not host or parts.scheme not in ("http", "https") or set(site) & set(" \\<>\"'"):
        raise ValueError(f"SITE: expected {wanted}; got {site!r}")
    if host in HERE:
        raise ValueError(f"SITE: expected {wanted}; {site} is this machine, and students have others")
    if parts.query or parts.fragment or parts.path.endswith((".html", ".htm")):
        raise ValueError(f"SITE: expected {wanted}; {site} is one page of it")
    return site.rstrip("/")


def page_of(site, name):
    return f"{site}/{name}.html"


def silence(page):
    """Why a page does not answer, in a few words, or nothing."""
    asked = urllib.request.Request(page, headers={"User-Agent": "Mozilla/5.0 (make cartridge)"})
    try:
        with urllib.request.urlopen(asked, timeout=SECONDS) as answer:
            return "" if "html" in answer.headers.get_content_type() else "no page of HTML"
    except (OSError, ValueError) as error:  # urllib's own errors are OSErrors
        said = [getattr(error, "code", ""), getattr(error, "reason", error)]
        return " ".join(" ".join(map(str, said)).split()) or type(error).__name__


def unanswered(site, names):
    """A sentence if some page does not answer; with another address if there they do."""
    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(lambda name: silence(page_of(site, name)), names))
    silent = [(name, why) for name, why in zip(names, said, strict=True) if why]
    if not silent:
        return ""
    name, why = silent[0]
    sentence = f"SITE: {len(silent)} of {len(names)} pages do not answer, as {page_of(site, name)} ({why})."
    above = site
    while "/" in above.split("://", 1)[1]:
        above = above.rpartition("/")[0]
        if not silence(page_of(above, name)):
            return f"{sentence} They do with SITE={above}"
    return f"{sentence} Where the book is not published yet, ASK=no leaves the question out."


def title(name):
    """The heading of a built page."""
    from bs4 import BeautifulSoup

    heading = BeautifulSoup((build.SITE / f"{name}.html").read_text("utf-8"), "html.parser").h1
    for sign in heading.select(".headerlink"):
        sign.decompose()
    return heading.get_text().strip()


def document(root):
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)


def link(name, address):
    root = ElementTree.Element("webLink", xmlns=LINK)
    ElementTree.SubElement(root, "title").text = name
    ElementTree.SubElement(root, "url", href=address, target="_blank")
    return document(root)


def said(parent, facts):
    """Facts about a check or a question, a field for each."""
    fields = ElementTree.SubElement(parent, "qtimetadata")
    for label, entry in facts.items():
        field = ElementTree.SubElement(fields, "qtimetadatafield")
        ElementTree.SubElement(field, "fieldlabel").text = label
        ElementTree.SubElement(field, "fieldentry").text = entry


def shown(parent, text):
    """HTML that is shown to a student."""
    material = ElementTree.SubElement(parent, "material")
    ElementTree.SubElement(material, "mattext", texttype="text/html").text = text


def check(name, identifier, questions, html):
    """The check of one chapter. `html` makes HTML of MyST."""
    root = ElementTree.Element("questestinterop", xmlns=CHECK)
    assessment = ElementTree.SubElement(root, "assessment", ident=identifier, title=name)
    said(assessment, CHECK_IS)
    section = ElementTree.SubElement(assessment, "section", ident=f"{identifier}-questions")
    for question in questions:
        ask(section, f"{identifier}-{question.number}", question, html)
    return document(root)


def ask(section, identifier, question, html):
    """One question: what is shown, and what each answer is worth and hears."""
    item = ElementTree.SubElement(section, "item", ident=identifier, title=f"Question {question.number}")
    said(ElementTree.SubElement(item, "itemmetadata"), QUESTION_IS)
    presentation = ElementTree.SubElement(item, "presentation")
    shown(presentation, html(question.text))
    choice = ElementTree.SubElement(presentation, "response_lid", ident="answer", rcardinality="Single")
    labels = ElementTree.SubElement(choice, "render_choice")
    marking = ElementTree.SubElement(item, "resprocessing")
    score = {"varname": "SCORE", "vartype": "Decimal", "minvalue": "0", "maxvalue": "100"}
    ElementTree.SubElement(ElementTree.SubElement(marking, "outcomes"), "decvar", score)
    for letter, answer in question.lettered():
        shown(ElementTree.SubElement(labels, "response_label", ident=letter), html(answer.text))
        # One condition holds for each choice, so nothing goes on after it.
        case = ElementTree.SubElement(marking, "respcondition", {"continue": "No"})
        given = ElementTree.SubElement(case, "conditionvar")
        ElementTree.SubElement(given, "varequal", respident="answer").text = letter
        if answer.right:
            ElementTree.SubElement(case, "setvar", action="Set", varname="SCORE").text = "100"
        ElementTree.SubElement(case, "displayfeedback", feedbacktype="Response", linkrefid=f"of-{letter}")
        feedback = ElementTree.SubElement(item, "itemfeedback", ident=f"of-{letter}")
        shown(ElementTree.SubElement(feedback, "flow_mat"), html(answer.said))


def manifest(entries):
    """`entries`: (part, title, identifier, file, type) of each resource, parts one after the other."""
    root = ElementTree.Element(
        "manifest", {"xmlns": MANIFEST, "xmlns:lom": METADATA, "identifier": "superposition"}
    )
    metadata = ElementTree.SubElement(root, "metadata")
    ElementTree.SubElement(metadata, "schema").text = "IMS Common Cartridge"
    ElementTree.SubElement(metadata, "schemaversion").text = "1.1.0"
    general = ElementTree.SubElement(ElementTree.SubElement(metadata, "lom:lom"), "lom:general")
    # The format has no place for the version of a course.
    for kind, text in (("title", TITLE), ("description", f"Version {__version__}")):
        named = ElementTree.SubElement(general, f"lom:{kind}")
        ElementTree.SubElement(named, "lom:string", language="en").text = text
    organizations = ElementTree.SubElement(root, "organizations")
    tree = ElementTree.SubElement(
        organizations, "organization", identifier="contents", structure="rooted-hierarchy"
    )
    top = ElementTree.SubElement(tree, "item", identifier="top")
    resources = ElementTree.SubElement(root, "resources")
    folders = {}
    for part, name, identifier, file, kind in entries:
        if part not in folders:
            folders[part] = ElementTree.SubElement(top, "item", identifier=f"part{len(folders)}")
            ElementTree.SubElement(folders[part], "title").text = part
        item = ElementTree.SubElement(
            folders[part], "item", identifier=f"item-{identifier}", identifierref=identifier
        )
        ElementTree.SubElement(item, "title").text = name
        resource = ElementTree.SubElement(resources, "resource", identifier=identifier, type=kind)
        ElementTree.SubElement(resource, "file", href=file)
    return document(root)


def cartridge(site, contents, checks, html):
    """The whole file, from the site's address and (part, title, page) of each page.

    `checks` has the questions of the pages that end in a check, by their names; `html` makes HTML of MyST.
    """
    site = address(site)
    buffer, entries = io.BytesIO(), []
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as out:
        for part, name, page in contents:
            last = page.rsplit("/", 1)[-1]
            entries.append((part, name, f"link-{last}", f"links/{last}.xml", LINK_TYPE))
            out.writestr(entries[-1][3], link(name, page_of(site, page)))
            if questions := checks.get(page):
                title = f"Check: {name}"
                entries.append((part, title, f"check-{last}", f"checks/{last}.xml", CHECK_TYPE))
                out.writestr(entries[-1][3], check(title, f"check-{last}", questions, html))
        out.writestr("imsmanifest.xml", manifest(entries))
    return buffer.getvalue()


def main(site, ask="yes"):
    if ask not in ("yes", "no"):
        return f"ASK: expected yes or no, got {ask!r}"
    try:
        site = address(site)
    except ValueError as reason:
        return str(reason)
    if ask == "yes" and (sentence := unanswered(site, [name for _, name in pages()])):
        return sentence
    contents = [(part, title(name), name) for part, name in pages()]
    sources = {name: build.ROOT / f"{name}.ipynb" for _, _, name in contents}
    books = {name: nbformat.read(path, 4) for name, path in sources.items() if path.exists()}
    checks = {name: quizzes.questions(book) for name, book in books.items()}
    titles = {name.rsplit("/", 1)[-1]: heading for _, heading, name in contents}
    html = functools.partial(slides.rendered, table=packs.names(books.values(), titles))
    TARGET.write_bytes(cartridge(site, contents, checks, html))
    count = sum(map(bool, checks.values()))
    print(f"{TARGET} links to {site}, and has {count} checks of its own")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3] or [""]))
