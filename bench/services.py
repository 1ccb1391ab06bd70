"""Cases of a service by the million: lists, filing, the public map, the board, an export, all at once.

bench/services.py [how many cases]     SQLite, or PostgreSQL where DATABASE_URL is given
"""

import sys
from importlib import import_module

from bench.made.place import installation

if __name__ == "__main__":
    with installation():
        import_module("bench.made.services").run(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
