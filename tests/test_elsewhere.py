"""Links and addresses that pages have once the configuration gives them."""

from types import SimpleNamespace

import elsewhere
import pytest


class Config(dict):
    """As Sphinx's: by attribute and by key."""

    __getattr__ = dict.__getitem__
    __setattr__ = dict.__setitem__


def config(**given):
    found = Config(
        site_address="",
        repository_address="",
        html_baseurl="",
        html_extra_path=[],
        html_js_files=[],
        html_theme_options={},
    )
    found |= given
    elsewhere.configure(None, found)
    return found


def test_without_addresses_there_is_nothing():
    nothing = {"html_baseurl": "", "html_extra_path": [], "html_js_files": [], "html_theme_options": {}}
    assert config() == config() | nothing


def test_a_repository_brings_its_buttons():
    options = config(repository_address="https://example.org/a/b/").html_theme_options
    assert options["repository_url"] == "https://example.org/a/b"
    assert options["launch_buttons"]["binderhub_url"] == "https://mybinder.org"


@pytest.mark.parametrize("name", ["site_address", "repository_address"])
def test_a_wrong_address_is_named(name):
    with pytest.raises(ValueError, match=f"{name} in _config.yml: expected .* got 'http://example.org'"):
        config(**{name: "http://example.org"})


def test_a_site_map_holds_every_page(tmp_path):
    app = SimpleNamespace(
        builder=SimpleNamespace(format="html", get_target_uri=lambda name: f"{name}.html"),
        config=config(site_address="https://example.org/book"),
        env=SimpleNamespace(found_docs={"book/b", "book/a"}),
        outdir=tmp_path,
    )
    elsewhere.write_site_map(app, None)
    text = (tmp_path / "sitemap.xml").read_text()
    assert text.index("https://example.org/book/book/a.html") < text.index(
        "https://example.org/book/book/b.html"
    )
    assert app.config.html_extra_path == ["docs/screenshot.png"]


def test_no_site_map_without_an_address(tmp_path):
    app = SimpleNamespace(builder=SimpleNamespace(format="html"), config=config(), outdir=tmp_path)
    elsewhere.write_site_map(app, None)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("error", "kept"), [(None, True), (ValueError("a page"), False)])
def test_a_host_that_hides_folders_is_told_not_to(tmp_path, error, kept):
    app = SimpleNamespace(builder=SimpleNamespace(format="html"), outdir=tmp_path)
    elsewhere.keep_folders(app, error)
    assert (tmp_path / ".nojekyll").exists() == kept
