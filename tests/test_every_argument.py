"""Every public function, fed with wrong kinds of everything, answers in the library's own words.

One good call for each name that any module offers. Each argument in turn is replaced by things of another
kind or size. The function may take them, and if not it says so: a `ValueError` that names the argument, or
a `ConstructionError`. Python's and NumPy's own complaints never come through, and memory never runs out.
"""

import importlib
import pathlib
import pkgutil
import re
import tempfile
import warnings

import numpy as np
import pytest

import superpos_lib
from superpos_lib import (
    ConstructionError,
    Layer,
    Network,
    Permutation,
    choice,
    clique,
    constant_weight_code,
    double_light,
    hubs,
    matching,
    permutation_network,
)
from superpos_lib.circuits import circuit_network, parse, xor_gate
from superpos_lib.compression import multiplied_out
from superpos_lib.counting import threshold_functions
from superpos_lib.network import centred_product
from superpos_lib.two_and.channels import channel_matrix


def rng():
    return np.random.default_rng(0)


P3, P6 = Permutation([1, 2, 0]), Permutation([1, 2, 0, 4, 5, 3])
EIGHT, HUBS = matching(8), hubs(2, 3)
CODE = constant_weight_code(6, 20, 4, rng=rng())
PERMUTES = permutation_network(P6, 40, v=2, rng=rng())
ANDS = double_light(EIGHT, 30, v=2, rng=rng())
CHANNELS = ANDS.code_out.matrix
LAYER = Layer((np.eye(2),), [0, 0])
ROWS = channel_matrix([[0, 1], [2, 3]], 5)
CASE = {"problem": EIGHT, "neurons": 30, "v": 2, "rng": rng}
TRAINED = {
    **CASE,
    "neurons": 4,
    "loss": "entropy",
    "code": constant_weight_code(8, 6, 2, rng=rng()),
    "code_out": constant_weight_code(4, 6, 2, rng=rng()),
    "start": None,
    "scale": 0.3,
    "steps": 2,
    "batch": 8,
    "rate": 0.01,
    "every": 1,
}
RULES = parse("c = a and b")
COMPILED = circuit_network(RULES, v=2, rng=rng())
FILES = pathlib.Path(tempfile.mkdtemp())
WEIGHTS, PAIRS = FILES / "weights.npz", FILES / "pairs.csv"
np.savez(WEIGHTS, W=np.ones((3, 4)), V=np.ones((2, 3)))
PAIRS.write_text("0,1\n1,2\n")
LARGEST = {"problem": HUBS, "neurons": 60, "v": 2, "rng": rng}

# Of each module, a good call of everything that it offers; an argument that is `rng` is called anew.
CALLS = {
    "baselines.naive_two_and": {"problem": EIGHT},
    "baselines.u_and": CASE,
    "bounds.bits_with_errors": {"m": 10, "error_fraction": 0.1},
    "bounds.capacity": {"neurons": 10, "bits_per_parameter": 32, "layers": 1},
    "bounds.neurons_at_any_precision": {"m": 1000, "layers": 1},
    "bounds.neurons_needed": {"bits": 100, "bits_per_parameter": 32, "layers": 1},
    "bounds.permutation_bits": {"m": 10},
    "bounds.two_and_bits": {"m": 10, "outputs": 4},
    "circuits.checks.circuit_inputs": {"circuit": RULES, "v": 2, "count": 3, "rng": rng},
    "circuits.checks.unlike": {"text": "z = a", "name": "z", "wanted": lambda a: not a or a == 7},
    "circuits.checks.verify_circuit": {
        "net": COMPILED,
        "v": 2,
        "method": "sampled",
        "count": 3,
        "rng": rng,
    },
    "circuits.circuit.Circuit": {"inputs": ("a", "b"), "layers": [[xor_gate("c", "a", "b")]]},
    "circuits.gates.Gate": {"name": "c", "plus": ("a", "b"), "minus": (), "least": 1, "most": 1},
    "circuits.gates.and_not": {"name": "c", "wanted": ("a",), "unwanted": ("b",)},
    "circuits.gates.pass_gate": {"name": "a", "feature": "a"},
    "circuits.gates.threshold_gate": {"name": "c", "inputs": ("a", "b"), "theta": 2},
    "circuits.gates.xor_gate": {"name": "c", "a": "a", "b": "b"},
    "circuits.network.circuit_network": {
        "circuit": RULES,
        "v": 2,
        "neurons": 20,
        "rng": rng,
        "clip": True,
    },
    "circuits.network.circuit_width": {"circuit": RULES, "v": 2},
    "circuits.text.parse": {"text": "c = a and b"},
    "codes.Code": {"matrix": [[1, 1]]},
    "codes.bernoulli_code": {"m": 5, "n": 10, "p": 0.5, "rng": rng},
    "codes.binomial_law": {"trials": 5, "p": 0.5},
    "codes.constant_weight_code": {"m": 5, "n": 10, "d": 3, "rng": rng},
    "codes.interference_bound": {"n": 20, "d": 3, "v": 2, "threshold": 0.5},
    "codes.interference_law": {"n": 20, "d": 3, "v": 2},
    "codes.misread": {"code": CODE, "Y": np.eye(6), "threshold": 0.5},
    "codes.provable_size": {"v": 2, "cases": 100, "threshold": 0.5, "failure": 0.01},
    "codes.worst_input": {"code": CODE, "v": 2},
    "compression.multiplied_out": {"network": PERMUTES, "layer": 0},
    "compression.pack": {"weights": np.array([[1.0, 2.0], [3.0, 4.0]]), "levels": 3, "kept": 1.0},
    "compression.weights_needed": {"bits": 10, "places": 100, "levels": 256},
    "compression.with_weights": {"network": PERMUTES, "weights": multiplied_out(PERMUTES), "layer": 0},
    "counting.numbered_permutation": {"number": 3, "m": 4},
    "counting.permutation_number": {"order": [1, 0]},
    "counting.threshold_functions": {"inputs": 2, "largest": 2},
    "counting.two_unit_functions": {"functions": threshold_functions(2, 2)},
    "explore.choice": {"label": "a", "wide": (0, 9)},
    "explore.explore": {"alt": "A picture.", "n": choice(1, 2)},
    "inputs.all_sparse": {"m": 5, "v": 2},
    "inputs.count_sparse": {"m": 5, "v": 2},
    "inputs.partners_by_input": {"problem": EIGHT},
    "inputs.random_sparse": {"m": 5, "v": 2, "count": 3, "rng": rng},
    "inputs.sparse_batches": {"m": 5, "v": 2, "batch": 4},
    "inputs.targeted_sparse": {"problem": EIGHT, "v": 2, "count": 3, "rng": rng},
    "measurements.fit_power_law": {"x": [1, 2, 3], "y": [1, 4, 9.0], "confidence": 0.95},
    "measurements.records": {"sweep": "bits"},
    "network.Layer": {"factors": (np.eye(2),), "bias": [0, 0], "relu": True},
    "network.Network": {"layers": (LAYER,)},
    "network.SuperposedNetwork": {
        "code_in": PERMUTES.code_in,
        "network": PERMUTES.network,
        "code_out": PERMUTES.code_out,
        "v": 2,
        "threshold": 0.5,
    },
    "network.centred_product": {"computing": np.eye(6), "code": CODE},
    "permutation.code_weight": {"m": 10, "neurons": 20},
    "permutation.permutation_network": {"problem": P3, "neurons": 40, "v": 2, "rng": rng},
    "permutation.permutation_product": {"problem": P6, "code": CODE},
    "permutation.row_noise_bound": {
        "deviation": 0.5,
        "load": 3,
        "neurons": 40,
        "weight": 4,
        "active": 2,
        "height": None,
    },
    "permutation.threshold_network": {"factors": (np.eye(3),)},
    "problems.Permutation": {"order": [1, 0]},
    "problems.TwoAnd": {"inputs": 4, "pairs": [(0, 1)]},
    "problems.clique": {"m": 4},
    "problems.hubs": {"count": 2, "spokes": 3},
    "problems.matching": {"m": 4},
    "problems.power_law": {"m": 6, "outputs": 5, "exponent": 1.0, "rng": rng},
    "problems.random_two_and": {"m": 6, "outputs": 5, "rng": rng},
    "problems.regular": {"inputs": 6, "influence": 2, "rng": rng},
    "problems.split_by_influence": {"problem": EIGHT},
    "reading.auc": {"scores": np.ones((8, 8)), "problem": EIGHT},
    "reading.channels": {"network": ANDS, "share": 0.25},
    "reading.computed_pairs": {"network": ANDS},
    "reading.from_arrays": {
        "W": np.ones((3, 4)),
        "b": np.ones(3),
        "V": np.ones((2, 3)),
        "c": np.ones(2),
        "v": 2,
        "threshold": 0.0,
    },
    "reading.lift": {"network": ANDS, "problem": EIGHT},
    "reading.listens": {"network": ANDS, "share": 0.25},
    "reading.load": {"path": WEIGHTS, "v": 2, "threshold": 0.0},
    "reading.load_pairs": {"path": PAIRS, "inputs": 3},
    "reading.pair_lifts": {"network": ANDS, "problem": EIGHT},
    "reading.pair_scores": {"network": ANDS},
    "reading.read": {"network": ANDS, "rng": rng, "problem": EIGHT},
    "sizing.provable_network": {**CASE, "neurons": 200, "weight": 4, "channel": 4},
    "sizing.provable_width": {"problem": EIGHT, "v": 2, "failure": 0.01},
    "sizing.smallest_width": {
        "problem": EIGHT,
        "v": 2,
        "rng": rng,
        "construction": double_light,
        "method": "certified",
        "tries": 1,
        "needed": None,
        "least": 8,
        "most": 64,
        "precision": 0.1,
    },
    "training.loss_and_gradients": {
        "network": Network((LAYER,)),
        "X": np.ones((2, 3)),
        "T": np.eye(2, 3),
        "loss": "fourth",
    },
    "training.train": TRAINED,
    "training.training_steps": TRAINED,
    "two_and.assembly.assemble": {**CASE, "channels": CHANNELS},
    "two_and.assembly.clip_for": {"v": 2, "quiet": True},
    "two_and.assembly.exact_weights": {"listens": np.eye(6), "code": CODE},
    "two_and.assembly.quietest_weights": {"listens": np.eye(6), "code": CODE},
    "two_and.assembly.reading": {"code": CODE},
    "two_and.assembly.recode": {"net": ANDS, "rng": rng},
    "two_and.channels.balanced_rows": {"rows": 10, "count": 4, "L": 2, "rng": rng},
    "two_and.channels.channel_length": {"v": 2},
    "two_and.channels.channel_matrix": {"sets": [[0], [1]], "rows": 3},
    "two_and.channels.check_problem": {"problem": EIGHT},
    "two_and.channels.listeners": {"problem": EIGHT, "channels": CHANNELS},
    "two_and.dedicated.dedicated": {"problem": EIGHT, "v": 2},
    "two_and.double_heavy.double_heavy": {**CASE, "problem": clique(5), "neurons": 60},
    "two_and.double_heavy.heavy_channels": {"problem": clique(5), "rows": 60, "v": 2, "rng": rng},
    "two_and.double_light.double_light": {**CASE, "channel": None},
    "two_and.double_light.light_channels": {"problem": EIGHT, "rows": 30, "v": 2, "rng": rng, "channel": 3},
    "two_and.mixed.mixed": LARGEST,
    "two_and.mixed.owners": {"problem": HUBS},
    "two_and.mixed.shared_channels": {"problem": HUBS, "rows": 60, "v": 2, "rng": rng},
    "two_and.mixed.shared_out": {"problem": HUBS, "rows": 60, "v": 2, "rng": rng},
    "two_and.mixed.territories": {"rows": 20, "shares": [1, 2], "rng": rng},
    "two_and.super_heavy.super_heavy": {**LARGEST, "density": None},
    "two_and.until_right.certifiable": {"network": ANDS, "problem": EIGHT, "v": 2},
    "two_and.until_right.until_right": {
        "draw": print,
        "problem": EIGHT,
        "first": 10,
        "v": 2,
        "rng": rng,
    },
    "two_and.whole.two_and_network": {**CASE, "neurons": 40},
    "two_and.width.dedicated_width": {"problem": EIGHT},
    "two_and.width.light_estimate": {"problem": EIGHT, "n": 30, "v": 2},
    "two_and.width.light_inputs": {"problem": EIGHT, "neurons": 30, "v": 2},
    "two_and.width.light_width": {"problem": EIGHT, "v": 2},
    "two_and.width.recoded_width": {"problem": EIGHT, "v": 2},
    "two_and.width.width_rule": {"problem": EIGHT, "v": 2},
    "verdicts.wrong_input": {"network": ANDS, "problem": EIGHT, "v": 2},
    "verify.clopper_pearson_upper": {"failures": 1, "checked": 10, "confidence": 0.9},
    "verify.verify": {
        "network": PERMUTES,
        "problem": P6,
        "v": 2,
        "method": "sampled",
        "count": 3,
        "rng": rng,
        "inputs": None,
        "confidence": 0.9,
    },
}
METHODS = {
    "Circuit.truth": (RULES.truth, {"Y": np.eye(2)}),
    "Circuit.levels": (RULES.levels, {"Y": np.eye(2)}),
    "Circuit.active": (RULES.active, {"Y": np.eye(2)}),
    "CircuitNetwork.predict": (COMPILED.predict, {"Y": np.eye(2)}),
    "CircuitNetwork.states": (COMPILED.states, {"Y": np.eye(2)}),
    "CircuitNetwork.carriers": (COMPILED.carriers, {"level": 1, "name": "c"}),
    "Code.compress": (CODE.compress, {"Y": np.eye(6)}),
    "Code.decompress": (CODE.decompress, {"X": np.ones(20)}),
    "Layer.trace": (LAYER.trace, {"X": [1.0, 2]}),
    "Layer()": (LAYER, {"X": [1.0, 2]}),
    "Network()": (PERMUTES.network, {"X": np.ones(40)}),
    "Network.trace": (PERMUTES.network.trace, {"X": np.ones(40)}),
    "Network >>": (PERMUTES.network.__rshift__, {"other": PERMUTES.network}),
    "Permutation.then": (P3.then, {"other": P3}),
    "Permutation.truth": (P3.truth, {"Y": np.eye(3)}),
    "SuperposedNetwork >>": (PERMUTES.__rshift__, {"other": PERMUTES}),
    "SuperposedNetwork.predict": (PERMUTES.predict, {"Y": np.eye(6)}),
    "SuperposedNetwork.trace": (PERMUTES.trace, {"Y": np.eye(6)}),
    "TwoAnd.truth": (EIGHT.truth, {"Y": np.eye(8)}),
}
# What only holds what another function found; and what stands behind one door, `verify` or a command.
RECORDS = {
    "circuits.network.CircuitNetwork", "circuits.network.CircuitOrigin",
    "codes.ConstructionError", "compression.Packed", "explore.Choice", "explore.Explorer", "explore.Frame",
    "measurements.PowerLaw", "network.LayerTrace", "network.Trace", "problems.Split",
    "reading.Reading", "sizing.ProvableWidth", "sizing.WidthSearch", "two_and.assembly.Clip",
    "two_and.until_right.Origin", "verdicts.Unlike", "verify.Report",
}  # fmt: skip
INSIDE = ("certificate", "climbing", "figures", "live", "marking", "practice", "topics")
# They join what the functions above made, or choose among stored records.
JOINING = {
    "circuits.gates.and_gate", "circuits.gates.or_gate",
    "measurements.narrowest", "measurements.typical", "measurements.widths", "two_and.channels.stack",
    "two_and.mixed.owned_channels", "two_and.super_heavy.meetings", "two_and.super_heavy.spared",
    "verdicts.described", "verdicts.verdict",
}  # fmt: skip

WRONG = [
    None, True, "x", "", -1, 0, 1.5, float("nan"), float("inf"), 10**30, 2**60, 2**44, 1j, [], [[]], {},
    [None], [[1], [2, 3]], object(), np.random, np.random.RandomState(0), np.zeros((2, 2, 2)),
    np.zeros((0, 3)),
    np.array(["a"]), P3, EIGHT, CODE, PERMUTES, LAYER, print, {1}, b"x", np.int64(-3), np.array([np.nan]),
]  # fmt: skip
OWN = re.compile(r"^[\w, ]+(\[\d\])?: expected .+; got .+", re.DOTALL)


def offered():
    """All names that a module of the library makes and lists in its `__all__`, its own folder first."""
    for found in pkgutil.walk_packages(superpos_lib.__path__, "superpos_lib."):
        path = found.name.removeprefix("superpos_lib.")
        if path.startswith("_") or path.split(".")[0] in INSIDE:
            continue
        module = importlib.import_module(found.name)
        for name in getattr(module, "__all__", ()):
            if getattr(getattr(module, name), "__module__", None) == found.name:
                yield f"{path}.{name}"


def test_every_name_that_is_offered_is_tried():
    tried = set(CALLS) | RECORDS | JOINING
    assert set(offered()) == tried
    assert len(tried) == len(CALLS) + len(RECORDS) + len(JOINING)


def function(name):
    module, _, last = name.rpartition(".")
    found = getattr(importlib.import_module(f"superpos_lib.{module}"), last)
    if name == "inputs.sparse_batches":
        return lambda **given: next(found(**given))
    return (lambda **given: found(1, 2, **given)) if name == "explore.choice" else found


EVERYTHING = {**{name: (function(name), given) for name, given in CALLS.items()}, **METHODS}


def run(call, given):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return call(**{name: value() if value is rng else value for name, value in given.items()})


@pytest.mark.parametrize("name", EVERYTHING)
def test_the_good_call_is_good(name):
    call, given = EVERYTHING[name]
    # A right network has no wrong input.
    assert (run(call, given) is None) == (name == "verdicts.wrong_input")


@pytest.mark.parametrize(
    ("name", "argument"),
    [(name, argument) for name, (_, given) in EVERYTHING.items() for argument in given],
)
def test_what_is_refused_is_refused_in_our_words(name, argument):
    call, given = EVERYTHING[name]
    refused = []
    for wrong in WRONG:
        try:
            run(call, {**given, argument: wrong})
        except ConstructionError:
            refused.append("by a construction")
        except ValueError as error:
            refused.append(str(error))
    assert refused and all(said == "by a construction" or OWN.match(said) for said in refused), refused


def test_a_size_that_cannot_be_had_is_named_with_the_memory_it_takes():
    with pytest.raises(ValueError, match=r"^m: expected what fits .* memory; got \d+, which takes"):
        matching(2**44)


def test_a_product_of_another_size_names_the_matrix():
    with pytest.raises(ValueError, match=r"^computing: expected a matrix of finite numbers with 6 columns"):
        centred_product(np.eye(5), CODE)
