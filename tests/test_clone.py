"""What a clone of the sources holds on a machine with other habits."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("name", ["tools/environment.sh", ".ci/run", "Makefile", "book/06_codes.ipynb"])
def test_lines_end_as_a_shell_wants_them_also_where_git_changes_them(tmp_path, name):
    """As on Windows, where `core.autocrlf` is on from the start."""
    files = [name, *(one for one in (".gitattributes",) if (ROOT / one).exists())]
    subprocess.run(["git", "init", "-q", tmp_path / "here"], check=True)
    for one in files:
        (tmp_path / "here" / one).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "here" / one).write_bytes((ROOT / one).read_bytes())
    git = ["git", "-C", tmp_path / "here", "-c", "user.name=a", "-c", "user.email=a@example.org"]
    subprocess.run([*git, "add", "-A"], check=True)
    subprocess.run([*git, "commit", "-qm", "one"], check=True)
    clone = ["git", "-c", "core.autocrlf=true", "clone", "-q", tmp_path / "here", tmp_path / "there"]
    subprocess.run(clone, check=True)
    assert (tmp_path / "there" / name).read_bytes() == (ROOT / name).read_bytes()
