"""What notebooks find in their environment when pytest runs them; nbval starts a kernel for each."""

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
