"""Data in, matplotlib `Figure` out. Nothing here builds or runs a network.

matplotlib is imported here and nowhere else in the library at import time.
"""
