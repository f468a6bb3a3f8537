"""Circuits in superposition: gates, layers of them, text that describes them, and the networks."""

from .checks import circuit_inputs, verify_circuit
from .circuit import Circuit
from .gates import Gate, and_gate, and_not, or_gate, pass_gate, threshold_gate, xor_gate
from .network import CircuitNetwork, CircuitOrigin, circuit_network, circuit_width
from .text import parse

__all__ = [
    "Circuit",
    "CircuitNetwork",
    "CircuitOrigin",
    "Gate",
    "and_gate",
    "and_not",
    "circuit_inputs",
    "circuit_network",
    "circuit_width",
    "or_gate",
    "parse",
    "pass_gate",
    "threshold_gate",
    "verify_circuit",
    "xor_gate",
]
