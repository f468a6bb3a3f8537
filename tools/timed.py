"""Run parts of the Makefile one after another, and say at the end where the time went.

    python tools/timed.py lint notebooks+pages unit browser

Parts that are joined by "+" run side by side, a core each. Ends with the first that fails, and with its
code. (No library times a chain of makes, which is all that this does.)
"""

import os
import subprocess
import sys
import time

# Each make below is a new one, not a child of the one that called us, whose flags would be handed down.
INHERITED = ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")
SIDE_BY_SIDE = "+"


def command(part):
    """The call of make for one part: a core for each target where there are several."""
    targets = part.split(SIDE_BY_SIDE)
    cores = [f"-j{len(targets)}", "JOBS=1"] if len(targets) > 1 else []
    return [os.environ.get("MAKE", "make"), "--no-print-directory", *cores, *targets]


def table(times):
    """A line for each part that ran, in minutes and seconds, and their sum."""
    lines = [*times.items(), ("in all", sum(times.values()))]
    return "\n".join(f"{part:<20} {int(took) // 60:>3} min {int(took) % 60:02} s" for part, took in lines)


def run(parts):
    """Run them until one fails; print the times of those that ran, and return the last one's exit code."""
    environment = {name: value for name, value in os.environ.items() if name not in INHERITED}
    times, code = {}, 0
    for part in parts:
        begun = time.monotonic()
        code = subprocess.run(command(part), env=environment, check=False).returncode
        times[part] = time.monotonic() - begun
        if code:
            break
    print(f"\nWhere the time went\n{table(times)}", flush=True)
    return code


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
