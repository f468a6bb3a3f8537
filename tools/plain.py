"""Formulas in plain signs, for where no formula can be set: excerpts of a search, descriptions of pages."""

import re

from docutils import nodes

TOKEN = re.compile(r"\\[a-zA-Z]+|\\.|\s+|.", re.DOTALL)
# Spaces that belong to a sign between two others, and not before a subscript, a bracket or at an end.
NAME = re.compile(r"(log|ln|exp|max|min) (?=[₀-₉(_^])")
MINUS = re.compile(r"(?:(?<=[(\[,])|(?<=, )|^) ?- ")
INSIDE = re.compile(r"(?<=[(\[]) | (?=[,)\]!])")
THOUSANDS = re.compile(r"(?<=\d), (?=\d{3}(?!\d))")
# What stands for a formula that has no short form in plain signs.
LEFT_OUT = "…"
LEFT_OUT_NODES = nodes.Invisible | nodes.FixedTextElement | nodes.raw | nodes.math_block | nodes.image
LONGEST = 40
SIGNS = {
    **{r"\cdot": "·", r"\times": " × ", r"\le": " ≤ ", r"\leq": " ≤ ", r"\ge": " ≥ ", r"\geq": " ≥ "},
    **{r"\ne": " ≠ ", r"\neq": " ≠ ", r"\approx": " ≈ ", r"\in": " ∈ ", r"\to": " → ", r"\pm": " ± "},
    **{r"\wedge": " ∧ ", r"\land": " ∧ ", r"\neg": "¬", r"\infty": "∞", r"\dots": "…", r"\ldots": "…"},
    **{r"\lambda": "λ", r"\epsilon": "ε", r"\varepsilon": "ε", r"\delta": "δ", r"\theta": "θ", r"\pi": "π"},
    **{r"\tau": "τ", r"\sigma": "σ", r"\mu": "μ", r"\beta": "β", r"\alpha": "α", r"\Theta": "Θ"},
    **{r"\Omega": "Ω", r"\gamma": "γ", r"\rho": "ρ", r"\ell": "ℓ", r"\lvert": "|", r"\rvert": "|"},
    **{r"\mid": " | ", r"\lceil": "⌈", r"\rceil": "⌉", r"\lfloor": "⌊", r"\rfloor": "⌋", r"\cap": " ∩ "},
    **{r"\cup": " ∪ ", r"\{": "{", r"\}": "}", r"\|": "‖", r"\%": "%", r"\circ": "∘", r"\min": " min "},
    **{r"\log": " log ", r"\ln": " ln ", r"\exp": " exp ", r"\max": " max ", r"\Pr": "P"},
    **{
        r"\,": " ",
        r"\;": " ",
        r"\:": " ",
        r"\ ": " ",
        r"\quad": " ",
        r"\!": "",
        r"\left": "",
        r"\right": "",
    },
    **{r"\big": "", r"\Big": "", r"\bigl": "", r"\bigr": "", r"\displaystyle": "", "=": " = ", "<": " < "},
    **{">": " > ", "+": " + ", "-": " - ", ",": ", "},
}
UPRIGHT = {r"\mathrm", r"\text", r"\operatorname", r"\mathbf", r"\mathit", r"\mathcal", r"\mathsf", r"\bar"}
FRACTIONS = {r"\frac", r"\tfrac", r"\dfrac"}
RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


class _Unknown(Exception):
    """A command without a plain sign."""


def formula(source):
    """A formula of TeX in plain signs: m' log m' ≤ n², or … if that has no short form."""
    try:
        text = _line(TOKEN.findall(source))
    except _Unknown:
        return LEFT_OUT
    text = NAME.sub(r"\1", re.sub(r"\s+", " ", text).strip())
    text = THOUSANDS.sub(",", INSIDE.sub("", MINUS.sub("-", text)))
    return text if len(text) <= LONGEST else LEFT_OUT


def _group(tokens):
    """The tokens of a group, or one token, taken from the list."""
    while tokens and tokens[0].isspace():
        tokens.pop(0)
    if not tokens:
        raise _Unknown
    if tokens[0] != "{":
        return [tokens.pop(0)]
    depth, taken = 0, []
    while tokens:
        token = tokens.pop(0)
        depth += (token == "{") - (token == "}")
        taken.append(token)
        if depth == 0:
            return taken[1:-1]
    raise _Unknown


def _bracketed(text):
    return text if len(text.strip()) == 1 or text.strip().isalnum() else f"({text.strip()})"


def _line(tokens):
    tokens, parts = list(tokens), []
    while tokens:
        token = tokens.pop(0)
        if token == "{":
            tokens.insert(0, token)
            parts.append(_line(_group(tokens)))
        elif token in "^_":
            parts.append(_script(token, _line(_group(tokens)).strip()))
        elif token in FRACTIONS:
            over, under = (_bracketed(_line(_group(tokens))) for _ in range(2))
            parts.append(f"{over}/{under}")
        elif token == r"\sqrt":
            parts.append(f"√{_bracketed(_line(_group(tokens)))}")
        elif token in (r"\binom", r"\tbinom"):
            parts.append("C({}, {})".format(*(_line(_group(tokens)).strip() for _ in range(2))))
        elif token in UPRIGHT:
            parts.append("".join(_group(tokens)))
        elif token in SIGNS:
            parts.append(SIGNS[token])
        elif len(token) > 1 and not token.isspace():
            raise _Unknown
        else:
            parts.append("" if token.isspace() else token)
    return "".join(parts)


def _script(where, text):
    if text.isdigit():
        return text.translate(RAISED if where == "^" else LOWERED)
    return f"{where}{_bracketed(text)}"


def text(node):
    """What a part of a page says, in plain signs, less code, drawings and formulas that stand alone."""
    if isinstance(node, nodes.math):
        return formula(node.astext())
    if isinstance(node, nodes.Text):
        return str(node)
    if isinstance(
        node, nodes.Invisible | nodes.FixedTextElement | nodes.raw | nodes.math_block | nodes.image
    ):
        return ""
    between = "" if isinstance(node, nodes.TextElement) else " "
    return between.join(map(text, node.children))
