"""One style sheet without what no page uses, no script that a page waits for, and room for formulas."""

from types import SimpleNamespace

import formulas
import lean
import pytest
from sphinx.errors import ExtensionError

PAGE = """<html data-content_root="../" data-theme="auto"><head>
<script>document.documentElement.dataset.theme = localStorage.getItem("theme") || "auto";</script>
<link rel="stylesheet" type="text/css" href="../_static/a.css?v=1" />
<link href="../_static/styles/b.css" rel="stylesheet" />
<link rel="icon" href="../_static/icon.svg"/>
<script src="../_static/documentation_options.js?v=1"></script>
<script data-x="1" src="../_static/other.js"></script>
<script defer="defer" src="../_static/late.js"></script>
<script src="../searchindex.js"></script>
</head><body class="used"><p>a
<span class="math notranslate nohighlight">\\(x &lt; y\\)</span></p></body></html>
"""


def cut(sheet, words):
    return lean.written(lean.parse(sheet), lean.vocabulary(set(words.split())))


@pytest.mark.parametrize(
    ("sheet", "words", "left"),
    [
        (".a{x:1}.b{x:2}", "a", ".a{x:1;}"),
        (".a, p > .b, #c{x:1}", "b", "p > .b{x:1;}"),
        (".a.b{x:1}", "a", ""),
        (".a:not(.b){x:1}", "a", ".a:not(.b){x:1;}"),
        (".a:is(.b, .c){x:1}", "a c", ".a:is(.b, .c){x:1;}"),
        ("p{x:1}", "", "p{x:1;}"),
        (".tip-top{x:1}", "a tip-x-", ""),
        (".a-tip-top{x:1}", "a-tip-", ".a-tip-top{x:1;}"),
        ("@media print{.a{x:1}.b{x:2}}", "b", "@media print{.b{x:2;}}"),
        ("@media print{.a{x:1}}", "b", ""),
        ("@font-face{src:url(a.woff)}", "", "@font-face{src:url(a.woff);}"),
        ("@keyframes turn{from{x:1}to{x:2}}", "", "@keyframes turn{from{x:1;}to{x:2;}}"),
        ('.a{x:"}";y:url("data:;{")}', "a", '.a{x:"}";y:url("data:;{");}'),
        ('@charset "UTF-8";.a{x:1}', "a", ".a{x:1;}"),
    ],
)
def test_rules_stay_if_they_can_choose_something(sheet, words, left):
    assert cut(sheet, words) == left


def test_a_sheet_that_is_cut_short_is_an_error():
    with pytest.raises(ValueError, match="expected as many closing braces"):
        lean.parse(".a{x:1")


def test_imports_and_addresses_are_seen_from_the_one_sheet(tmp_path):
    (tmp_path / "styles").mkdir()
    (tmp_path / "styles" / "b.css").write_text('/* x */ @import "../a.css"; .b{x:url(b.png);y:url(data:z)}')
    (tmp_path / "a.css").write_text('.a{x:url("fonts/a.woff")}')
    assert lean.flat(tmp_path / "styles" / "b.css", tmp_path).split() == [
        '.a{x:url("fonts/a.woff")}',
        '.b{x:url("styles/b.png");y:url(data:z)}',
    ]


@pytest.fixture
def app(tmp_path):
    """A site of one page and the page for search, as Sphinx leaves them."""
    (tmp_path / "book").mkdir()
    (tmp_path / "_static" / "styles").mkdir(parents=True)
    (tmp_path / "book" / "page.html").write_text(PAGE)
    (tmp_path / "search.html").write_text(PAGE.replace("../", "./").replace('href="./', 'href="'))
    (tmp_path / "_static" / "a.css").write_text(".used{x:1}.unused{x:2}")
    (tmp_path / "_static" / "styles" / "b.css").write_text(".other{x:3}")
    (tmp_path / "_static" / "other.js").write_text('add("other")')
    (tmp_path / "_static" / "documentation_options.js").write_text("const DOCUMENTATION_OPTIONS = {};")
    builder = SimpleNamespace(format="html", get_target_uri=lambda name: f"{name}.html")
    return SimpleNamespace(builder=builder, outdir=tmp_path, env=SimpleNamespace(found_docs={"book/page"}))


def test_a_page_asks_for_one_sheet_and_waits_for_no_script(app):
    lean.finish(app, None)
    page = (app.outdir / "book" / "page.html").read_text()
    assert lean.sheets(page) == [lean.SHEET]
    assert (app.outdir / "_static" / lean.SHEET).read_text().split() == [".used{x:1;}", ".other{x:3;}"]
    assert "<script>const DOCUMENTATION_OPTIONS = {};</script>" in page
    assert '<script defer data-x="1" src="../_static/other.js"></script>' in page
    assert '<script defer="defer" src="../_static/late.js"></script>' in page
    assert "searchindex" not in page
    assert '<link rel="icon" href="../_static/icon.svg"/>' in page
    assert ' style="--room:' in page
    search = (app.outdir / "search.html").read_text()
    assert lean.sheets(search) == [lean.SHEET]
    assert "<script src=" not in search


def test_a_page_that_is_not_written_again_gets_the_new_sheet(app):
    lean.finish(app, None)
    before = (app.outdir / "book" / "page.html").read_text()
    (app.outdir / "search.html").write_text(PAGE)
    (app.outdir / "_static" / "a.css").write_text(".used{x:4}")
    lean.finish(app, None)
    after = (app.outdir / "book" / "page.html").read_text()
    assert len(before) == len(after) and before != after
    assert ".used{x:4;}" in (app.outdir / "_static" / lean.SHEET).read_text()


def test_a_page_says_whether_it_is_light_or_dark_and_need_not_be_told_twice():
    page = lean.in_its_colours(PAGE)
    assert page.startswith('<html data-content_root="../"><head>')
    assert "auto" not in page and "prefers-color-scheme: dark" in page
    assert lean.in_its_colours(page) == page
    with pytest.raises(ExtensionError, match="colours"):
        lean.in_its_colours("<html data-theme='auto'></html>")


def test_a_sheet_that_one_page_alone_has_is_named(app):
    page = app.outdir / "book" / "page.html"
    page.write_text(PAGE.replace("a.css", "own.css"))
    with pytest.raises(ExtensionError, match=r"page\.html .* {'own\.css'}"):
        lean.finish(app, None)


def test_room_is_made_once_and_by_kind():
    alone = '<div class="math notranslate nohighlight">\n\\[x \\\\ \\frac12\\]</div>'
    once = formulas.with_room(alone + '<span class="math notranslate nohighlight">\\(a\\)</span>')
    assert once.count("--room:") == 2
    assert formulas.with_room(once) == once


# Measured in Chromium: widths of what MathJax 3.2.2 sets, in em of its font.
@pytest.mark.parametrize(
    ("source", "measured"),
    [
        ("m", 0.88),
        ("x = Cy", 3.16),
        (r"\sqrt{m' \log m'}", 4.79),
        (r"\log_2(m'!)", 3.76),
        (r"\frac12", 0.79),
        (r"\max(0, s)", 4.06),
        (r"c_0 + c_1 + c_2 = 0", 6.65),
        (r"2\pi^2/m^2", 3.16),
        (r"\binom{n}{\lambda+1}", 2.23),
        (r"m \binom{d}{\lambda+1} \le \binom{n}{\lambda+1}", 6.67),
    ],
)
def test_widths_are_about_those_that_were_measured(source, measured):
    assert formulas.width(source) == pytest.approx(measured, rel=0.06)


def test_a_line_with_a_fraction_is_higher():
    assert formulas.height(r"a \\ b") < formulas.height(r"a \\ \frac ab")


def test_paper_has_the_light_colours_and_never_the_dark_ones():
    sheet = 'html[data-theme="dark"]{x:1}html[data-theme=light] p{x:2}a,html[data-theme=dark] b{x:3}'
    assert cut(sheet, "") == (
        '@media screen{html[data-theme="dark"]{x:1;}}'
        "html[data-theme=light] p{x:2;}@media print{html[data-theme] p{x:2;}}"
        "a{x:3;}@media screen{html[data-theme=dark] b{x:3;}}"
    )
