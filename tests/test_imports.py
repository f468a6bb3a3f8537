"""`import superpos_lib` needs NumPy alone, and modules import only from those above them."""

import ast
import pathlib
import subprocess
import sys

import superpos_lib

PACKAGE = pathlib.Path(superpos_lib.__file__).parent
ORDER = [
    "_arguments", "_matrices", "measurements", "bounds", "counting", "problems", "inputs", "codes",
    "network", "compression", "permutation", "certificate", "climbing", "two_and", "baselines", "verify",
    "circuits", "sizing", "training", "reading",
    "verdicts", "topics", "practice", "figures", "_page", "explore", "live", "marking",
]  # fmt: skip


def test_importing_the_library_needs_numpy_alone():
    script = """
import sys
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"scipy", "matplotlib", "ipywidgets", "IPython", "pandas"}:
            raise AssertionError(name)
sys.meta_path.insert(0, Refuse())
import numpy as np, superpos_lib as s
p = s.Permutation([1, 2, 0])
net = s.permutation_network(p, 60, v=1, rng=np.random.default_rng(0))
print(s.verify(net, p, 1).ok)
"""
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert run.stdout.strip() == "True", run.stderr


def imported(path):
    """Names of the library's top-level modules that a file imports, wherever in it."""
    inside = len(path.relative_to(PACKAGE).parts) - 1
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.ImportFrom) or node.level != inside + 1:
            continue
        yield from ([node.module.split(".")[0]] if node.module else [alias.name for alias in node.names])


def test_imports_only_go_down():
    files = [path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py"]
    assert len(files) > 10
    for path in files:
        here = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        for name in imported(path):
            assert ORDER.index(name) < ORDER.index(here), f"{path.name} imports {name}"
