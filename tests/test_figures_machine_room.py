import io
import itertools

import matplotlib
import numpy as np
import pytest
from matplotlib.patches import PathPatch
from some import some

from superpos_lib import Permutation, permutation_network
from superpos_lib.explore import COMMON, LAYOUTS
from superpos_lib.figures.machine_room import (
    DRAWN,
    Bars,
    Cells,
    Dots,
    Group,
    _chosen_rows,
    _lines,
    machine_room,
    permutation_stages,
)
from superpos_lib.figures.style import WRONG


def traced(m, n, active, seed=0):
    rng = np.random.default_rng(seed)
    problem = Permutation(rng.permutation(m))
    net = permutation_network(problem, n, v=len(active), rng=rng)
    y = np.isin(np.arange(m), active)
    return net, problem, y, net.trace(y)


def drawn(stages, layout, headline="what came out"):
    with matplotlib.rc_context({**COMMON, **LAYOUTS[layout]}):
        figure = machine_room(stages, headline)
        figure.savefig(file := io.BytesIO(), format="svg")
    return figure, file.getvalue()


STAGES = {
    "one cell": [Cells("$y$", "1 feature", np.ones((1, 1)), names=("0",))],
    "nothing lit": [Cells("$x$", "5 neurons", np.zeros((1, 5)))],
    "all wrong": [
        Cells("$t$", "90 neurons", np.ones((2, 90)), noise=np.ones(90), wrong=np.ones(90, dtype=bool)),
        Bars("$s$", "90 rows", np.ones((2, 90)), -3 * np.ones(90), wrong=np.ones(90, dtype=bool)),
        Dots("$z$", "90 outputs", np.zeros(90), np.ones(90, dtype=bool), 0.5),
    ],
    "no groups, no noise": [
        Bars("$s$", "3 rows", np.eye(3), np.zeros(3), thresholds=((0.5, "threshold"),))
    ],
    "more groups than places": [
        Bars(
            "$s$",
            "400 rows",
            np.ones((1, 400)),
            np.linspace(-1, 1, 400),
            groups=tuple(
                Group(str(g), np.arange(4 * g, 4 * g + 4), case)
                for g, case in zip(range(100), itertools.cycle(("mixed", "double_heavy")), strict=False)
            ),
        )
    ],
    "more active ones than colours": [Cells("$y$", "9 features", np.eye(9), names=tuple("012345678"))],
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", STAGES)
def test_extreme_stages_are_drawn(name, layout):
    figure, svg = drawn(STAGES[name], layout)
    assert figure.get_suptitle() == "what came out"
    assert len(figure.axes) == len(STAGES[name])
    assert b"nan" not in svg.lower()


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(("m", "n", "active"), [(1, 1, [0]), (24, 12, [3, 17]), (4000, 900, [0, 1, 3999])])
def test_permutations_are_drawn_small_and_large(m, n, active, layout):
    net, problem, _, trace = traced(m, n, active)
    figure, svg = drawn(permutation_stages(trace, net.code_in, problem, net.threshold), layout)
    assert len(figure.axes) == 6
    assert len(svg) < 200_000


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(
    "name", some(name for name in STAGES if any(isinstance(stage, Bars) for stage in STAGES[name]))
)
def test_no_bar_is_cut_off(name, layout):
    figure, _ = drawn(STAGES[name], layout)
    bars = [axes for axes, stage in zip(figure.axes, STAGES[name], strict=True) if isinstance(stage, Bars)]
    for axes in some(bars):
        (left, right), (low, high) = sorted(axes.get_xlim()), sorted(axes.get_ylim())
        corners = [patch.get_path().vertices for patch in axes.patches if isinstance(patch, PathPatch)]
        x, y = np.concatenate([np.empty((0, 2)), *corners]).T
        assert ((left - 1e-9 <= x) & (x <= right + 1e-9)).all()
        assert ((low - 1e-9 <= y) & (y <= high + 1e-9)).all()


def test_a_narrow_page_sets_stages_below_each_other():
    net, problem, _, trace = traced(24, 160, [3, 17])
    stages = permutation_stages(trace, net.code_in, problem, net.threshold)
    for layout, lines in (("wide", 2), ("narrow", 6)):
        figure, _ = drawn(stages, layout)
        grids = [axes.get_subplotspec().get_topmost_subplotspec().rowspan.start for axes in figure.axes]
        assert grids == sorted(grids)
        assert len(set(grids)) == lines


def test_lines_are_not_overfull():
    one = Bars("s", "", np.ones((1, 2)), np.zeros(2))
    assert [len(line) for line in _lines([one] * 5)] == [2, 2, 1]


def test_at_most_sixty_rows_groups_first_in_order_and_none_twice():
    total = np.random.default_rng(0).normal(size=1000)
    groups = (Group("b", np.arange(10, 20)), Group("a", np.arange(15, 25)))
    stage = Bars("s", "", np.zeros((1, 1000)), total, groups=groups)
    rows, spans, rest = _chosen_rows(stage, total)
    assert len(rows) == DRAWN
    assert sorted([*rows, *rest]) == list(range(1000))
    assert [(begin, length) for begin, length, _ in spans] == [(0, 10), (10, 5)]
    assert set(rows[:10]) == set(range(10, 20)) and set(rows[10:15]) == set(range(20, 25))
    assert total[rows[15:]].min() >= total[rest].max()


def test_a_long_group_keeps_both_ends_of_its_range():
    total = np.arange(500.0)
    stage = Bars("s", "", np.zeros((1, 500)), total, groups=(Group("g", np.arange(500)),))
    rows, ((_, length, _),), _ = _chosen_rows(stage, total)
    assert length < DRAWN
    assert {0, 499} <= set(rows[:length])


def test_dots_are_wrong_where_threshold_and_truth_differ():
    dots = Dots("z", "", np.array([0.9, 0.7, 0.1, 0.8]), np.array([True, True, False, False]), 0.7)
    assert dots.wrong.tolist() == [False, True, False, True]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_names_of_true_outputs_do_not_touch(layout):
    names = ("112∧130", "112∧151", "130∧151")
    truth = np.arange(300) < 3
    dots = Dots("z", "", truth + 0.5 * ~truth, truth, 0.7, owner=np.r_[:3, np.full(297, -1)], names=names)
    with matplotlib.rc_context({**COMMON, **LAYOUTS[layout]}):
        figure = machine_room([dots], "three")
        figure.canvas.draw()
        boxes = [text.get_window_extent() for text in figure.axes[0].texts if text.get_text() in names]
    assert len(boxes) == 3 and all(a.x1 < b.x0 for a, b in itertools.pairwise(boxes))


def test_many_rings_are_small():
    def ring(count):
        dots = Dots("z", "", np.linspace(0.9, 1, count), np.zeros(count, dtype=bool), 0.5)
        line = machine_room([dots], "wrong").axes[0].lines
        return next(one.get_markersize() for one in line if one.get_markeredgecolor() == WRONG)

    assert ring(13) < ring(12)


def test_stages_of_a_permutation_say_what_the_network_did():
    net, problem, y, trace = traced(60, 90, [7, 31, 52])
    cells_y, cells_x, reads, hears, cells_t, dots = permutation_stages(
        trace, net.code_in, problem, net.threshold
    )
    C, truth = net.code_in.matrix, problem.truth(y)
    assert np.any(np.diff(np.argsort(problem.order)[[7, 31, 52]]) < 0), "outputs stand in another order"
    right = np.minimum(C @ truth, 1)
    assert np.array_equal(cells_y.parts.sum(axis=0), y)
    assert np.array_equal(cells_x.parts.sum(axis=0), C @ y)
    assert np.allclose(reads.parts.sum(axis=0) + reads.noise, net.code_in.decompressor @ (C @ y))
    w = net.code_in.decompressor @ (C @ y) - (C @ y).mean()
    stays = problem.order == np.arange(60)
    expected = C @ w[problem.order] - (C[:, stays] @ net.code_in.decompressor[stays]).diagonal() * (C @ y)
    assert np.allclose(hears.parts.sum(axis=0), C @ truth)
    assert np.allclose(hears.parts.sum(axis=0) + hears.noise, expected)
    assert np.array_equal(cells_t.wrong, trace.layers[-1].output != right)
    assert np.allclose(
        (cells_t.parts.sum(axis=0) + cells_t.noise)[right == 0], trace.layers[-1].output[right == 0]
    )
    assert np.array_equal(dots.truth, truth) and np.array_equal(dots.values, trace.read_out)
    for k, name in enumerate(cells_y.names):  # feature k's colour follows it through the permutation
        out = int(np.flatnonzero(problem.order == int(name))[0])
        assert dots.owner[out] == k and dots.names[k] == str(out)
        assert np.array_equal(hears.parts[k], C[:, out])


def test_bad_stages_and_traces():
    with pytest.raises(ValueError, match="stages: expected one Cells, Bars or Dots or more; got"):
        machine_room([], "nothing")
    with pytest.raises(ValueError, match="stages"):
        machine_room(["y"], "no stage")
    net, problem, _, _ = traced(24, 160, [3])
    for trace in (net.trace(np.zeros(24, dtype=bool)), net.trace(np.eye(24, dtype=bool))):
        with pytest.raises(ValueError, match="trace: expected the trace of one input"):
            permutation_stages(trace, net.code_in, problem, net.threshold)
