"""How the browser's Python is put together: from where, by which hashes, and in which parts."""

import gzip
import importlib
import io
import json
import sys
import threading
import zipfile
from types import SimpleNamespace

import bytecode
import pytest
import runtime
import serve
import sphinx_offline

FILES = {"one.zip": b"one", "two.zip": b"two", "three.zip": b"three"}
HASHES = {name: runtime.digest(data) for name, data in FILES.items()}


@pytest.fixture
def places(tmp_path, monkeypatch):
    """A cache, an official site and a package, all empty; write what each shall hold."""
    cache, site, package = tmp_path / "cache" / "pyodide-1", tmp_path / "site" / "v1", {}
    cache.mkdir(parents=True)
    site.mkdir(parents=True)
    web = serve.server(0, site.parent)
    threading.Thread(target=web.serve_forever, daemon=True).start()
    monkeypatch.setattr(runtime, "CACHE", cache.parent)
    monkeypatch.setattr(runtime, "OFFICIAL", f"http://127.0.0.1:{web.server_address[1]}/v{{version}}/")
    asked = []

    def packaged(files):
        asked.append(sorted(files))
        return {name: package[name] for name in files if name in package}

    monkeypatch.setattr(runtime, "packaged", packaged)
    yield SimpleNamespace(cache=cache, site=site, package=package, asked=asked)
    web.shutdown()
    web.server_close()


def test_each_file_comes_from_the_first_place_that_has_it_and_is_kept(places):
    (places.cache / "one.zip").write_bytes(b"one")
    (places.site / "two.zip").write_bytes(b"two")
    places.package.update(FILES)
    assert runtime.gather(HASHES, "1") == FILES
    assert places.asked == [["three.zip"]]
    places.package.clear()
    (places.site / "two.zip").unlink()
    assert runtime.gather(HASHES, "1") == FILES
    assert places.asked == [["three.zip"]]


def test_bytes_with_another_hash_are_passed_over(places):
    for folder in (places.cache, places.site):
        (folder / "one.zip").write_bytes(b"forged")
    places.package.update(FILES)
    assert runtime.gather(HASHES, "1") == FILES
    assert (places.cache / "one.zip").read_bytes() == b"one"


def test_what_cannot_be_had_is_named(places):
    with pytest.raises(runtime.Missing, match=r"one\.zip cannot be had \(looked in .*open-webui"):
        runtime.gather(HASHES, "1")
    places.package["one.zip"] = b"forged"
    with pytest.raises(runtime.Missing, match=r"one\.zip has another hash than tools/runtime\.json says"):
        runtime.gather(HASHES, "1")


def test_a_book_without_it_is_built_and_says_so(monkeypatch):
    def missing():
        raise runtime.Missing("one.zip cannot be had")

    monkeypatch.setattr(runtime, "assemble", missing)
    app, config = SimpleNamespace(), SimpleNamespace(myst_substitutions={}, explore_runtime_bytes=0)
    sphinx_offline.assemble_runtime(app, config)
    assert app.explore_runtime is None and not config.explore_runtime_bytes
    assert app.explore_trouble.endswith("will not offer to run Python: one.zip cannot be had.")
    assert "without it" in config.myst_substitutions["downloads"]


def zipped(*names):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as out:
        for name in names:
            out.writestr(name, name)
    return buffer.getvalue()


def names(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.namelist()


def test_what_no_page_uses_is_left_out_and_every_other_file_is_in_one_part():
    wanted = json.loads(runtime.LIST.read_text())
    files = dict.fromkeys(("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm"), b"")
    scipy = (
        "scipy/__init__.py",
        "scipy/linalg/__init__.py",
        "scipy/sparse/_csr.py",
        "scipy/stats/_stats.py",
    )
    files |= {
        "python_stdlib.zip": zipped("abc.py", "turtle.py"),
        "numpy-1.whl": zipped("numpy/__init__.py", "numpy/tests/test_all.py", "numpy/core.pyi"),
        "scipy-1.whl": zipped(*scipy, "scipy.libs/libopenblas.so", "scipy/stats/tests/test_all.py"),
    }
    parts = runtime.parts(files, wanted["unused"], wanted["later"])
    assert set(parts) | {"library"} == set(runtime.CALLED)
    assert names(parts["stdlib"]) == ["abc.py"]
    assert names(parts["packages"]) == ["numpy/__init__.py"]
    assert names(parts["scipy"]) == ["scipy/__init__.py", "scipy/sparse/_csr.py"]
    assert names(parts["scipy.linalg"]) == ["scipy.libs/libopenblas.so", "scipy/linalg/__init__.py"]
    assert names(parts["scipy.rest"]) == ["scipy/stats/_stats.py"]


def test_bytecode_stands_for_the_source_of_what_is_wanted_and_runs(tmp_path, monkeypatch):
    source = {"wanted.py": "answer = 6 * 7", "other.py": "answer = 1", "data.txt": "answer"}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as out:
        for name, text in source.items():
            out.writestr(name, text)
    data = bytecode.compiled(buffer.getvalue(), {"wanted.py"})
    assert sorted(names(data)) == ["data.txt", "other.py", "wanted.pyc"]
    assert data == bytecode.compiled(buffer.getvalue(), {"wanted.py"})
    # As the standard library is imported, and as packages are.
    (tmp_path / "library.zip").write_bytes(data)
    zipfile.ZipFile(io.BytesIO(data)).extractall(tmp_path)
    for place in (tmp_path / "library.zip", tmp_path):
        with monkeypatch.context() as patched:
            patched.syspath_prepend(str(place))
            patched.delitem(sys.modules, "wanted", raising=False)
            wanted = importlib.import_module("wanted")
            assert wanted.answer == 42 and wanted.__file__ == str(place / "wanted.pyc")


def test_what_a_figure_imports_has_been_compiled():
    """Whatever machine built the book: without it a page starts at half the speed."""
    packed = runtime.assemble()
    parts = packed["first"] | packed["later"]
    for role, name in (
        ("stdlib", "inspect"),
        ("packages", "matplotlib/figure"),
        ("packages", "numpy/__init__"),
        ("scipy", "scipy/sparse/_csr"),
    ):
        inside = names(gzip.decompress(parts[role]))
        assert f"{name}.pyc" in inside and f"{name}.py" not in inside


def test_without_a_compiler_sources_are_taken_and_the_next_build_tries_again(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(runtime, "CACHE", tmp_path)
    monkeypatch.setattr(runtime, "gather", lambda expected, version: {})
    roles = ["stdlib", *json.loads(runtime.LIST.read_text())["later"]]
    monkeypatch.setattr(runtime, "parts", lambda *_: dict.fromkeys(roles, zipped("abc.py")))
    monkeypatch.setattr(runtime, "NODE", "no-such-package-of-this-book==0")
    for _ in range(2):
        packed = runtime.assemble()
        assert names(gzip.decompress(packed["first"]["stdlib"])) == ["abc.py"]
        assert (
            "start Python more slowly: no-such-package-of-this-book==0 cannot be had"
            in capsys.readouterr().err
        )


def test_the_library_travels_whole():
    inside = names(runtime.library())
    assert "superpos_lib/live.py" in inside and "superpos_lib/two_and/whole.py" in inside
