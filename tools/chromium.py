"""Find a Chromium to test with, or install one. Run as a program it says which, or what to do.

CHROMIUM in the environment names one; then come those on the path, then playwright's own.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

# The headless shell has the same engine without the window around it, and opens pages twice as fast.
PACKAGES = ("chromium-headless-shell", "chromium")
NAMES = (*PACKAGES, "google-chrome-stable", "google-chrome", "chromium-browser", "chrome")
MISSING = (
    "The browser tests need Chromium or Chrome, and none was found or could be installed: "
    "install one (on Debian: apt-get install chromium), or name one with CHROMIUM=/path/to/it."
)


def find():
    """The path of a browser, or None."""
    named = os.environ.get("CHROMIUM")
    if named:
        return shutil.which(named)
    return next(filter(None, map(shutil.which, NAMES)), None) or playwrights_own()


def playwrights_own():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def attempt(*command):
    return shutil.which(command[0]) and not subprocess.run(command, capture_output=True).returncode


def install():
    """Try what needs no password: Debian's package as root, then playwright's own download."""
    print("No Chromium found: installing one ...", flush=True)
    root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    attempt(*root, "apt-get", "update")
    apt_get = (*root, "apt-get", "install", "-y", "--no-install-recommends")
    if not any(attempt(*apt_get, package) for package in PACKAGES):
        attempt(sys.executable, "-m", "playwright", "install", "chromium")


def main():
    if find() is None and "CHROMIUM" in os.environ:
        return f"CHROMIUM={os.environ['CHROMIUM']} is no program that can be started."
    if find() is None:
        install()
    path = find()
    if path is None:
        return MISSING
    print(f"Testing with {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
