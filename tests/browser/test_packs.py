"""Chapter packs of the built book: whole, openable, and running where there is nothing else."""

import io
import json
import subprocess
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor

import build
import contents
import nbformat
import packs
import pytest
from bs4 import BeautifulSoup
from some import some

import superpos_lib

FOLDER = build.SITE / packs.FOLDER
PACKS = sorted(FOLDER.glob("*.zip"))
HOLDS = (
    "README.md",
    "student.ipynb",
    "instructor.ipynb",
    "executed.ipynb",
    "slides.html",
    "check.html",
    "key.html",
    "requirements.txt",
)
every_pack = pytest.mark.parametrize("path", PACKS, ids=lambda path: path.stem)
# Slow, and the same for all packs: run on the first and the largest, and by `make test-all` on each.
FEW = [path for path in PACKS if path.stem[:2] in ("01", "13")]
few_packs = pytest.mark.parametrize(
    "path",
    [path if path in FEW else pytest.param(path, marks=pytest.mark.thorough) for path in PACKS],
    ids=lambda path: path.stem,
)


def test_every_chapter_has_one_and_links_to_it():
    chapters = [page for page in contents.pages() if contents.soup(page).select('a[href$=".zip"]')]
    assert [f"book/{path.stem}.html" for path in PACKS] == chapters
    notebooks = {path.stem for path in (build.ROOT / "book").glob("[0-9]*.ipynb")}
    assert {path.stem for path in PACKS} == notebooks


@every_pack
def test_it_is_whole(path):
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert f"version {superpos_lib.__version__}," in archive.read(f"{path.stem}/README.md").decode()
        assert f"{path.stem}/superpos_lib-{superpos_lib.__version__}-py3-none-any.whl" in names
        student = archive.read(f"{path.stem}/student.ipynb").decode()
        executed = nbformat.reads(archive.read(f"{path.stem}/executed.ipynb").decode(), 4)
    assert {f"{path.stem}/{name}" for name in HOLDS} <= set(names)
    assert (f"{path.stem}/sheets.html" in names) == ('draw(\\"' in student)
    figures = {one.name for one in contents.explorers() if one.page == f"book/{path.stem}.html"}
    drawn = [name for name in names if name.startswith(f"{path.stem}/figures/") and name.endswith(".svg")]
    assert all(any(f"/{name}_" in one for one in drawn) for name in figures)
    assert "<summary>Solution" not in student
    assert any(cell.get("outputs") for cell in executed.cells)
    assert "{{" not in student and "`{" not in student


@few_packs
def test_its_slides_turn_and_nothing_goes_wrong(browser, path, tmp_path):
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path)
    tab = browser.new_page(viewport={"width": 800, "height": 450})
    troubles = []
    tab.on("pageerror", lambda error: troubles.append(str(error)))
    tab.on("requestfailed", lambda request: troubles.append(request.url))
    tab.goto((tmp_path / path.stem / "slides.html").as_uri())
    tab.locator("[id='1'] h1").wait_for()
    tab.keyboard.press("ArrowRight")
    tab.locator("[id='2']").wait_for()
    assert not tab.locator("[id='1'] h1").is_visible()
    tab.keyboard.press("n")
    tab.wait_for_function("!MathJax.startup.document || !document.body.innerText.includes('\\\\frac')")
    tab.close()
    assert troubles == []


def test_figures_on_slides_move_from_the_folder_alone(browser, tmp_path):
    (path,) = [one for one in PACKS if one.stem == "01_superposition"]
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path)
    tab = browser.new_page(viewport={"width": 1280, "height": 720})
    tab.goto((tmp_path / path.stem / "slides.html").as_uri())
    # The figure stands on a slide of its own.
    number = tab.locator("section", has=tab.locator("[data-states*=wall_of_features]")).get_attribute("id")
    tab.evaluate("number => { location.hash = number; }", number)
    slide = tab.locator(f"[id='{number}']")
    slide.get_by_label("neurons n").select_option("128")
    slide.get_by_label("active features v").focus()
    slide.get_by_label("active features v").select_option("4")
    image = slide.locator("img")
    assert "in 128 neurons, 4 active" in image.get_attribute("alt")
    assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") > 100
    # Arrow keys choose a value while a control has them.
    tab.keyboard.press("ArrowRight")
    assert tab.url.endswith(f"#{number}")
    tab.close()


def test_a_check_has_no_empty_slide_and_every_exercise_shows_what_to_change():
    for path in some(PACKS):
        with zipfile.ZipFile(path) as archive:
            page = BeautifulSoup(archive.read(f"{path.stem}/slides.html").decode(), "html.parser")
            student = nbformat.reads(archive.read(f"{path.stem}/student.ipynb").decode(), 4)
        heads = [one.get_text() for one in page.select("section h2")]
        assert [one[-1] for one in heads if one.startswith("Check yourself")] == list("12345")
        shown = " ".join(one.get_text() for one in page.select(".slide pre"))
        starts = [one.source for one in student.cells if "exercise" in one.metadata.get("tags", ())]
        assert all(start in shown for start in starts)


def test_notes_open_in_a_window_of_their_own_and_follow(browser, tmp_path):
    (path,) = [one for one in PACKS if one.stem == "01_superposition"]
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path)
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    tab = context.new_page()
    tab.goto((tmp_path / path.stem / "slides.html").as_uri())
    tab.locator("[id='1'] h1").wait_for()
    with context.expect_page() as opened:
        tab.get_by_role("button", name="Notes ↗").click()
    other = opened.value
    other.get_by_role("heading", name="1 of").wait_for()
    tab.keyboard.press("ArrowRight")
    other.get_by_role("heading", name="2 of").wait_for()
    other.keyboard.press("ArrowRight")
    tab.locator("[id='3']").wait_for()
    assert "Next: " in other.locator("body").inner_text()
    # A figure as wide as the window, until Escape.
    number = tab.locator("section", has=tab.locator("[data-states*=wall_of_features]")).get_attribute("id")
    tab.evaluate("number => { location.hash = number; }", number)
    image, button = tab.locator(f"[id='{number}'] img"), tab.get_by_role("button", name="Larger")
    before = image.bounding_box()["width"]
    button.click()
    assert image.bounding_box()["width"] > 1150 > 1.2 * before
    tab.keyboard.press("Escape")
    assert image.bounding_box()["width"] == before
    context.close()


def run(python, folder):
    """Run a pack's student notebook with that Python; what went wrong, or nothing."""
    code = "import sys, nbformat, nbclient; nb = nbformat.read('student.ipynb', 4);"
    code += "nbclient.NotebookClient(nb, timeout=300, kernel_name='pack').execute()"
    spec = {
        "argv": [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "language": "python",
    }
    kernel = folder / "share" / "kernels" / "pack"
    kernel.mkdir(parents=True)
    (kernel / "kernel.json").write_text(json.dumps(spec | {"display_name": "pack"}))
    # A place of its own, and nothing of this project's to import by accident.
    surroundings = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "JUPYTER_PATH": str(folder / "share")}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env=surroundings, capture_output=True, text=True
    )
    return f"{folder.name}: {done.stderr[-2000:]}" if done.returncode else ""


@pytest.mark.parametrize(
    "packs", [FEW, pytest.param(PACKS, marks=pytest.mark.thorough)], ids=["few", "all"]
)
def test_students_notebooks_run_in_an_environment_made_from_a_pack_alone(tmp_path, packs):
    for path in packs:
        with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
            archive.extractall(tmp_path)
    folders = [tmp_path / path.stem for path in packs]
    wanted = {(folder / "requirements.txt").read_text() for folder in folders}
    assert len(wanted) == 1, "one environment serves all packs"
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True)
    python = tmp_path / "venv" / "bin" / "python"
    install = [python, "-m", "pip", "install", "--quiet", "--no-compile", "-r", "requirements.txt"]
    made = subprocess.run(install, cwd=folders[0], capture_output=True, text=True)
    assert made.returncode == 0, made.stderr[-2000:]
    with ThreadPoolExecutor(2) as pool:
        failed = list(filter(None, pool.map(lambda folder: run(python, folder), folders)))
    assert failed == []
