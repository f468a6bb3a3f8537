"""The site's notebooks: JupyterLite, what its kernel needs of Python, and all chapters.

JupyterLite runs in the reader's browser, on the same files as a page that was started by its button
(runtime.py). A kernel needs more of Python than figures do: IPython, ipywidgets, and what pages leave out
of the standard library. These go into one archive, made from the packages that this book is built with.
Nothing is asked of another host, and JupyterLite's service worker, which would stay, is not installed.
"""

import contextlib
import gzip
import importlib.metadata
import io
import json
import shutil
import subprocess
import sys
import tempfile
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import citations
import runtime

FOLDER = "_notebooks"
CORE, KERNEL, WIDGETS = "jupyterlite-core", "jupyterlite-pyodide-kernel", "jupyterlab-widgets"
# Shows theorems, exercises and notes as the book does. Its package wants a server, so it is not installed.
MYST = "jupyterlab-myst==2.7.0"
EXTENSION = "*.data/data/share/jupyter/labextensions/*/package.json"
# All that IPython and ipywidgets import. Pure Python, so what runs here runs there.
PACKAGES = (
    "asttokens",
    "comm",
    "executing",
    "ipython",
    "ipython-pygments-lexers",
    "ipywidgets",
    "jedi",
    "matplotlib-inline",
    "parso",
    "prompt-toolkit",
    "pure-eval",
    "pygments",
    "stack-data",
    "traitlets",
    "wcwidth",
)
# The kernel's own Python comes as wheels, one of them a stand-in for ipykernel.
WHEELS = ("ipykernel-*.whl", "piplite-*.whl", "pyodide_kernel-*.whl")
UNUSED = (
    "../*",
    "*.pyc",
    # Made for this machine; there is Python for others.
    "*.so",
    "*.pyd",
    "*.dylib",
    "*/tests/*",
    "*.dist-info/[RWIdt]*",
    # Names in other projects' packages, for completing them.
    "jedi/third_party/django-stubs/*",
    "jedi/third_party/typeshed/stubs/*",
)
# What readers who change a figure may reach for, and the book's own figures do not.
RESTORED = (
    "mpl_toolkits/*",
    "pylab.py",
    "matplotlib/_qhull.*",
    "matplotlib/mpl-data/stylelib/*",
    "matplotlib/mpl-data/fonts/ttf/DejaVuSansMono.ttf",
)
# A notebook, the list of all of them, which its menu leads to, and what the list may open.
APPS = ("notebooks", "tree", "edit", "consoles")
# Of what `jupyter lite build` writes, what no browser asks for: fonts also come as woff2.
LEFT_OVER = (
    "doc",
    "package.json",
    "rspack.config*.js",
    "jupyterlite.schema.v0.json",
    "service-worker.js",
    "build/fa-*.svg",
    "build/fa-*.eot",
    "build/fa-*.ttf",
)
SETTINGS = {
    "appName": "Computing in Superposition",
    "appUrl": "./tree",
    "contentsAllJsonFile": "all.json",
    "disabledExtensions": [
        "@jupyterlite/application-extension:service-worker-manager",
        # It would say when a chapter was last written, which nobody knows.
        "@jupyter-notebook/notebook-extension:checkpoints",
        # It asks for icons of the tab that no site of JupyterLite has.
        "@jupyter-notebook/notebook-extension:tab-icon",
        # It looks for a rendered text where jupyterlab-myst has put its own, and stops with an error.
        "@jupyterlab/cell-toolbar-extension:plugin",
    ],
    "litePluginSettings": {
        "@jupyterlite/pyodide-kernel-extension:kernel": {
            "pyodideUrl": "./../_static/notebook-kernel.js",
            "disablePyPIFallback": True,
            # The kernel installs what is not listed here.
            "loadPyodideOptions": {
                "packages": [
                    "micropip",
                    "piplite",
                    "ipykernel",
                    "comm",
                    "pyodide-kernel",
                    "jedi",
                    "ipython",
                ]
            },
        }
    },
}

# What the app writes into a notebook that names another kernel. It is written here already: a chapter that
# is only read stays unchanged, so no copy of it is stored that would hide all later editions.
METADATA = {
    "kernelspec": {"name": "python", "display_name": "Python (Pyodide)", "language": "python"},
    "language_info": {
        "codemirror_mode": {"name": "python", "version": 3},
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "nbconvert_exporter": "python",
        "pygments_lexer": "ipython3",
        "version": "3.8",
    },
}

EDITION = '<script type="module" src="../../_static/edition.js"></script>'


def extension(distribution):
    """The folder of a package's extension for JupyterLab."""
    files = importlib.metadata.distribution(distribution).files
    return next(file for file in files if file.name == "package.json").locate().resolve().parent


def installed(distribution):
    """name -> bytes of a package's own files, as they are installed here."""
    files = {file.as_posix(): file for file in importlib.metadata.distribution(distribution).files}
    return {
        name: file.locate().read_bytes()
        for name, file in files.items()
        if not runtime.matches(name, UNUSED)
    }


def unpacked(archive, wanted):
    """name -> bytes of those files of an archive that are wanted."""
    with zipfile.ZipFile(io.BytesIO(archive)) as inside:
        names = [name for name in inside.namelist() if not name.endswith("/") and wanted(name)]
        return {name: inside.read(name) for name in names}


def kernel():
    """One archive of what a kernel needs besides what pages run on, compressed."""
    listed = json.loads(runtime.LIST.read_text())
    files = runtime.gather(listed["files"] | listed["notebooks"], listed["pyodide"])
    content = {}
    for distribution in PACKAGES:
        content |= installed(distribution)
    wheels = [path for pattern in WHEELS for path in extension(KERNEL).glob(f"static/pypi/{pattern}")]
    for data in [*(path.read_bytes() for path in wheels), *(files[name] for name in listed["notebooks"])]:
        content |= unpacked(data, lambda name: not runtime.matches(name, UNUSED))
    content |= unpacked(files["python_stdlib.zip"], lambda name: left_out_of_pages(name, listed["unused"]))
    for name in listed["files"]:
        if name.endswith(".whl"):
            content |= unpacked(files[name], lambda name: runtime.matches(name, RESTORED))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as out:
        for name in sorted(content):
            out.writestr(zipfile.ZipInfo(name, runtime.DATE), content[name])
    return gzip.compress(buffer.getvalue(), 9, mtime=0)


def left_out_of_pages(name, unused):
    """Whether pages do not have this module of the standard library, and it can stand elsewhere."""
    return runtime.matches(name, unused["stdlib"]) and not name.startswith("encodings/")


def build_app(folder):
    """Let JupyterLite build itself into `folder`, and take away what no browser asks for."""
    with runtime.wheel(MYST) as packed, tempfile.TemporaryDirectory() as place:
        if packed is None:
            raise runtime.Missing(f"{MYST} cannot be had")
        packed.extractall(place)
        extensions = [extension(WIDGETS), extension(KERNEL), next(Path(place).glob(EXTENSION)).parent]
        build = {
            "apps": APPS,
            "no_sourcemaps": True,
            "no_unused_shared_packages": True,
            # Only these, whatever else an environment holds.
            "ignore_sys_prefix": ["federated_extensions"],
            "federated_extensions": [str(one) for one in extensions],
            "output_dir": str(folder),
        }
        config = {"jupyter-lite-schema-version": 0, "jupyter-config-data": SETTINGS}
        (Path(place) / "jupyter-lite.json").write_text(json.dumps(config))
        (Path(place) / "jupyter_lite_config.json").write_text(json.dumps({"LiteBuildConfig": build}))
        command = [sys.executable, "-m", "jupyterlite_core", "build"]
        subprocess.run(command, cwd=place, check=True, capture_output=True)
    for path in [path for pattern in LEFT_OVER for path in folder.glob(pattern)]:
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def assemble():
    """A folder with the app and the kernel's archive, kept until this file or a version changes."""
    used = (*PACKAGES, CORE, KERNEL, WIDGETS)
    versions = " ".join(f"{name}=={importlib.metadata.version(name)}" for name in used)
    source = Path(__file__).read_bytes() + runtime.LIST.read_bytes() + " ".join(versions).encode()
    folder = runtime.CACHE / f"notebooks-{runtime.digest(source)[:20]}"
    if not folder.exists():
        data = kernel()
        runtime.CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=runtime.CACHE) as place:
            made = Path(place) / "made"
            build_app(made)
            name = runtime.digest(data)
            file = f"{name[:20]}.bin"
            (made / file).write_bytes(data)
            # Where it is, seen from the other parts.
            entry = {"file": f"../{FOLDER}/{file}", "bytes": len(data), "sha256": name}
            (made / "kernel.json").write_text(json.dumps({"kernel": entry}))
            # Another build may have been first.
            with contextlib.suppress(OSError):
                made.rename(folder)
    return folder


def listing(notebooks):
    """What Jupyter's contents service would say of a folder with these files."""
    models = []
    for path in notebooks:
        date = datetime.fromtimestamp(path.stat().st_mtime, UTC).isoformat()
        model = {"name": path.name, "path": path.name, "type": "notebook", "size": path.stat().st_size}
        models.append(model | {"content": None, "format": None} | describe(date))
    date = max(model["last_modified"] for model in models)
    folder = {"name": "", "path": "", "type": "directory", "size": None}
    return json.dumps(folder | {"content": models, "format": "json"} | describe(date))


def describe(date):
    return {"created": date, "last_modified": date, "mimetype": None, "writable": True}


def chapters(app):
    """The book's notebooks, by the names of their pages."""
    sources = {name: Path(app.env.doc2path(name)) for name in sorted(app.env.found_docs)}
    return {name: path for name, path in sources.items() if path.suffix == ".ipynb"}


def prepare(app, config):
    """Make what does not depend on chapters. A book without notebooks is still a book, and says so."""
    app.notebooks_folder, app.notebooks_trouble = None, None
    try:
        # A site whose pages have no Python has none for a kernel, and has said so itself.
        app.notebooks_folder = assemble() if config.explore_runtime_bytes else None
    except runtime.Missing as reason:
        app.notebooks_trouble = f"The book is built, but no chapter will open as a notebook: {reason}."
    config.notebooks_offered = app.notebooks_folder is not None


def link(app, pagename, templatename, context, doctree):
    """Put a link to the notebook among a chapter's buttons."""
    if app.config.notebooks_offered and doctree is not None and pagename in chapters(app):
        page = context["pathto"](f"{FOLDER}/notebooks/index.html", 1)
        context["header_buttons"].append(
            {
                "type": "link",
                "url": f"{page}?path={quote(chapters(app)[pagename].name)}",
                "text": "Open as a notebook",
                "tooltip": "Change this chapter's code and run it, in a new tab and on your machine",
                "icon": "fas fa-pen-to-square",
                "label": "open-notebook",
            }
        )


def edition(notebook):
    """What tells one edition of a chapter from another: its cells."""
    return runtime.digest(json.dumps(notebook["cells"]).encode())[:12]


def published(path, cited):
    """A chapter as it is opened: with the kernel that runs it here, its edition, and what its keys cite."""
    notebook = json.loads(path.read_text("utf-8"))
    named = {
        "metadata": METADATA | {"edition": edition(notebook)},
        "cells": citations.cited(notebook["cells"], cited),
    }
    return json.dumps(notebook | named)


def compare_editions(page):
    """Let a notebook's page say when the book has another edition than the copy that a reader keeps."""
    text = page.read_text("utf-8")
    page.write_text(text.replace("</head>", f"{EDITION}\n</head>", 1), "utf-8")


def publish(app, error):
    """Write the app and the chapters into the site."""
    if app.notebooks_trouble:
        print(app.notebooks_trouble, file=sys.stderr)
    if error or app.builder.format != "html" or not app.config.notebooks_offered:
        return
    target = Path(app.outdir) / FOLDER
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(app.notebooks_folder, target)
    notebooks = list(chapters(app).values())
    (target / "files").mkdir()
    cited = citations.every()
    for path in notebooks:
        (target / "files" / path.name).write_text(published(path, cited), "utf-8")
    compare_editions(target / "notebooks" / "index.html")
    (target / "api" / "contents").mkdir(parents=True)
    (target / "api" / "contents" / "all.json").write_text(listing(notebooks))


def setup(app):
    # Pages link to it, so they are written again when it comes or goes.
    app.add_config_value("notebooks_offered", False, "html", [bool])
    app.connect("config-inited", prepare)
    # After the theme's own buttons.
    app.connect("html-page-context", link, priority=600)
    app.connect("build-finished", publish)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
