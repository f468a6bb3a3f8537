"""What notebooks find in their environment when pytest runs them; what is left to `make test-all`."""

import os
from pathlib import Path

ROOT = Path(__file__).parent

# Explorers then draw every frame that they declare, so that a bad one fails its cell; if empty, one.
os.environ.setdefault("SUPERPOS_EXPLORE", "check")
os.environ["MPLBACKEND"] = "agg"
os.environ["PYTHONHASHSEED"] = "0"
# Kernels start in book/ and must find the library also where it is not installed.
os.environ["PYTHONPATH"] = os.pathsep.join(
    path for path in (str(ROOT), os.environ.get("PYTHONPATH")) if path
)


def pytest_collection_modifyitems(config, items):
    """Tests marked `thorough` repeat others on more pages, widths or sizes: for `make test-all` or `-m`."""
    if os.environ.get("SUPERPOS_THOROUGH") or config.option.markexpr:
        return
    left_out = [item for item in items if item.get_closest_marker("thorough")]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if not item.get_closest_marker("thorough")]
