"""Inputs that bounds leave open: the network itself is run on them, and must be right, with some room."""

import numpy as np

__all__ = ["GaveUp", "Suspects"]

# The first few are run at once, as a wrong network mostly fails on them; then so many at a time.
FIRST, BATCH = 8, 256
# With more inputs left open than this, a certificate gives up.
MOST = 50_000


class GaveUp(Exception):
    """There is no certificate, or no point in going on: says on what it gave up, and why."""


class Suspects:
    """Inputs collected as sets, each run once, many at a time.

    An input is settled if every output is right and further than `margin` from the threshold; it failed
    if some output is wrong and further away than that. Between the two, rounding decides: it stays open.
    `add`, `run` and `run_on` raise `GaveUp` as soon as there is one that is not settled.
    """

    def __init__(self, network, problem, margin):
        self.network, self.problem, self.margin = network, problem, margin
        self.seen, self.waiting = set(), []
        self.checked = self.failures = 0
        self.counterexample = None

    def add(self, active):
        """Note a set of inputs, to be run."""
        key = tuple(sorted(int(j) for j in active))
        if key in self.seen:
            return
        self.seen.add(key)
        self.waiting.append(key)
        if len(self.seen) > MOST:
            raise GaveUp(f"on more than {MOST:,} inputs: the bounds leave them open")
        if len(self.waiting) >= (BATCH if self.checked else FIRST):
            self.run()

    def run(self):
        """Run the network on all that wait."""
        if self.waiting:
            Y = np.zeros((self.problem.inputs, len(self.waiting)), dtype=bool)
            for column, active in enumerate(self.waiting):
                Y[list(active), column] = True
            self.waiting = []
            self.run_on(Y)

    def run_on(self, Y):
        """Run the network on the columns of Y."""
        room = self.network.trace(Y).read_out - self.network.threshold
        room = np.where(self.problem.truth(Y), room, -room)
        failed = (room < -self.margin).any(axis=0)
        self.checked += Y.shape[1]
        self.failures += int(failed.sum())
        if failed.any():
            self.counterexample = Y[:, int(np.argmax(failed))].copy()
            raise GaveUp(f"as output {int(np.argmin(room[:, np.argmax(failed)]))} is wrong there")
        # Written so that what is not a number counts as open.
        open_ = ~(room > self.margin)
        if open_.any():
            output, column = np.argwhere(open_)[0]
            active = np.flatnonzero(Y[:, column]).tolist()
            raise GaveUp(
                f"on the input with {active} active: output {output} is read "
                f"{abs(room[output, column]):.1e} from the threshold, where rounding may be off by "
                f"{self.margin:.1e}"
            )
