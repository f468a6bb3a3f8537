"""What exercises by hand ask: one function a topic, from random numbers to a text and its parts.

A topic states a small instance and computes what is right, and what known mistakes lead to, in whole
numbers and fractions. `practice` draws instances until no mistake gives the right value.
"""

import math
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, count

__all__ = ["TOPICS", "Part"]

# A reader's 2/3 comes as a float: fractions up to this denominator are told apart.
DENOMINATOR = 100_000


@dataclass(frozen=True)
class Part:
    """One question, its answer, and pairs (value, what is said of it) for values that mistakes lead to."""

    question: str
    answer: Fraction
    mistakes: tuple

    @property
    def sound(self):
        """Whether no mistake gives the right value, and a float stands for each value."""
        values = [self.answer, *(value for value, _ in self.mistakes)]
        return self.answer not in values[1:] and all(one.denominator <= DENOMINATOR for one in values)


def _part(question, answer, *mistakes):
    return Part(question, Fraction(answer), tuple((Fraction(value), said) for value, said in mistakes))


def _names(numbers):
    return ", ".join(map(str, sorted(numbers)))


def _code(rng, features, neurons, weight, shared=None):
    """Features as sets of neurons, no two the same, or no two with more than so many in common."""
    most = weight - 1 if shared is None else shared
    while True:
        sets = [frozenset(rng.sample(range(neurons), weight)) for _ in range(features)]
        if all(len(one & other) <= most for one, other in combinations(sets, 2)):
            return sets


def _listed(sets, name="feature"):
    return "; ".join(f"{name} {j}: {_names(one)}" for j, one in enumerate(sets))


def superposition(rng):
    """A code of five features; two are active, and a third is read."""
    code = _code(rng, 5, 7, 3)
    active = sorted(rng.sample(range(5), 2))
    j = rng.choice([k for k in range(5) if k not in active])
    held = [sum(r in code[k] for k in active) for r in range(7)]
    r = rng.choice([r for r in range(7) if held[r] == max(held)])
    hits = sum(held[r] for r in code[j])
    rows = sum(held[r] > 0 for r in code[j])
    shared = [len(one & other) for one, other in combinations(code, 2)]
    text = (
        f"Seven neurons, 0 to 6, hold five features of three neurons each. {_listed(code).capitalize()}.\n"
        f"Features {active[0]} and {active[1]} are active. A feature is read as the mean over its neurons."
    )
    return (
        text,
        _part(
            f"What does neuron {r} hold?",
            held[r],
            (held[r] / Fraction(3), "nothing is divided before a feature is read"),
            (sum(r in one for one in code), "that counts all features with this neuron, active or not"),
        ),
        _part(
            f"What does feature {j} read, which is not active?",
            Fraction(hits, 3),
            (hits, "that is the sum over its three neurons, and the mean is asked"),
            (Fraction(rows, 3), "that counts lit neurons, and a neuron may hold 2"),
            (Fraction(hits, 7), "the mean is over the feature's own neurons, not over all seven"),
        ),
        _part(
            "How many of the ten pairs of features share exactly one neuron?",
            shared.count(1),
            (10 - shared.count(0), "that counts those, too, that share more than one"),
            (shared.count(2), "that is how many share two"),
        ),
    )


def computing(rng):
    """The unpacking network for all pairs: what neurons hear, how many say yes, how many there are."""
    features, neurons = rng.choice((5, 6)), rng.choice((11, 12))
    code = _code(rng, features, neurons, 4, shared=2)
    a, k, b = rng.sample(range(features), 3)
    reads = [Fraction(len(one & code[a]) + len(one & code[k]), 4) for one in code]
    pairs = list(combinations(range(features), 2))
    agreed = sum(reads[i] + reads[j] > Fraction(7, 4) for i, j in pairs)
    packed = rng.randrange(6, 21)
    wider, narrower = max(len(pairs), packed), min(len(pairs), packed)
    text = (
        f"An unpacking network computes all {len(pairs)} ANDs of two of {features} features, which are "
        f"stored in {neurons} numbers, 0 to {neurons - 1}, four for each. {_listed(code).capitalize()}.\n"
        "Each pair has a neuron. It hears the readings of its two features, added up, and says yes if that "
        "is more than 7/4. (A reading is the mean over a feature's four numbers. The threshold takes two "
        f"layers, with a neuron for each pair in both.) The answers are packed into {packed} "
        f"numbers.\nFeatures {min(a, k)} and {max(a, k)} are active."
    )
    return (
        text,
        _part(
            f"What does the neuron for {min(a, b)}∧{max(a, b)} hear?",
            reads[a] + reads[b],
            (1, f"it hears readings and not features, and feature {k} is in some of the same numbers"),
            (reads[a], f"feature {b} is not active, but it is read, too, and reads more than 0"),
            (1 + reads[b], f"feature {a} reads more than 1, since it shares numbers with feature {k}"),
            (4 * (reads[a] + reads[b]), "a reading is a mean, and that is a sum"),
        ),
        _part(
            "How many of these neurons say yes?",
            agreed,
            (1, "one AND is true, but others may hear more than 7/4, too"),
            (2 * features - 3, "not every pair with an active feature hears enough"),
        ),
        _part(
            "How many neurons has the network, as this book counts them?",
            wider,
            (
                narrower,
                "the layers in between are wider"
                if packed < len(pairs)
                else "whoever reads the answers needs all the numbers that they are packed into",
            ),
            (neurons, "so many numbers it is given, and the widest layer counts"),
            (agreed, "neurons count, whatever they say"),
            (2 * len(pairs), "the two layers are not added up: the widest one counts"),
        ),
    )


def counting(rng):
    """Permutations of m features, or ways to send k of them to m places, in parameters of a few bits."""
    while True:
        k, m, bits = rng.randrange(3, 10), rng.randrange(5, 13), rng.randrange(2, 10)
        orders = math.perm(m, k)
        if k <= m and 60 <= orders < 400_000:
            break
    whole_bits = (orders - 1).bit_length()
    asked = f"permutations of {m} features"
    if k < m:
        asked = f"ways to send {k} features to {m} places, no two to the same one"
    text = f"A network shape is to express all {asked}, with parameters of {bits} bits."
    return (
        text,
        _part(
            f"How many {'permutations' if k == m else 'ways'} are there?",
            orders,
            (m**k, "no place is used twice"),
            (2**m, "that is the number of inputs" if k == m else "that is the number of sets of places"),
            (m * (m - 1) // 2, "that is the number of pairs"),
            *([(math.comb(m, k), "which places are taken is not all: it counts who is where")] * (k < m)),
        ),
        _part(
            "How many bits do the parameters have at least, in whole bits?",
            whole_bits,
            (whole_bits - 1, f"2 to the power of that is {2 ** (whole_bits - 1):,}, less than {orders:,}"),
            (k * (m - 1).bit_length(), "that is enough, a number for each feature, and fewer will do"),
            (orders, "that would be one bit for each; how many can so many bits tell apart?"),
        ),
        _part(
            "How many parameters are there at least?",
            -(-whole_bits // bits),
            (whole_bits // bits, "round up: with so many, some permutation is not expressed"),
            (whole_bits * bits, f"each parameter brings {bits} bits: divide"),
            (whole_bits, f"that is the number of bits, and each parameter has {bits}"),
        ),
    )


def bound(rng):
    """All 2-AND problems of m inputs and m' outputs, and the neurons that they need."""
    while True:
        m, outputs, B, L = (rng.randrange(*ends) for ends in ((4, 11), (2, 6), (1, 5), (1, 5)))
        N = m * (m - 1) // 2
        problems = math.perm(N, outputs)
        if problems < 400_000:
            break
    bits = (problems - 1).bit_length()

    def neurons(bits, per_parameter, count=lambda n: n * (n + 1)):
        return next(n for n in range(1, 99) if per_parameter * count(n) >= bits)

    text = (
        f"Look at all 2-AND problems with {m} inputs and {outputs} numbered outputs, each output the "
        f"AND of two "
        f"inputs, no pair twice.\nA network has {L} layer{'s' * (L > 1)} of n neurons, n (n + 1) "
        f"parameters each, "
        f"and {B} bit{'s' * (B > 1)} a parameter."
    )
    return (
        text,
        _part(
            "How many problems are there?",
            problems,
            (
                math.comb(N, outputs),
                "the outputs are numbered: the same pairs in another order are another problem",
            ),
            (N**outputs, "no pair comes twice"),
            (math.perm(2 * N, outputs), "a pair is the same in both orders of its inputs"),
        ),
        _part(
            "How many bits do the parameters need at least, in whole bits?",
            bits,
            (bits - 1, f"2 to the power of that is {2 ** (bits - 1):,}, less than {problems:,}"),
            ((math.comb(N, outputs) - 1).bit_length(), "that is for outputs without numbers"),
        ),
        _part(
            "How many neurons n does a layer need at least?",
            neurons(bits, L * B),
            (neurons(bits, L * B) - 1, "with so many the parameters have too few bits"),
            (neurons(bits, 1), f"each of the {L} n (n + 1) parameters has {B} bit{'s' * (B > 1)}"),
            (-(-bits // (L * B)), "that is the number of parameters; a layer of n neurons has n (n + 1)"),
        ),
    )


def compression(rng):
    """A method that prunes and rounds: how many files it has, and how many functions."""
    m, pairs = rng.choice((5, 6, 7, 8)), rng.choice((3, 4))
    orders, lists = math.factorial(m), math.factorial(2 * pairs) // 2**pairs
    functions, named = rng.choice(
        (
            (orders, f"permutations of {m} features"),
            (lists, f"lists of {pairs} disjoint pairs of {2 * pairs} inputs"),
        )
    )
    places, levels, scale = rng.randrange(12, 41), rng.choice((2, 3, 4)), rng.randrange(1, 5)

    def files(kept):
        return math.comb(places, kept) * levels**kept * 2**scale

    def enough(files):
        return next(kept for kept in count(1) if files(kept) >= functions)

    fewest = enough(files)
    kept = max(1, fewest - rng.choice((1, 2)))
    text = (
        f"There are {functions:,} {named}. A method is to store any of them in a pruned matrix of {places} "
        f"weights. The file says which weights are kept, which of {levels} levels each of these has, and, "
        f"on the side, a scale of {scale} bit{'s' * (scale > 1)} that was chosen for this matrix. (The "
        "other weights are 0.)"
    )
    return (
        text,
        _part(
            f"With {kept} weights kept, how many different files are there?",
            files(kept),
            (levels**kept * 2**scale, "which of the weights are kept is information, too"),
            (files(kept) // 2**scale, "the scale is in the file, too"),
            (math.comb(places, kept) * 2**scale, "a weight that is kept may have any of the levels"),
            (levels**places * 2**scale, "weights that are not kept have no level"),
            (files(kept) * math.factorial(kept), "which weights are kept is a set, and has no order"),
        ),
        _part(
            f"With {kept} kept, how many of the {functions:,} are lost at least, by any such method?",
            functions - files(kept),
            (0, "a file cannot be right for two of them"),
            (files(kept), "so many at most are not lost"),
            (functions - files(kept) // 2**scale, "files that differ in their scale are different files"),
            (functions - levels**kept * 2**scale, "files that keep other weights are different files"),
        ),
        _part(
            "What is the smallest number of kept weights for which there are enough files?",
            fewest,
            (fewest - 1, f"with so many there are {files(fewest - 1):,} files"),
            (enough(lambda kept: levels**kept * 2**scale), "fewer are enough: their places count, too"),
            (enough(lambda kept: files(kept) // 2**scale), "fewer are enough: the scale counts, too"),
        ),
    )


def codes(rng):
    """The law of one reading in a random constant-weight code."""
    n, d, v = rng.randrange(6, 17), rng.choice((2, 3)), rng.choice((1, 2, 3))
    m = 10 * rng.randrange(2, 21)
    none = Fraction(math.comb(n - d, d), math.comb(n, d))
    every = Fraction(1, math.comb(n, d))
    active = "One feature is active" if v == 1 else f"{v} features are active"
    text = (
        f"In a random code each of {m} features has d = {d} of n = {n} neurons, every set of {d} equally "
        f"likely. {active}, another one is read."
    )
    several = [(Fraction(d * d, n), f"that is for one active feature, and there are {v}")] if v > 1 else []
    each = [(none, f"that is for one active feature, and there are {v}")] if v > 1 else []
    return (
        text,
        _part(
            "How many neurons does the one that is read share on average with "
            + ("the active one?" if v == 1 else "the active ones? (Add up what it shares with each.)"),
            Fraction(v * d * d, n),
            (Fraction(v * d, n), "that is for one neuron of the feature, and it has d of them"),
            (
                Fraction(v * d * d, n * n),
                "a neuron of the feature is in an active one with probability d/n",
            ),
            *several,
        ),
        _part(
            f"How likely is it that it shares none with {'it' if v == 1 else 'any of them'}?",
            none**v,
            (
                Fraction(n - d, n) ** (d * v),
                "that draws neurons with repetition; a feature has different ones",
            ),
            (1 - none**v, "that is the probability that they share one or more"),
            (1 - Fraction(v * d * d, n), "that subtracts the mean, and they can share more than one"),
            *each,
        ),
        _part(
            f"If one feature alone is active, how many of the other {m - 1} are on average read as 1?",
            (m - 1) * every,
            (every, f"that is the probability for one of them, and there are {m - 1}"),
            (m * every, "the active one is not among the others"),
            (
                (m - 1) * Fraction(d, n) ** d,
                "that draws neurons with repetition; a feature has different ones",
            ),
            (
                (m - 1) * every / math.factorial(d),
                "a feature is a set: the order of its neurons is no matter",
            ),
            ((m - 1) * (1 - none), "those share one or more, and 1 wants all"),
        ),
    )


def permutation(rng):
    """One row of T = C P D, and the output that is true."""
    m, n = 4, 6
    code = _code(rng, m, n, 2)
    order = rng.sample(range(m), m)
    j = rng.randrange(m)
    inverse = [order.index(i) for i in range(m)]

    def heard(r, order):
        return Fraction(sum(len(code[order[i]] & code[j]) for i in range(m) if r in code[i]), 2)

    r = rng.choice([r for r in range(n) if any(r in one for one in code)])
    text = (
        f"Four features in six neurons, 0 to 5, the same code for input and output. "
        f"{_listed(code).capitalize()}.\n"
        f"Output i is input p(i), with p(0), ..., p(3) = {', '.join(map(str, order))}. T = C P D, where "
        f"D reads a "
        f"feature as the mean over its two neurons. Feature {j} is active, so x has ones at "
        f"{_names(code[j])}."
    )
    return (
        text,
        _part(
            "Which output is true?",
            inverse[j],
            (order[j], "output i is input p(i): look for j among the values of p"),
        ),
        _part(
            f"What does row {r} of T x hear?",
            heard(r, order),
            (2 * heard(r, order), "D divides by the number of neurons of a feature"),
            (heard(r, inverse), "that is the row for the inverse of p"),
        ),
        _part(
            "How many rows of T x hear 1 or more?",
            sum(heard(r, order) >= 1 for r in range(n)),
            (sum(heard(r, order) > 0 for r in range(n)), "that counts those, too, that hear less than 1"),
        ),
    )


def influence(rng):
    """Sixteen pairs, sorted into cases by the influences of their inputs."""
    inputs = 14
    hub = rng.randrange(2, 5)
    pairs = {(hub, other) if hub < other else (other, hub) for other in rng.sample(_others(inputs, hub), 9)}
    while len(pairs) < 16:
        pairs.add(tuple(sorted(rng.sample(_others(inputs, hub), 2))))
    pairs = sorted(pairs)
    rng.shuffle(pairs)
    times = [sum(j in pair for pair in pairs) for j in range(inputs)]
    asked = rng.choice([j for j in range(inputs) if 2 < times[j] <= 8] or [0])

    def sort(light, super_heavy):
        kinds = [
            "super-heavy"
            if super_heavy(max(f))
            else ("light", "mixed", "heavy")[sum(not light(one) for one in f)]
            for f in ([times[a], times[b]] for a, b in pairs)
        ]
        return [kinds.count(kind) for kind in ("light", "mixed", "heavy", "super-heavy")]

    # m' = 16: an input is light if f^4 <= 16, and super-heavy if f^4 > 16^3.
    right = sort(lambda f: f**4 <= 16, lambda f: f**4 > 16**3)
    strict = sort(lambda f: f**4 < 16, lambda f: f**4 > 16**3)
    merged = sort(lambda f: f**4 <= 16, lambda f: False)
    text = (
        f"A 2-AND problem has {inputs} inputs, 0 to {inputs - 1}, and 16 outputs: "
        f"{', '.join(f'{a}∧{b}' for a, b in pairs)}.\n"
        "An input of influence f is light if f is at most the fourth root of 16, and super-heavy if f "
        "is above the "
        "fourth root of 16 cubed."
    )
    return (
        text,
        _part(
            f"What is the influence of input {asked}?",
            times[asked],
            (times[asked] - 1, "go through the list once more: one is missing"),
            (2 * times[asked], "each output counts once"),
        ),
        _part(
            "How many outputs are double-light?",
            right[0],
            (strict[0], "an input whose influence is 2 is light: the cut-off itself counts as light"),
        ),
        _part(
            "How many outputs are mixed, one input light and the other heavy?",
            right[1],
            (merged[1], "an output with a super-heavy input is super-heavy, whatever the other one is"),
            (strict[1], "an input whose influence is 2 is light: the cut-off itself counts as light"),
        ),
    )


def _others(inputs, hub):
    return [j for j in range(inputs) if j != hub]


def double_light(rng):
    """Channels of three rows, and what two active inputs light."""
    pairs = rng.sample(list(combinations(range(6), 2)), 5)
    channels = _code(rng, 5, 8, 3)
    heard = [
        {j for pair, rows in zip(pairs, channels, strict=True) if r in rows for j in pair} for r in range(8)
    ]
    a, b = rng.choice(pairs)
    lit = {r for r in range(8) if {a, b} <= heard[r]}
    own = channels[pairs.index((a, b))]
    other = rng.choice([i for i in range(5) if pairs[i] != (a, b)])
    reads = Fraction(len(channels[other] & lit), 3)
    row = rng.randrange(8)
    text = (
        "Five outputs have channels of three of the rows 0 to 7. "
        + "; ".join(f"{i}∧{j}: {_names(rows)}" for (i, j), rows in zip(pairs, channels, strict=True))
        + ".\nA row listens to both inputs of every output whose channel it is in, without noise, and "
        "is lit if it "
        f"hears 2 or more. An output is read as the mean over its channel. Inputs {a} and {b} are active."
    )
    asked = pairs[other]
    return (
        text,
        _part(
            f"To how many inputs does row {row} listen?",
            len(heard[row]),
            (
                2 * sum(row in rows for rows in channels),
                "an input counts once, also where it is in two outputs",
            ),
            (sum(row in rows for rows in channels), "that counts outputs, and each has two inputs"),
        ),
        _part(
            "How many rows are lit?",
            len(lit),
            (len(own), f"that is the channel of {a}∧{b}; do other rows listen to both?"),
            (sum(bool({a, b} & one) for one in heard), "a row that hears only one of the two hears 1"),
        ),
        _part(
            f"What does output {asked[0]}∧{asked[1]} read?",
            reads,
            (3 * reads, "that is the number of its rows that are lit, and the mean is asked"),
            (
                Fraction(len(channels[other] & own), 3),
                f"rows beyond the channel of {a}∧{b} may be lit, too",
            ),
        ),
    )


def double_heavy(rng):
    """Input channels of four inputs, all six pairs of them, and how much of a channel strangers cover."""
    rows, weight = 12, rng.choice((6, 7))
    while True:
        sets = _code(rng, 4, rows, weight)
        if all(len(one & other) > 1 for one, other in combinations(sets, 2)):
            break
    a, b, k, j = rng.sample(range(4), 4)
    channel = sets[a] & sets[b]

    def share(covering):
        return Fraction(len(channel & covering), len(channel))

    meetings = [(x & y, z) for x, y in combinations(sets, 2) for z in sets if z not in (x, y)]
    covered = [Fraction(len(meeting & stranger), len(meeting)) for meeting, stranger in meetings]
    asked = f"{min(a, b)}∧{max(a, b)}"
    text = (
        f"Rows 0 to 11 serve four inputs, and an output for every two of them. Each input has a set of "
        f"{weight} rows. {_listed(sets, 'input').capitalize()}.\n"
        "A row listens to the inputs in whose set it is, without noise, and is lit if it hears 2 or more. "
        "The channel of an output is the rows where the sets of its two inputs meet, and it is read as the "
        "mean over them."
    )
    return (
        text,
        _part(
            f"Inputs {a} and {k} are active. What does output {asked} read?",
            share(sets[k]),
            (0, f"input {b} is not active, but rows of this channel may listen to input {k}, and hear 2"),
            (len(channel & sets[k]), "that is the number of its rows that are lit, and the mean is asked"),
            (
                Fraction(len(sets[a] & sets[k]), weight),
                f"that is a share of input {a}'s rows, and the channel has only those of input {b}, too",
            ),
            (Fraction(weight, rows), "that is what a stranger covers on average; these sets are given"),
        ),
        _part(
            f"Input {j} becomes active as well, so that three are. What does output {asked} read now?",
            share(sets[k] | sets[j]),
            (share(sets[k]) + share(sets[j]), "a row that listens to both strangers counts once"),
            (
                share(sets[k] & sets[j]),
                f"one stranger is enough: every row of this channel hears input {a}, too",
            ),
            (share(sets[k]), f"rows that listen to input {j} hear 2 now"),
        ),
        _part(
            "An output is taken for true if it reads more than a threshold. What is the lowest threshold "
            "with which all six are right whenever just two inputs are active?",
            max(covered),
            (share(sets[k]), "that is one channel and one stranger; another one is covered more"),
            (min(covered), "there a channel is covered least, and it is the worst one that counts"),
            (1, "a true output reads 1, and has to read more than the threshold"),
            (
                max(len(meeting & stranger) for meeting, stranger in meetings),
                "that is a number of rows, and outputs are read as means",
            ),
        ),
    )


def mixed(rng):
    """Channels of two rows inside a territory of six, and a second territory in proportion."""
    owned, others = rng.choice(((8, 12), (8, 16), (8, 20), (9, 6), (9, 12), (9, 15), (9, 18)))
    channels = [frozenset(two) for two in rng.sample(list(combinations(range(6), 2)), owned)]
    loads = [sum(r in channel for channel in channels) for r in range(6)]
    r = rng.choice([r for r in range(6) if loads[r] > 1])
    first, second = sorted(rng.sample(range(owned), 2))
    lit = channels[first] | channels[second]
    listed = "; ".join(f"0∧{2 + i}: {_names(channel)}" for i, channel in enumerate(channels))
    text = (
        f"Hub 0 owns {owned} outputs, and rows 0 to 5 are its territory. Each output has a channel of two "
        f"of them. {listed}.\nA row listens to both inputs of every output whose channel it is in, without "
        "noise, and is lit if it hears 2 or more. An output is read as the mean over its channel.\n"
        f"Hub 1 owns {others} outputs, with partners of its own and channels of two rows in a territory "
        "of its own."
    )
    return (
        text,
        _part(
            f"To how many inputs does row {r} listen?",
            1 + loads[r],
            (loads[r], "the hub is heard in it, too"),
            (2 * loads[r], "all these outputs have the same hub, which counts once"),
            (1 + owned, "a partner is heard in the two rows of its channel only"),
        ),
        _part(
            f"Inputs 0, {2 + first} and {2 + second} are active. How many outputs of hub 0 read 1?",
            sum(channel <= lit for channel in channels),
            (2, "these two are true; do the lit rows contain the channel of another one, too?"),
            (len(lit), "that is the number of lit rows; whose channels lie in them?"),
            (
                sum(bool(channel & lit) for channel in channels),
                "with one row of two lit an output reads 1/2",
            ),
            (owned, "a row in which only the hub is heard stays dark"),
        ),
        _part(
            "How many rows must hub 1 have, if on average each is in as many channels as a row of hub 0?",
            Fraction(6 * others, owned),
            (6, "territories of one size make the rows of the more influential hub fuller"),
            (6 + others - owned, "it is outputs for each row that are to be the same: a ratio"),
            (2 * others, "then no row would be in two channels, and those of hub 0 are"),
            (others, "then each row would be in two channels on average; and those of hub 0?"),
        ),
    )


def super_heavy(rng):
    """Two hubs that meet, a detector, and what is left of a channel."""
    n = 14
    first, second = (frozenset(rng.sample(range(n), 8)) for _ in range(2))
    meet = first & second
    channel = frozenset(rng.sample(sorted(first), 5))
    other = frozenset(rng.sample(sorted(second), 5))
    left = channel - meet
    # Partner 2 of hub 0 and hub 1 are active.
    by_mistake = channel & second
    text = (
        f"Hub 0 owns rows {_names(first)}, and hub 1 owns rows {_names(second)}. Output 0∧2 has the "
        f"channel "
        f"{_names(channel)}, output 1∧3 the channel {_names(other)}.\nA row listens to the hubs that "
        f"own it and to the "
        "partners (2 and 3) in whose channel it is, without noise; it is lit if it hears 2 or more. "
        "Where both hubs "
        "are active, a detector silences the rows that both own. An output is read as the mean over its "
        "channel."
    )
    return (
        text,
        _part(
            "Both hubs and partner 2 are active. What does output 0∧2 read?",
            Fraction(len(left), 5),
            (1, "the rows of its channel that both hubs own are silenced"),
            (len(left), "that is the number of rows, and the mean is asked"),
            (Fraction(len(meet & channel), 5), "that is the share that is silenced"),
        ),
        _part(
            "What would output 1∧3 read then, without the detector?",
            Fraction(len(other & meet), 5),
            (0, "without the detector both hubs together light every row that both own"),
            (1, "the rows that hub 0 does not own hear hub 1 alone"),
            (len(other & meet), "that is the number of rows, and the mean is asked"),
        ),
        _part(
            "Hub 1 and partner 2 are active, and hub 0 is not. What does output 0∧2 read?",
            Fraction(len(by_mistake), 5),
            (0, "in rows that hub 1 owns, too, hub 1 and partner 2 are heard together"),
            (Fraction(len(left), 5), "the detector is silent: only one hub is active"),
        ),
    )


def whole(rng):
    """Eight outputs in two blocks of rows, and what their shares do in one code."""
    hub, triangle = [(0, j) for j in range(1, 6)], [(6, 7), (6, 8), (7, 8)]
    pairs = hub + triangle
    left_out = dict(zip((6, 7, 8), rng.sample(range(5, 9), 3), strict=True))
    channels = [frozenset(two) for two in rng.sample(list(combinations(range(5), 2)), 5)]
    channels += [frozenset(range(5, 9)) - {left_out[a], left_out[b]} for a, b in triangle]
    words = [frozenset(two) for two in rng.sample(list(combinations(range(7), 2)), 8)]
    two = rng.choice([*combinations(range(6), 2), *triangle])
    active = {*two, rng.choice(range(6, 9) if two[0] < 6 else range(6))}
    heard = [
        {j for pair, rows in zip(pairs, channels, strict=True) if r in rows for j in pair} for r in range(9)
    ]
    lit = {r for r in range(9) if len(active & heard[r]) > 1}
    shares = [Fraction(len(rows & lit), 2) for rows in channels]
    true = [i for i, pair in enumerate(pairs) if active.issuperset(pair)]
    half = [i for i, share in enumerate(shares) if share == Fraction(1, 2)]

    def carried(r, outputs):
        return [i for i in outputs if r in words[i]]

    hears = [sum(shares[i] for i in carried(r, range(8))) for r in range(7)]
    r = rng.choice([r for r in range(7) if carried(r, half)] or [0])
    listed = zip(pairs, channels, words, strict=True)
    listed = (f"{a}∧{b}: rows {_names(rows)} and neurons {_names(word)}" for (a, b), rows, word in listed)
    text = (
        "Eight outputs have channels of two rows in two blocks, the territory of hub 0 (rows 0 to 4) and "
        "the meetings of 6, 7 and 8 (rows 5 to 8). The code word of each is two of neurons 0 to 6. "
        f"{'; '.join(listed)}.\nA row listens to both inputs of every output whose channel it is in, "
        "without noise, and is lit if it hears 2 or more. The share of an output is the mean over its "
        "channel. A neuron hears the shares of the outputs in whose code words it is, added up, and is lit "
        f"if it hears 1 or more.\nInputs {_names(active)} are active."
    )
    return (
        text,
        _part(
            "How many outputs are half true, with a share of 1/2?",
            len(half),
            (0, "a lit row is lit for all outputs in whose channel it is"),
            (
                sum(bool(active & {*pair}) for pair in pairs) - len(true),
                "to have an active input is not enough: which rows hear two of them?",
            ),
            *([(len(half) + len(true), "a true output has a share of 1")] if true else []),
        ),
        _part(
            f"What does neuron {r} hear?",
            hears[r],
            (len(carried(r, true)), "it hears half truths, too"),
            (len(carried(r, half + true)), "an output that is half true brings 1/2"),
            (len(carried(r, range(8))), "it hears shares, and most outputs have none"),
        ),
        _part(
            "How many neurons are lit?",
            sum(one >= 1 for one in hears),
            (
                len(frozenset().union(*(words[i] for i in true))),
                "two half truths in one neuron are enough to light it",
            ),
            (sum(one > 0 for one in hears), "a single half truth is not enough"),
        ),
    )


TOPICS = {
    "superposition": superposition,
    "computing": computing,
    "counting": counting,
    "bound": bound,
    "compression": compression,
    "codes": codes,
    "permutation": permutation,
    "influence": influence,
    "double_light": double_light,
    "double_heavy": double_heavy,
    "mixed": mixed,
    "super_heavy": super_heavy,
    "whole": whole,
}
