"""Scoring 514 regions x (121 questions x 5 assessors + 47 levels): in 1 s, and 2 times hand-written SQL."""

from importlib import import_module

from bench.made.place import installation

if __name__ == "__main__":
    with installation():
        import_module("bench.made.evaluation").run()
