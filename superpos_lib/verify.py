"""Is this network right? Every input tried, a sample, a proof for every input, or a search for a fault.

Trying all inputs ends where there are many; a sample finds what is not too rare; a certificate covers all,
by bounds on what any v active inputs can do. Its proof is that of `superpos_lib.certificate`. A search that
climbs on the read-out's margin, that of `superpos_lib.climbing`, finds what is rare, and proves nothing.
"""

from dataclasses import dataclass

import numpy as np

from ._arguments import boolean_columns, expected, generator, one_of, real, whole
from .certificate import certify
from .climbing import climb
from .inputs import count_sparse, sparse_batches, targeted_sparse
from .network import SuperposedNetwork

__all__ = ["Report", "clopper_pearson_upper", "verify"]

# The most inputs that an exhaustive check goes through: beyond it, it would not end in an afternoon.
EXHAUSTIVE_INPUTS = 50_000_000
BATCH = 256
METHODS = ("exhaustive", "certified", "sampled", "climbing")


@dataclass(frozen=True, eq=False)
class Report:
    """What a check found.

    ok : no input failed
    checked : how many inputs were tried
    failures : on how many of them at least one output was wrong
    failure_rate : failures / checked
    failure_rate_upper : the failure rate is at most this; for a sample, with the stated confidence and
        for inputs drawn as the sample was
    counterexample : the first input that failed, Booleans of shape (m,), or None

    A certificate that holds covers every input: `checked` is their number, and the rates are 0. Where none
    was found, `ok` is false, `checked` counts the inputs that the network was run on, those that the
    bounds left open, `failures` those that failed, and `failure_rate_upper` is 1: nothing is claimed.
    `counterexample` then tells a wrong network from one that could not be settled, where it is None and
    `gave_up` says on what the certificate gave up, and why; else that is "".

    Of a search that climbs, `checked` counts the inputs that the network was run on: those of the sample
    it starts from, and those where climbs stood after a round. They were sought out, so `failure_rate` says
    nothing about inputs at large, and `failure_rate_upper` is 1 even where `ok`.
    """

    ok: bool
    checked: int
    failures: int
    failure_rate: float
    failure_rate_upper: float
    counterexample: np.ndarray | None
    gave_up: str = ""


def clopper_pearson_upper(failures, checked, confidence=0.99):
    """The largest p under which so few failures would not be surprising.

    The solution p of P[Binomial(checked, p) <= failures] = 1 - confidence: an exact upper confidence
    bound for the failure rate (Clopper and Pearson 1934, one-sided).

    Theorem: thm-proof-interval.

    Raises
    ------
    ValueError
        checked outside 1, ..., 2^53, failures outside 0, ..., checked, confidence outside (0, 1).

    Examples
    --------
    >>> abs(clopper_pearson_upper(0, 1000) - (1 - 0.01 ** (1 / 1000))) < 1e-12
    True
    >>> clopper_pearson_upper(5, 5)
    1.0
    """
    checked = whole("checked", checked, 1, 2**53)
    failures = whole("failures", failures, 0, checked)
    confidence = real("confidence", confidence, 0, 1 - 1e-12)
    if failures == checked:
        return 1.0
    k = np.arange(1, failures + 1)
    log_choose = np.concatenate([[0.0], np.cumsum(np.log((checked - k + 1) / k))])
    k = np.arange(failures + 1)

    def log_tail(p):
        terms = log_choose + k * np.log(p) + (checked - k) * np.log1p(-p)
        return terms.max() + np.log(np.exp(terms - terms.max()).sum())

    low, high = failures / checked, 1.0
    while (middle := (low + high) / 2) not in (low, high):
        if log_tail(middle) > np.log(1 - confidence):
            low = middle
        else:
            high = middle
    return float(high)


def verify(network, problem, v, method="exhaustive", *, count=None, rng=None, inputs=None, confidence=0.99):
    """Compare a network's predictions with the problem's truth, input by input.

    Parameters
    ----------
    network : SuperposedNetwork
    problem : TwoAnd or Permutation
    v : int
        Inputs with at most v ones are checked; v is at most `network.v`.
    method : str
        "exhaustive": every input with at most v ones. "sampled": `count` inputs of
        `targeted_sparse`, drawn from `rng`, or the given `inputs`. "certified": a proof for every input
        with at most v ones, by bounds on what the rows hear; see `superpos_lib.certificate`.
        "climbing": a search from `count` starts, drawn from `rng`, that exchanges one active input after
        another to lower the margin of an output; see `superpos_lib.climbing`. 4 m' starts look at every
        output from all sides. It ends soon after the first wrong input.
    count, rng, inputs
        For "sampled", either count and rng, or inputs, Booleans of shape (m, batch); for "climbing" count
        and rng.
    confidence : float
        Of `failure_rate_upper` for a sample (Clopper and Pearson).

    Returns
    -------
    Report

    Raises
    ------
    ValueError
        A network of other sizes than the problem, v out of range, an unknown method, arguments that
        the method does not take or lacks, more than 50,000,000 inputs to go through, or a network too
        large for a certificate (rows times m, or times neurons, above 2^29).

    Notes
    -----
    A certificate is sound: a network that it calls right is right on every input, in exact arithmetic and
    as `predict` computes it in double precision, whatever the order of its sums. What is assumed of a
    machine, and checked of a network, stands with the theorem.
    It is not complete. It gives up, without a counterexample, where a read-out is as near to the threshold
    as rounding errors, and where too much is left open: near the smallest width. `Report.gave_up` says so.
    After re-coding it has bounds for a `TwoAnd` whose rows are clips, the first with detectors or without;
    for a permutation applied twice it tries all inputs, if there are no more than 200,000 of them.

    Theorem: cor-proof-sound, thm-proof-certificate, prop-proof-rounding.

    Examples
    --------
    >>> from superpos_lib.permutation import permutation_network
    >>> from superpos_lib.problems import Permutation
    >>> p = Permutation([1, 2, 0, 3, 5, 4])
    >>> net = permutation_network(p, 160, v=2, rng=np.random.default_rng(0))
    >>> report = verify(net, p, 2)
    >>> report.ok, report.checked
    (True, 22)
    """
    if not isinstance(network, SuperposedNetwork):
        raise expected("network", "a SuperposedNetwork", network)
    sizes = (network.code_in.features, network.code_out.features)
    if not hasattr(problem, "truth") or (problem.inputs, problem.outputs) != sizes:
        raise expected("problem", f"a problem of {sizes[0]} inputs and {sizes[1]} outputs", problem)
    v = whole("v", v, 1, network.v)
    method = one_of("method", method, METHODS)
    if method in ("exhaustive", "certified") and not (count is None and rng is None and inputs is None):
        raise expected("count, rng, inputs", f'none of them with method="{method}"', "one")
    if method == "climbing":
        return _climbed(network, problem, v, count, rng, inputs)
    if method == "certified":
        return _certified(network, problem, v)
    if method == "exhaustive":
        if count_sparse(problem.inputs, v) > EXHAUSTIVE_INPUTS:
            raise expected(
                "v",
                f'at most {EXHAUSTIVE_INPUTS} inputs in all; method="sampled" has no such limit',
                f"{count_sparse(problem.inputs, v)} inputs with at most {v} ones",
            )
        report = _compare(network, problem, sparse_batches(problem.inputs, v, BATCH))
        return Report(*report[:3], report[3], report[3], report[4])
    if inputs is None:
        inputs = targeted_sparse(problem, v, whole("count", count, 1), rng=generator(rng))
    elif not (count is None and rng is None):
        raise expected("inputs", "either inputs, or count and rng", "both")
    inputs = boolean_columns("inputs", inputs, problem.inputs)
    if inputs.ndim != 2 or inputs.shape[1] == 0 or inputs.sum(axis=0).max() > v:
        raise expected("inputs", f"one column or more with at most {v} ones each", inputs)
    batches = (inputs[:, i : i + BATCH] for i in range(0, inputs.shape[1], BATCH))
    report = _compare(network, problem, batches)
    upper = clopper_pearson_upper(report[2], report[1], confidence)
    return Report(*report[:3], report[3], upper, report[4])


def _compare(network, problem, batches):
    checked = failures = 0
    counterexample = None
    for Y in batches:
        wrong = (network.predict(Y) != problem.truth(Y)).any(axis=0)
        checked += Y.shape[1]
        failures += int(wrong.sum())
        if counterexample is None and wrong.any():
            counterexample = Y[:, int(np.argmax(wrong))].copy()
    return failures == 0, checked, failures, failures / checked, counterexample


def _climbed(network, problem, v, count, rng, inputs):
    if inputs is not None:
        raise expected("inputs", 'none of them with method="climbing"', "some")
    found = climb(network, problem, v, whole("count", count, 1), rng=generator(rng))
    rate = found.failures / found.checked
    return Report(found.failures == 0, found.checked, found.failures, rate, 1.0, found.counterexample)


def _certified(network, problem, v):
    suspects, gave_up = certify(network, problem, v)
    if not gave_up:
        return Report(True, count_sparse(problem.inputs, v), 0, 0.0, 0.0, None)
    checked, failures = suspects.checked, suspects.failures
    rate, found = failures / checked if checked else 0.0, suspects.counterexample
    return Report(False, checked, failures, rate, 1.0, found, gave_up if found is None else "")
