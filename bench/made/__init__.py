"""What the benchmarks stand on: an empty installation in a temporary folder, and a nation drawn from a seed."""
