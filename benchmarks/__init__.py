"""Long measurements, run by hand: see README.md here. `python -m benchmarks` prints a small table."""
