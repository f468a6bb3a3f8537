"""One network for any 2-AND: every output goes to its case, every case gets rows of its own."""

import numpy as np

from .._arguments import generator, whole
from ..codes import ConstructionError
from ..problems import TwoAnd, split_by_influence
from .assembly import assemble, recode
from .channels import check_problem, stack
from .double_heavy import heavy_channels
from .double_light import light_channels
from .mixed import shared_channels
from .width import light_inputs, width_rule

__all__ = ["two_and_network"]


# Rows of a case: in proportion to the square root of its outputs, the law of what one case needs alone.


def two_and_network(problem, *, v, neurons=None, rng):
    problem = check_problem(problem)
    v, rng = whole("v", v, 1, problem.inputs), generator(rng)
    n = width_rule(problem, v) if neurons is None else whole("neurons", neurons, 1)
    parts = _parts(problem, light_inputs(problem, n, v))
    if n >= problem.outputs or list(parts) == [light_channels]:
        return assemble(problem, light_channels(problem, n, v=v, rng=rng), n, v=v, rng=rng)
    rows = _rows(n, [len(which) for which in parts.values()])
    blocks = []
    for (channels, which), height in zip(parts.items(), rows, strict=True):
        part = TwoAnd(problem.inputs, problem.pairs[which])
        blocks.append((channels(part, height, v=v, rng=rng), which))
    return recode(assemble(problem, stack(blocks, problem.outputs), n, v=v, rng=rng), rng=rng)


def _parts(problem, light):
    """Outputs by the rule that chooses their channels, no part empty."""
    lights = light[problem.pairs].sum(axis=1)
    owned = lights == 1
    owned[split_by_influence(problem).super_heavy] = True
    owned &= lights < 2
    parts = {light_channels: lights == 2, heavy_channels: (lights == 0) & ~owned, shared_channels: owned}
    return {channels: np.flatnonzero(which) for channels, which in parts.items() if which.any()}


def _rows(n, outputs):
    """Rows for each part, in proportion to the square root of its outputs."""
    if n < len(outputs):
        raise ConstructionError(f"{len(outputs)} cases need a row each; there are {n} neurons")
    share = np.cumsum(np.sqrt(outputs))
    ends = np.round(share / share[-1] * (n - len(outputs))).astype(int)
    return np.diff(ends, prepend=0) + 1
