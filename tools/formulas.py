"""Room for formulas: about as large as MathJax will set them, so that nothing moves when it does.

Until MathJax has set a formula, the page would show its source, which is longer. A formula therefore keeps
an estimated room free: a width in its line, or a height if it stands alone. The widths are those of the
fonts of MathJax, the spaces those of TeX; what the estimate does not know counts as a letter.
"""

import re
from functools import cache
from html import unescape

from fontTools.ttLib import TTFont

# The height of a letter x in MathJax's fonts: it makes formulas as large as the text around by it.
X_HEIGHT = 0.442
SCRIPT = 0.707
TOKEN = re.compile(r"\\[a-zA-Z]+|\\.|\s+|.", re.DOTALL)
INLINE = re.compile(r'(<span class="math notranslate nohighlight")>\\\((.*?)\\\)</span>', re.DOTALL)
ALONE = re.compile(
    r'(<div class="math notranslate nohighlight"(?: id="[^"]*")?)>\s*\\\[(.*?)\\\]</div>', re.DOTALL
)


def commands(names):
    return {f"\\{name}" for name in names}


SPACES = {r"\,": 0.167, r"\:": 0.222, r"\;": 0.278, r"\ ": 0.25, r"\!": -0.167, r"\quad": 1, r"\qquad": 2}
RELATIONS = {
    *"=<>:",
    *commands(["le", "ge", "leq", "geq", "ne", "in", "notin", "approx", "mapsto", "mid", "to"]),
}
OPERATIONS = {*"+-*", *commands(["cdot", "times", "cap", "cup", "wedge", "pm", "oplus", "setminus"])}
NAMES = commands(["log", "ln", "exp", "max", "min", "cos", "sin", "Pr"])
TEXT = commands(["mathrm", "text", "operatorname", "mathsf", "mathbf", "mathit", "mathbb", "mathcal"])
FRACTIONS = {r"\frac": 0.44, r"\tfrac": 0.44, r"\binom": 0.9, r"\tbinom": 0.9}
SIGNS = {
    **dict.fromkeys(commands(["big", "Big", "bigl", "bigr", "Bigl", "Bigr", "left", "right"]), 0.08),
    **dict.fromkeys(commands(["sum", "prod"]), 1.06),
    **dict.fromkeys(commands(["dots", "ldots", "cdots"]), 1.17),
    **dict.fromkeys(commands(["cap", "cup", "wedge", "in", "notin", "neg"]), 0.667),
    **dict.fromkeys(commands(["{", "}", "|"]), 0.5),
    **dict.fromkeys(commands(["lceil", "rceil", "lfloor", "rfloor"]), 0.444),
    **dict.fromkeys([*commands(["mid", "lvert", "rvert", "cdot"]), ":"], 0.278),
    **dict.fromkeys(commands(["bar", "hat", "tilde"]), 0),
    r"\Lambda": 0.694,
    r"\ell": 0.417,
    r"\mapsto": 1,
}
# Lines of a formula that stands alone: with these they are high. Above and below it there is space.
HIGH = re.compile(r"\\(?:frac|binom|sum|prod|Big)")
LINE, HIGH_LINE, AROUND = 1.4, 2.5, 2
# How far slanted capitals lean over their width: MathJax adds it, and the fonts do not.
LEANING = {
    **{"C": 0.045, "E": 0.026, "F": 0.106, "H": 0.057, "I": 0.064, "J": 0.078, "K": 0.04, "M": 0.081},
    **{"N": 0.085, "P": 0.109, "S": 0.032, "T": 0.12, "U": 0.084, "V": 0.186, "W": 0.104, "X": 0.024},
    **{"Y": 0.182, "Z": 0.04},
}
KINDS = {",": "comma", "(": "open", "[": "open"}
UNKNOWN = 0.6


@cache
def advances(name):
    """How far each character of one of MathJax's fonts advances, in em."""
    from sphinx_offline import mathjax

    font = TTFont(mathjax() / "output" / "chtml" / "fonts" / "woff-v2" / f"MathJax_{name}.woff")
    em = font["head"].unitsPerEm
    return {code: font["hmtx"][glyph][0] / em for code, glyph in font.getBestCmap().items()}


def sign(token, upright):
    if token in SIGNS:
        return SIGNS[token]
    if token in RELATIONS | OPERATIONS:
        return 0.778
    if len(token) > 1:
        return UNKNOWN
    if upright or not token.isalpha():
        return advances("Main-Regular").get(ord(token), UNKNOWN)
    return advances("Math-Italic").get(ord(token), UNKNOWN) + LEANING.get(token, 0)


def argument(tokens):
    """The tokens of what a command takes: a group, or one token. They are taken from the list."""
    while tokens and tokens[0].isspace():
        tokens.pop(0)
    if not tokens or tokens[0] != "{":
        return [tokens.pop(0)] if tokens else []
    depth, taken = 0, []
    while tokens:
        token = tokens.pop(0)
        depth += (token == "{") - (token == "}")
        taken.append(token)
        if depth == 0:
            break
    return taken[1:-1]


def parts(tokens, upright, small):
    """(kind, width) of each part of a formula: kinds say where TeX leaves space, and what are scripts."""
    while tokens:
        token = tokens.pop(0)
        if token.isspace() or token in "}&":
            continue
        if token == "{":
            tokens.insert(0, token)
            yield "plain", across(argument(tokens), upright, small)
        elif token in "^_":
            yield token, SCRIPT * across(argument(tokens), upright, small=True) + 0.05
        elif token == "'":
            yield "^", 0.3
        elif token in SPACES:
            yield "plain", SPACES[token]
        elif token in NAMES:
            yield "name", across(list(token[1:]), upright=True)
        elif token in FRACTIONS:
            pair = [across(argument(tokens), upright, small=True) for _ in range(2)]
            yield "plain", SCRIPT * max(pair) + FRACTIONS[token]
        elif token in TEXT:
            yield "plain", across(argument(tokens), True, small)
        elif token == r"\sqrt":
            yield "plain", 0.833 + across(argument(tokens), upright, small)
        else:
            kind = "relation" if token in RELATIONS else "operation" if token in OPERATIONS else "plain"
            yield KINDS.get(token, kind), sign(token, upright)


def across(tokens, upright=False, small=False):
    """How wide tokens become in a line; where it is `small`, as in scripts, signs have no space."""
    total, before, scripts = 0.0, "start", {}
    for kind, width in [*parts(list(tokens), upright, small), ("end", 0)]:
        if kind in "^_":
            scripts[kind] = scripts.get(kind, 0) + width
            continue
        total += max(scripts.values(), default=0) + width
        scripts = {}
        if kind == "relation" and not small:
            total += 0.556
        elif kind == "operation" and not small and before in ("plain", "name"):
            total += 0.444
        elif (kind == "comma" and not small) or (before == "name" and kind == "plain"):
            total += 0.167
        before = kind
    return total


def width(source):
    """About how wide an inline formula becomes, in em of MathJax's font."""
    return across(TOKEN.findall(source))


def height(source):
    """About how high a formula that stands alone becomes, with the space around it, in the same em."""
    lines = re.split(r"\\\\", source)
    return AROUND + sum(HIGH_LINE if HIGH.search(line) else LINE for line in lines)


def with_room(page):
    """A page whose formulas have room; in `ex`, since MathJax sizes its letters by those around."""

    def boxed(estimate):
        def box(found):
            room = estimate(unescape(found[2])) / X_HEIGHT
            return f'{found[1]} style="--room:{room:.1f}ex"{found[0][len(found[1]) :]}'

        return box

    return ALONE.sub(boxed(height), INLINE.sub(boxed(width), page))
