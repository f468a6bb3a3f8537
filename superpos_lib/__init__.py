"""Computing in superposition: explicit ReLU networks, the problems they solve, and proofs by machine.

`import superpos_lib` needs NumPy alone. SciPy is imported when a matrix is large, matplotlib by
`superpos_lib.figures`, ipywidgets by an explorer in Jupyter.
"""

from .baselines import naive_two_and, u_and
from .bounds import (
    bits_with_errors,
    capacity,
    neurons_at_any_precision,
    neurons_needed,
    permutation_bits,
    two_and_bits,
)
from .codes import Code, ConstructionError, bernoulli_code, constant_weight_code
from .explore import choice, explore
from .inputs import all_sparse, random_sparse, targeted_sparse
from .network import Layer, Network, SuperposedNetwork
from .permutation import permutation_network
from .problems import (
    Permutation,
    TwoAnd,
    clique,
    hubs,
    matching,
    power_law,
    random_two_and,
    regular,
    split_by_influence,
)
from .sizing import ProvableWidth, WidthSearch, provable_network, provable_width, smallest_width
from .two_and import double_heavy, double_light, mixed, super_heavy, two_and_network
from .verify import Report, verify

__all__ = [
    "Code",
    "ConstructionError",
    "Layer",
    "Network",
    "Permutation",
    "ProvableWidth",
    "Report",
    "SuperposedNetwork",
    "TwoAnd",
    "WidthSearch",
    "all_sparse",
    "bernoulli_code",
    "bits_with_errors",
    "capacity",
    "choice",
    "clique",
    "constant_weight_code",
    "double_heavy",
    "double_light",
    "explore",
    "hubs",
    "matching",
    "mixed",
    "naive_two_and",
    "neurons_at_any_precision",
    "neurons_needed",
    "permutation_bits",
    "permutation_network",
    "power_law",
    "provable_network",
    "provable_width",
    "random_sparse",
    "random_two_and",
    "regular",
    "smallest_width",
    "split_by_influence",
    "super_heavy",
    "targeted_sparse",
    "two_and_bits",
    "two_and_network",
    "u_and",
    "verify",
]
__version__ = "0.3.0"
