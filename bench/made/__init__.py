"""What the benchmarks stand on: an empty installation in a temporary folder, a nation drawn from a seed."""
