"""A Common Cartridge of links: the book's pages as a course's contents, for learning management systems.

    make cartridge SITE=https://example.org/book

The file holds no text of the book, only a folder for each part and a link for each page: IMS Common
Cartridge 1.1, web links, a format that Moodle, Canvas and others read.
"""

import io
import sys
import zipfile
from urllib.parse import urlsplit
from xml.etree import ElementTree

import build
import yaml

from superpos_lib import __version__

TARGET = build.BUILD / "computing-in-superposition.imscc"
TITLE = "Computing in Superposition: an interactive textbook"
MANIFEST = "http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1"
METADATA = "http://ltsc.ieee.org/xsd/imsccv1p1/LOM/manifest"
LINK = "http://www.imsglobal.org/xsd/imsccv1p1/imswl_v1p1"
LINK_TYPE = "imswl_xmlv1p1"


def pages():
    """(part, name) of every page but the front page, in the order of the table of contents."""
    contents = yaml.safe_load((build.ROOT / "_toc.yml").read_text("utf-8"))
    return [(part["caption"], one["file"]) for part in contents["parts"] for one in part["chapters"]]


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


def manifest(entries):
    """`entries`: (part, title, identifier, file) of each link, parts one after the other."""
    root = ElementTree.Element(
        "manifest", {"xmlns": MANIFEST, "xmlns:lom": METADATA, "identifier": "superposition"}
    )
    metadata = ElementTree.SubElement(root, "metadata")
    ElementTree.SubElement(metadata, "schema").text = "IMS Common Cartridge"
    ElementTree.SubElement(metadata, "schemaversion").text = "1.1.0"
    general = ElementTree.SubElement(ElementTree.SubElement(metadata, "lom:lom"), "lom:general")
    named = ElementTree.SubElement(general, "lom:title")
    ElementTree.SubElement(named, "lom:string", language="en").text = TITLE
    cycle = ElementTree.SubElement(metadata.find("lom:lom"), "lom:lifeCycle")
    version = ElementTree.SubElement(cycle, "lom:version")
    ElementTree.SubElement(version, "lom:string", language="en").text = __version__
    organizations = ElementTree.SubElement(root, "organizations")
    tree = ElementTree.SubElement(
        organizations, "organization", identifier="contents", structure="rooted-hierarchy"
    )
    top = ElementTree.SubElement(tree, "item", identifier="top")
    resources = ElementTree.SubElement(root, "resources")
    folders = {}
    for part, name, identifier, file in entries:
        if part not in folders:
            folders[part] = ElementTree.SubElement(top, "item", identifier=f"part{len(folders)}")
            ElementTree.SubElement(folders[part], "title").text = part
        item = ElementTree.SubElement(
            folders[part], "item", identifier=f"item-{identifier}", identifierref=identifier
        )
        ElementTree.SubElement(item, "title").text = name
        resource = ElementTree.SubElement(resources, "resource", identifier=identifier, type=LINK_TYPE)
        ElementTree.SubElement(resource, "file", href=file)
    return document(root)


def cartridge(site, contents):
    """The whole file, from the site's address and (part, title, page) of each page."""
    address = urlsplit(site)
    if address.scheme not in ("http", "https") or not address.netloc:
        raise ValueError(f"SITE: expected the address of the book, https://..., got {site!r}")
    buffer, entries = io.BytesIO(), []
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as out:
        for part, name, page in contents:
            identifier = page.rsplit("/", 1)[-1]
            entries.append((part, name, f"link-{identifier}", f"links/{identifier}.xml"))
            out.writestr(entries[-1][-1], link(name, f"{site.rstrip('/')}/{page}.html"))
        out.writestr("imsmanifest.xml", manifest(entries))
    return buffer.getvalue()


def main(site):
    try:
        data = cartridge(site, [(part, title(name), name) for part, name in pages()])
    except ValueError as reason:
        return str(reason)
    TARGET.write_bytes(data)
    print(f"{TARGET.relative_to(build.ROOT)} links to {site}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else ""))
