"""Links that lead out of the book: which there are, and whether they answer.

    make links

It asks the network for each, a few at a time, and names those that do not answer, with the files that they
stand in.
"""

import re
import sys
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ("README.md", "CHANGELOG.md", "CITATION.cff", "book", "benchmarks/README.md", "superpos_lib")
TEXTS = {".md", ".ipynb", ".bib", ".cff", ".py"}
ADDRESS = re.compile(r"https?://[^\s<>\"'`{}|\\^\])]+")
# Places on the reader's own machine, and names that are set aside for examples (RFC 2606).
NOWHERE = re.compile(r"https?://(127\.0\.0\.1|localhost|([\w-]+\.)*example\.(org|com|net|edu))(?=[:/]|$)")
PATIENCE = 20  # seconds
ASK = {"User-Agent": "link check of a book (one request a link)", "Accept": "*/*"}


def texts(root):
    """The files that a reader meets, below a folder of the book's sources."""
    for name in SOURCES:
        path = root / name
        below = sorted(path.rglob("*")) if path.is_dir() else [path]
        yield from (file for file in below if file.suffix in TEXTS and file.is_file())


def outside(text):
    """The addresses in a text, without those that lead nowhere on purpose."""
    addresses = (address.rstrip(".,;:") for address in ADDRESS.findall(text))
    return {address for address in addresses if not NOWHERE.match(address)}


def found(root=ROOT):
    """address -> the files that link to it."""
    links = {}
    for path in texts(root):
        for address in outside(path.read_text("utf-8")):
            links.setdefault(address, []).append(path.relative_to(root).as_posix())
    return dict(sorted(links.items()))


def trouble(address, patience=PATIENCE):
    """What is wrong with a link, in a few words, or nothing. A link that fails is tried a second time."""
    said = ""
    for _ in range(2):
        try:
            with urllib.request.urlopen(urllib.request.Request(address, headers=ASK), timeout=patience):
                return ""
        except urllib.error.HTTPError as error:
            said = f"answers {error.code}"
        except TimeoutError:
            said = f"does not answer within {patience} seconds"
        except (OSError, HTTPException) as error:
            reason = getattr(error, "reason", error)
            late = isinstance(reason, TimeoutError)
            said = f"does not answer within {patience} seconds" if late else f"cannot be reached: {reason}"
    return said


def check(links, patience=PATIENCE):
    """A line for each link that does not answer."""
    with ThreadPoolExecutor(8) as pool:
        said = pool.map(lambda address: trouble(address, patience), links)
    together = zip(links.items(), said, strict=True)
    return [f"{address} {one} ({', '.join(files)})" for (address, files), one in together if one]


def main():
    links = found()
    troubles = check(links)
    print("\n".join(troubles) or f"All {len(links)} links answer.")
    return 1 if troubles else 0


if __name__ == "__main__":
    sys.exit(main())
