"""2-AND in superposition: a module for each case, and the network that uses them all."""

from .double_heavy import double_heavy
from .double_light import double_light
from .mixed import mixed
from .super_heavy import super_heavy
from .whole import two_and_network

__all__ = ["double_heavy", "double_light", "mixed", "super_heavy", "two_and_network"]
