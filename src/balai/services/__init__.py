"""The public services of a city: each is one reviewed file, and this engine runs it.

`rules` reads the file and decides from values in hand: moves, clocks, tests inside
the file, its diagram. `changes` and `reads` keep the cases.
"""
