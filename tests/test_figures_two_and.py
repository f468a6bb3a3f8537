import io

import matplotlib
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from some import some

from superpos_lib import (
    SuperposedNetwork,
    TwoAnd,
    clique,
    double_light,
    hubs,
    matching,
    naive_two_and,
    power_law,
    split_by_influence,
    super_heavy,
    two_and_network,
)
from superpos_lib.explore import COMMON, LAYOUTS
from superpos_lib.figures.machine_room import machine_room, two_and_stages
from superpos_lib.figures.style import CASE_COLOURS, NOISE, SHOWN, WRONG
from superpos_lib.figures.two_and import budget, cutoff_window, influence_graph, matrices, readers
from superpos_lib.two_and.channels import listeners


def saved(layout, function, *data):
    with matplotlib.rc_context({**COMMON, **LAYOUTS[layout]}):
        figure = function(*data)
        figure.savefig(file := io.BytesIO(), format="svg")
    assert b"nan" not in file.getvalue().lower()
    assert figure.get_suptitle() == data[-1]
    return figure, file.getvalue()


def texts(figure):
    return [text.get_text() for axes in figure.axes for text in axes.texts]


# --- matrices


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_entry_is_printed_and_wide_matrices_go_on_below(layout):
    wide = np.arange(24).reshape(2, 12) - 4.0
    wide[1, 1] = 1 / 3
    panels = [
        ("$S$", np.eye(3), ("a", "b", "c"), ("0", "1", "2"), ["#0072B2"] * 3),
        ("$W$", wide, ("x", "y"), tuple(f"c{k}" for k in range(12)), None),
        ("$s$", [1.0, np.nan, -0.001], (), (), None),
    ]
    figure, svg = saved(layout, matrices, panels, "all entries")
    shown = texts(figure)
    for value in np.delete(wide.ravel(), 13):
        assert f"{value:.0f}".replace("-", "−") in shown
    assert "0.33" in shown
    assert shown.count("1") == 3 + 1 + 1 + 1, "a diagonal, a column name, an entry of W, one of s"
    assert {f"c{k}" for k in range(12)} < set(shown)
    assert ("$W$, continued" in shown) == (layout == "narrow")
    assert len(svg) < 120_000


def test_matrices_refuse_what_does_not_fit():
    good = np.eye(2)
    for panel, name in (
        (("A", good, ("a",), (), None), "row_names"),
        (("A", good, (), ("a", "b", "c"), None), "column_names"),
        (("A", good, (), (), ["red"]), "row_colours"),
        (("A", np.empty((0, 2)), (), (), None), "A"),
        (("A", good, ("a" * 300, "b"), (), None), "panels"),
    ):
        with pytest.raises(ValueError, match=f"^{name}: expected"):
            matrices([panel], "none")
    with pytest.raises(ValueError, match="panels"):
        matrices([], "none")


# --- readers


@pytest.mark.parametrize("layout", LAYOUTS)
def test_readers_say_what_the_clip_leaves(layout):
    sums = {"both": [2.0, 2.3, 1.875], "one": [1.0, 1.75, -0.5]}
    figure, _ = saved(layout, readers, sums, (1.75, 2.0), "three rows")
    both, one = figure.axes
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["both", "one"]
    assert both.get_xlabel() == "3 of 3 rows lit\nmean of h: 0.83"
    assert one.get_xlabel() == "0 of 3 rows lit\nmean of h: 0.00"
    assert sorted(bar.get_height() for bar in one.patches) == [-0.5, 1.0, 1.75]


def test_lit_rows_have_the_colour_of_their_case_and_are_hatched_if_lit_in_part():
    figure = readers({"three": [2.0, 1.999, 1.9, 1.0]}, (1.75, 2.0), "rows", case="double_heavy")
    bars = sorted(figure.axes[0].patches, key=lambda bar: bar.get_x())
    lit = to_hex(CASE_COLOURS["double_heavy"])
    assert [to_hex(bar.get_facecolor()) for bar in bars] == [lit.lower()] * 3 + [to_hex(NOISE)]
    assert [bool(bar.get_hatch()) for bar in bars] == [False, False, True, False]
    with pytest.raises(ValueError, match="case: expected one of double_light"):
        readers({"a": [1]}, (1, 2), "none", case="heavy")


def test_readers_refuse_no_rows_and_thresholds_in_the_wrong_order():
    with pytest.raises(ValueError, match="thresholds: expected off < on"):
        readers({"a": [1]}, (2, 2), "none")
    for sums in ({}, {"a": []}):
        with pytest.raises(ValueError, match="sums"):
            readers(sums, (1, 2), "none")


# --- budget


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(("last", "left"), [(0.2, 0.3), (0.9, -0.4)])
def test_each_line_begins_where_the_one_above_ended(layout, last, left):
    lines = [("first", 0.6), ("given back", -0.1), ("last", last)]
    figure, _ = saved(layout, budget, lines, 1.0, "spent")
    (axes,) = figure.axes
    bars = [sorted((bar.get_x(), bar.get_x() + bar.get_width())) for bar in axes.patches]
    expected = [(0, 1), (0.4, 1), (0.4, 0.5), (0.5 - last, 0.5), sorted((0, left))]
    assert np.allclose(bars, expected)
    assert to_hex(axes.patches[-1].get_facecolor()) == to_hex(WRONG if left < 0 else SHOWN)


def test_amounts_that_are_nothing_but_rounding_are_drawn_as_zero():
    figure, _ = saved("wide", budget, [("solved", -1.7e-6), ("spread", 0.25)], 1.0, "spent")
    assert texts(figure) == ["1", "0", "−0.25", "0.75"]


def test_a_budget_of_nothing_is_refused():
    with pytest.raises(ValueError, match="total"):
        budget([("a", 1)], 0, "none")
    with pytest.raises(ValueError, match="lines"):
        budget([], 1, "none")


@pytest.mark.parametrize("layout", LAYOUTS)
def test_names_of_a_budget_touch_no_bar_and_no_amount(layout):
    lines = [("its own input's overlaps", 0.9), ("given back", -0.4), ("spread, 1 row in 1,000", 1.2)]
    with matplotlib.rc_context({**COMMON, **LAYOUTS[layout]}):
        figure = budget(lines, 0.75, "overspent", reach=(-1.5, 0.8))
        FigureCanvasAgg(figure).draw()
        (axes,) = figure.axes
        names = [text for text in axes.texts if text.get_text()[0].isalpha()]
        names = names or list(axes.get_yticklabels())
        bars = [patch.get_window_extent() for patch in axes.patches]
        amounts = [text.get_window_extent() for text in axes.texts if text not in names]
        assert len(names) == len(bars) == len(amounts) == 5
        for name in names:
            box = name.get_window_extent()
            assert not any(box.overlaps(other) for other in [*bars, *amounts]), name.get_text()


def test_what_is_left_is_told_from_what_is_overspent_and_the_axis_stays():
    left, over = (budget([("spent", cost)], 1.0, "spent", reach=(-1, 1)).axes[0] for cost in (0.5, 1.5))
    assert to_hex(left.patches[-1].get_facecolor()) == to_hex(SHOWN)
    assert to_hex(over.patches[-1].get_facecolor()) == to_hex(WRONG)
    assert left.get_xlim() == over.get_xlim()


def test_the_axis_says_what_is_counted():
    assert (
        budget([("spent", 0.5)], 1.0, "half is left").axes[0].get_xlabel()
        == "noise that a row can tolerate"
    )
    assert budget([("lost", 2)], 4, "two left", counted="rows").axes[0].get_xlabel() == "rows"


# --- influence


PROBLEMS = {
    "one pair": TwoAnd(2, [(0, 1)]),
    "unused inputs": TwoAnd(50, [(3, 7)]),
    "star": hubs(1, 300),
    "clique": clique(60),
    "power law": power_law(2000, 4000, rng=np.random.default_rng(0)),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", PROBLEMS)
def test_graph_counts_and_cases(name, layout):
    problem = PROBLEMS[name]
    split = split_by_influence(problem)
    figure, svg = saved(layout, influence_graph, problem, split, "who is in how many pairs")
    _, counts, cases = figure.axes
    dots = counts.get_lines()[1].get_xydata()[1:-1]
    k = problem.influence
    levels = np.unique(k[k > 0])
    assert dots.tolist() == [[level, np.count_nonzero(k >= level)] for level in levels]
    assert all(level * count <= 2 * problem.outputs for level, count in dots)
    assert [text.get_text() for text in cases.texts] == [f"{len(i):,}" for i in split.cases.values()]
    assert len(svg) < 100_000


def test_influence_graph_refuses_other_things():
    with pytest.raises(ValueError, match="problem"):
        influence_graph([(0, 1)], split_by_influence(matching(4)), "none")
    with pytest.raises(ValueError, match="split"):
        influence_graph(matching(4), None, "none")


# --- the machine room of 2-AND


def room(net, problem, active):
    y = np.isin(np.arange(problem.inputs), active)
    return two_and_stages(net, problem, y), net.trace(y), y


@pytest.mark.parametrize("layout", LAYOUTS)
def test_output_channels_on_their_way(layout):
    problem = TwoAnd(6, [(0, 1), (2, 3), (3, 4)])
    net = double_light(problem, 5, v=3, rng=np.random.default_rng(0))
    stages, trace, y = room(net, problem, [0, 3, 4])
    hears, h, dots = stages[2:]
    S = net.code_out.matrix
    C0 = listeners(problem, S)
    assert np.array_equal(hears.parts, C0[:, [0, 3, 4]].T)
    first = net.network.layers[0]
    W = -(first.factors[0] @ first.factors[1]) * (1.65 - 1.35)
    assert np.allclose(hears.parts.sum(axis=0) + hears.noise, W @ trace.x)
    assert hears.thresholds == ((1.65, "on"), (1.35, "off"))
    labels = [group.label for group in hears.groups]
    assert labels == ["3∧4\nmixed", "0"], "a true output, then an input without a partner"
    assert hears.groups[0].rows.tolist() == np.flatnonzero(S[:, 2]).tolist()
    assert hears.groups[1].rows.tolist() == np.flatnonzero(C0[:, 0]).tolist()
    assert np.allclose(h.parts.sum(axis=0) + h.noise, trace.layers[1].output)
    assert np.allclose(h.parts.sum(axis=0), S[:, 2]) and np.allclose(h.parts[1], h.parts[2])
    assert np.array_equal(h.wrong, abs(trace.layers[1].output - S[:, 2]) > 0.1)
    assert np.array_equal(dots.truth, problem.truth(y)) and np.array_equal(dots.values, trace.read_out)
    assert dots.owner.tolist() == [-1, -1, 0] and dots.names == ("3∧4",)
    saved(layout, machine_room, stages, "five rows")


def test_each_case_is_named_once():
    problem = clique(12)
    net = two_and_network(problem, v=3, neurons=40, rng=np.random.default_rng(0))
    stages, _, _ = room(net, problem, [0, 3, 4])
    for stage in some(stages[2:5]):
        assert [g.label for g in stage.groups] == ["0∧3\ndouble-heavy", "0∧4", "3∧4"]


def test_rows_that_noise_lights_are_ringed():
    problem = matching(400)
    net = double_light(problem, 40, v=2, rng=np.random.default_rng(0))
    stages, trace, _ = room(net, problem, [0, 2])
    assert not stages[4].truth.any()
    lit = trace.layers[1].output > 0.1
    assert lit.any() and np.array_equal(stages[3].wrong, lit) and np.array_equal(stages[2].wrong, lit)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_detectors_fire_and_silence(layout):
    problem = hubs(3, 20)
    net = super_heavy(problem, 400, v=3, rng=np.random.default_rng(0), density=0.25)
    stages, trace, _ = room(net, problem, [0, 1, 3])  # two hubs, and a spoke of the first
    titles = [stage.title for stage in stages]
    assert titles == ["$y$", "$x = C y$", "$W x$", "detectors", "$h$", "$D h$"]
    hears, detectors, h = stages[2:5]
    assert [group.label for group in detectors.groups] == ["0+1"]
    heard = detectors.parts.sum(axis=0) + detectors.noise
    fired = trace.layers[0].output[len(h.noise) :] > 0
    assert np.array_equal(heard > 1.5, fired) and fired.sum() == 1 and not detectors.wrong.any()
    both = hears.parts[:2].all(axis=0)
    assert both.any() and np.allclose((h.parts.sum(axis=0) + h.noise)[both], 0)
    silent_channel = both & (net.code_out.matrix[:, 0] > 0)
    assert silent_channel.any() and not h.wrong[silent_channel].any(), "silenced rows are not wrong"
    saved(layout, machine_room, stages, "two hubs")


@pytest.mark.parametrize("layout", LAYOUTS)
def test_recoded_networks_show_the_code_that_outputs_are_written_in(layout):
    problem = clique(50)
    net = two_and_network(problem, v=2, neurons=900, rng=np.random.default_rng(0))
    stages, trace, _ = room(net, problem, [3, 9])
    titles = [stage.title for stage in stages]
    assert titles == ["$y$", "$x = C y$", "$W x$", "$h$", "$W' h$", "$t$", "$D t$"]
    hears, written, dots = stages[4:]
    true = np.flatnonzero(dots.truth)
    column = net.code_out.matrix[:, true].sum(axis=1)
    assert np.allclose(hears.parts.sum(axis=0), column)
    assert hears.thresholds == ((0.93, "on"), (0.75, "off"))
    third = net.network.layers[2]
    slope = 1 / (0.93 - 0.75)
    product = third.factors[0] @ (third.factors[1] @ trace.layers[1].output)
    assert np.allclose(hears.parts.sum(axis=0) + hears.noise, -product / slope)
    assert np.array_equal(written.wrong, abs(trace.layers[3].output - column) > 0.1)
    assert hears.groups[0].case == "double_heavy" and not dots.wrong.any()
    saved(layout, machine_room, stages, "a clique")


def test_stages_refuse_other_networks_and_inputs():
    problem = matching(20)
    net = double_light(problem, 18, v=2, rng=np.random.default_rng(0))
    y = np.arange(20) < 2
    with pytest.raises(ValueError, match="net"):
        two_and_stages(net.network, problem, y)
    other = double_light(problem, 18, v=3, rng=np.random.default_rng(0))
    other = SuperposedNetwork(other.code_in, other.network, other.code_out, 2)
    with pytest.raises(ValueError, match="other thresholds"):
        two_and_stages(other, problem, y)
    with pytest.raises(ValueError, match="net"):
        two_and_stages(naive_two_and(problem), problem, y)
    with pytest.raises(ValueError, match="problem"):
        two_and_stages(net, matching(22), y)
    for wrong in (np.zeros(20, dtype=bool), np.zeros(19), y[:, None]):
        with pytest.raises(ValueError, match="y"):
            two_and_stages(net, problem, wrong)


# --- cut-offs


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("fits", [True, False])
def test_the_window_is_where_both_are_borne(layout, fits):
    cutoffs = np.array([1.0, 10.0, 100.0, 1000.0])
    covered, heavy = np.array([0.0, 0.01, 0.05, 0.9]), np.array([50.0, 20.0, 5.0, 0.0])
    limits = (1 / 16, 10 if fits else 1)
    figure, _ = saved(
        layout, cutoff_window, cutoffs, covered, (heavy, 100 / cutoffs), limits, {"here": 30.0}, "a window"
    )
    for axes in figure.axes:
        grey = [patch.get_extents().transformed(axes.transData.inverted()) for patch in axes.patches]
        assert len(grey) == fits
        for box in grey:
            assert np.allclose((box.x0, box.x1), (100, 1000))


def test_cut_offs_and_curves_of_one_length():
    three = np.ones(3)
    with pytest.raises(ValueError, match="covered, listened"):
        cutoff_window(three, three, (three, np.ones(2)), (1, 1), {}, "none")
