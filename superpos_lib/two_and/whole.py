"""One network for any 2-AND: every output goes to its case, every case gets rows of its own."""

import numpy as np

from .._arguments import generator, whole
from ..codes import ConstructionError
from ..problems import TwoAnd, split_by_influence
from .assembly import assemble, recode
from .channels import check_problem, stack
from .double_heavy import heavy_channels
from .double_light import light_channels
from .mixed import owned_channels, shared_out

__all__ = ["two_and_network"]


def _owned(problem, rows, *, v, rng):
    owner, lands = shared_out(problem, rows, v=v, rng=rng)
    return owned_channels(owner, lands, rows, v=v, rng=rng)


def _heavy(problem, rows, *, v, rng):
    return heavy_channels(problem, rows, rng=rng)


CHANNELS = {"double_light": light_channels, "double_heavy": _heavy, "mixed": _owned, "super_heavy": _owned}


def two_and_network(problem, *, v, neurons=None, rng):
    problem = check_problem(problem)
    v, rng = whole("v", v, 1, problem.inputs), generator(rng)
    n = 4000 if neurons is None else whole("neurons", neurons, 1)
    cases = {name: which for name, which in split_by_influence(problem).cases.items() if len(which)}
    if list(cases) == ["double_light"]:
        return assemble(problem, light_channels(problem, n, v=v, rng=rng), n, v=v, rng=rng)
    rows = _rows(n, [len(which) for which in cases.values()])
    blocks = []
    for (name, which), height in zip(cases.items(), rows, strict=True):
        part = TwoAnd(problem.inputs, problem.pairs[which])
        blocks.append((CHANNELS[name](part, height, v=v, rng=rng), which))
    return recode(assemble(problem, stack(blocks, problem.outputs), n, v=v, rng=rng), rng=rng)


def _rows(n, outputs):
    """Rows for each case: in proportion to its outputs, so that all rows carry equally many."""
    if n < len(outputs):
        raise ConstructionError(f"{len(outputs)} cases need a row each; there are {n} neurons")
    ends = np.round(np.cumsum(outputs) / sum(outputs) * (n - len(outputs))).astype(int)
    return np.diff(ends, prepend=0) + 1
