"""The figures of the chapter on codes: on both pages, at the extremes, and what their headlines say."""

import matplotlib
import numpy as np
import pytest

from superpos_lib import Code, bernoulli_code, constant_weight_code, random_sparse
from superpos_lib.codes import binomial_law, interference_law, misread
from superpos_lib.figures.codes import (
    failures_by_neurons,
    in_words,
    interference_histogram,
    reading_stages,
    readings_by_weight,
)
from superpos_lib.figures.machine_room import machine_room
from superpos_lib.figures.style import WRONG


def ringed(axes):
    """How many points of a panel are ringed."""
    return sum(len(line.get_xdata()) for line in axes.lines if line.get_markeredgecolor() == WRONG)


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.0, "none"), (1.0, "all"), (0.5, "50 %"), (0.0123, "1.23 %"), (0.999, "99.9 %"), (0.9999, "all"),
        (0.008, "1 in 125"), (1 / 33_612, "1 in 33,600"), (1 / 2.5e6, "1 in 2.5 million"),
        (1 / 1.2e9, "1 in 1.2 billion"), (1e-15, "1 in 1.0e+15"),
    ],
)  # fmt: skip
def test_probabilities_in_words(share, words):
    assert in_words(share) == words


def test_reading_stages_show_every_misread_feature(layout, drawn):
    code = constant_weight_code(400, 64, 8, rng=np.random.default_rng(1))
    y = np.zeros(400, dtype=bool)
    y[[3, 77, 150, 399]] = True
    readings = code.decompress(code.compress(y))
    features, neurons, read = reading_stages(code, y, readings, 0.75)
    assert (features.parts.sum(axis=0) == y).all()
    assert (neurons.parts.sum(axis=0) == code.compress(y)).all()
    wrong = misread(code, y, 0.75)
    assert wrong.any() and (read.wrong == wrong).all()
    assert (np.flatnonzero(read.owner >= 0) == [3, 77, 150, 399]).all()
    assert (neurons.parts[read.owner[77]] == code.matrix[:, 77]).all()
    figure = drawn(machine_room([features, neurons, read], f"{wrong.sum()} misread"))
    assert ringed(figure.axes[-1]) == wrong.sum()


def test_reading_stages_of_many_active_features(layout, drawn):
    code = constant_weight_code(9, 6, 2, rng=np.random.default_rng(1))
    y = np.ones(9, dtype=bool)
    figure = drawn(machine_room(reading_stages(code, y, code.decompress(code.compress(y)), 0.5), "all"))
    assert figure.get_suptitle() == "all"


@pytest.mark.parametrize(("n", "d", "v"), [(128, 8, 2), (128, 32, 4), (256, 4, 8), (1, 1, 1), (9, 9, 2)])
@pytest.mark.parametrize("threshold", [0.05, 0.5, 0.75, 0.99])
def test_histogram_shows_the_law_and_what_is_misread(layout, drawn, n, d, v, threshold):
    law = interference_law(n, d, v)
    measured = np.zeros(v * d + 1)
    measured[[0, -1]] = 0.75, 0.25
    figure = drawn(interference_histogram(measured, law, d, threshold))
    exact = sum(p for h, p in enumerate(law) if h / d > threshold + 1e-12)
    assert figure.get_suptitle() == f"{in_words(exact)} misread (measured: 25 %)"
    assert figure.get_label() == f"Mean interference {v * d / n:.3g}"
    (axes,) = figure.axes
    diamonds = next(line for line in axes.lines if line.get_marker() == "D")
    at = np.round(np.asarray(diamonds.get_xdata()) * d).astype(int)
    assert np.allclose(diamonds.get_ydata(), law[at]) and (np.delete(law, at) <= 1e-7).all()
    red = [bar for bar in axes.patches if matplotlib.colors.to_hex(bar.get_facecolor()) == WRONG.lower()]
    assert [round(bar.get_height(), 6) for bar in red] == [0.25]


def by_weight(code, v, threshold, law):
    Y = random_sparse(code.features, v, 200, rng=np.random.default_rng(9))
    wrong = misread(code, Y, threshold)
    y = Y[:, 0]
    share = wrong.sum(axis=1) / np.maximum(1, (~Y).sum(axis=1))
    readings = code.decompress(code.compress(y))
    return readings_by_weight(code.weights, y, readings, threshold, share, law), wrong[:, 0], share


@pytest.mark.parametrize(("n", "v"), [(64, 3), (64, 8), (128, 3), (512, 1)])
def test_light_columns_are_ringed_where_they_are_misread(layout, drawn, n, v):
    code = bernoulli_code(500, n, 12 / n, rng=np.random.default_rng(5))
    law = {w: binomial_law(v * w, 12 / n)[3 * w // 4 + 1 :].sum() for w in range(1, n + 1)}
    figure, wrong, share = by_weight(code, v, 0.75, law)
    drawn(figure)
    assert figure.get_suptitle() == (
        f"One input: {wrong.sum()} misread; of all readings, {in_words(share.mean())}"
    )
    readings = {(w, r) for w, r in zip(code.weights[wrong], np.flatnonzero(wrong), strict=True)}
    assert ringed(figure.axes[0]) <= len(readings) and (ringed(figure.axes[0]) > 0) == wrong.any()
    rings = [line for line in figure.axes[0].lines if line.get_markeredgecolor() == WRONG]
    assert all((np.asarray(line.get_ydata()) > 0.75).all() for line in rings)


def test_nothing_inactive_is_drawn_above_the_threshold_that_is_not(layout):
    code = bernoulli_code(500, 64, 12 / 64, rng=np.random.default_rng(5))
    law = dict.fromkeys(range(1, 65), 0.5)
    figure, wrong, _ = by_weight(code, 3, 0.72, law)
    rings = [line for line in figure.axes[0].lines if line.get_markeredgecolor() == WRONG]
    above = {(w, r) for line in rings for w, r in zip(line.get_xdata(), line.get_ydata(), strict=True)}
    spots = [line for line in figure.axes[0].lines if line.get_markeredgecolor() == "#666666"]
    drawn_above = {
        (w, r)
        for line in spots
        for w, r in zip(line.get_xdata(), line.get_ydata(), strict=True)
        if r > 0.72 + 1e-9
    }
    assert drawn_above == above and wrong.any()


@pytest.mark.parametrize("n", [16, 64, 1000])
def test_one_weight_for_all_is_one_place(layout, drawn, n):
    code = constant_weight_code(300, n, 12, rng=np.random.default_rng(5))
    figure, _, _ = by_weight(code, 3, 0.75, {12: interference_law(n, 12, 3)[10:].sum()})
    drawn(figure)
    left, right = figure.axes[1].get_xlim()
    assert left == 0 and right > 24


def test_a_code_of_two_features(layout, drawn):
    code = Code([[1, 1], [1, 0]])
    figure, wrong, share = by_weight(code, 1, 0.4, {1: 1.0, 2: 1.0})
    drawn(figure)
    assert wrong.sum() == 1 and share.max() == 1


@pytest.mark.parametrize("scale", [1.0, 1e-9, 0.0])
def test_failures_cross_the_line_where_the_headline_says(layout, drawn, scale):
    grid = np.array([16, 32, 64, 128, 256])
    law = 1e6 * scale * grid.astype(float) ** -5 + 1e-30
    bound = np.minimum(1, 32 * law)
    figure = drawn(failures_by_neurons([16, 64], [0.5 * scale, 0], grid, law, bound, 1000, 10**6))
    # 1000 law = 0.01 at n = (1e11)^(1/5) = 158, the bound, 32 times as high, at twice that
    words = {1.0: ("about 158", "beyond 256")}.get(scale, ("16 or fewer", "16 or fewer"))
    assert figure.get_suptitle() == (f"1 misread in 100 inputs: n {words[0]}; by the bound {words[1]}")


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda: reading_stages(CODE, [0, 0, 0], [0, 0, 0], 0.5), "y"),
        (lambda: reading_stages(CODE, [1, 0], [0, 0, 0], 0.5), "y"),
        (lambda: reading_stages(CODE, [1, 0, 0], [0, 0], 0.5), "readings"),
        (lambda: interference_histogram([1.0], [0.5, 0.5], 1, 0.5), "measured"),
        (lambda: readings_by_weight([1, 1], [1], [0, 0], 0.5, [0, 0], {1: 0}), "y"),
        (lambda: readings_by_weight([1, 1], [1, 0], [0], 0.5, [0, 0], {1: 0}), "readings"),
        (lambda: readings_by_weight([1, 1], [1, 0], [0, 0], 0.5, [0], {1: 0}), "measured"),
        (lambda: failures_by_neurons([1], [0, 0], [1], [1], [1], 1, 1), "measured"),
        (lambda: failures_by_neurons([1], [0], [1, 2], [1], [1], 1, 1), "law, bound"),
    ],
)
def test_bad_arguments_are_named(call, argument):
    with pytest.raises(ValueError, match=rf"^{argument}: expected .*; got "):
        call()


CODE = Code([[1, 1, 0], [1, 0, 1], [0, 1, 1]])
