"""Links that lead out: well-formed, known, and asked for by a check that does not hang."""

import re
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import links
import pytest

ROOT = Path(__file__).parent.parent
ARXIV = re.compile(r"arXiv:(\d{4}\.\d{5})")
# What the book may link to besides the papers in its bibliography.
KNOWN = {"https://pyodide.org", "https://oeis.org/A000609", "https://distill.pub/2020/circuits/zoom-in"}


def known():
    papers = ARXIV.findall((ROOT / "book" / "references.bib").read_text("utf-8"))
    return KNOWN | {f"https://arxiv.org/abs/{number}" for number in papers}


def test_every_link_that_leads_out_is_known_and_every_known_one_is_used():
    assert set(links.found()) == known()


@pytest.mark.parametrize("address", sorted(known()))
def test_known_links_are_well_formed(address):
    parts = urlsplit(address)
    assert parts.scheme == "https" and "." in parts.hostname
    assert not (parts.query or parts.fragment or parts.port or parts.username)


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("See [it](https://a.b/c), or https://a.b/d.", {"https://a.b/c", "https://a.b/d"}),
        ("url = {https://a.b/c}", {"https://a.b/c"}),
        ('"http://a.b/c\\n"', {"http://a.b/c"}),
        ("http://127.0.0.1:8000/ https://example.org https://hub.example.edu/x", set()),
        ("https://example.org.a.b/", {"https://example.org.a.b/"}),
    ],
)
def test_links_are_found_in_text(text, addresses):
    assert links.outside(text) == addresses


def test_links_are_found_in_files_with_their_places(tmp_path):
    (tmp_path / "book").mkdir()
    (tmp_path / "README.md").write_text("https://a.b/c")
    (tmp_path / "book" / "x.ipynb").write_text("https://a.b/c https://a.b/d")
    (tmp_path / "book" / "x.svg").write_text("https://a.b/e")
    expected = {"https://a.b/c": ["README.md", "book/x.ipynb"], "https://a.b/d": ["book/x.ipynb"]}
    assert links.found(tmp_path) == expected


class Answers(BaseHTTPRequestHandler):
    """/good, /moved (to good), /slow, /flaky (bad once); all else is missing."""

    flaky = 0

    def do_GET(self):
        if self.path == "/slow":
            time.sleep(2)
        if self.path == "/flaky":
            Answers.flaky += 1
        good = self.path in ("/good", "/slow") or (self.path == "/flaky" and Answers.flaky > 1)
        self.send_response(302 if self.path == "/moved" else 200 if good else 404)
        if self.path == "/moved":
            self.send_header("Location", "/good")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def host():
    web = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    web.daemon_threads = True
    threading.Thread(target=web.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{web.server_address[1]}"
    web.shutdown()
    web.server_close()


def test_what_answers_is_no_trouble(host):
    assert [links.trouble(f"{host}/{name}") for name in ("good", "moved", "flaky")] == ["", "", ""]


def test_what_is_missing_says_so(host):
    assert links.trouble(f"{host}/missing") == "answers 404"


def test_what_is_slow_is_not_waited_for(host):
    start = time.monotonic()
    assert links.trouble(f"{host}/slow", 0.2) == "does not answer within 0.2 seconds"
    assert time.monotonic() - start < 1.5


def test_what_is_not_there_says_why():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # nobody listens
        port = taken.getsockname()[1]
        assert links.trouble(f"http://127.0.0.1:{port}/").startswith("cannot be reached: ")


def test_a_check_names_each_trouble_and_its_files(host):
    wanted = {f"{host}/good": ["a.md"], f"{host}/none": ["a.md", "b.md"]}
    assert links.check(wanted, 5) == [f"{host}/none answers 404 (a.md, b.md)"]


def test_the_command_fails_where_a_link_does(host, monkeypatch, capsys):
    monkeypatch.setattr(links, "found", lambda: {f"{host}/good": ["a.md"]})
    assert links.main() == 0
    assert capsys.readouterr().out == "All 1 links answer.\n"
    monkeypatch.setattr(links, "found", lambda: {f"{host}/none": ["a.md"]})
    assert links.main() == 1
    assert "answers 404 (a.md)" in capsys.readouterr().out
