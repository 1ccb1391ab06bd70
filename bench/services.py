"""Cases of a service by the million: lists, filing, the public map, the board, an export, all at once.

bench/services.py [how many cases] [folder to keep]     SQLite, or PostgreSQL where DATABASE_URL is given

A folder that is kept (and, on PostgreSQL, its database with it) is measured again without being
filled again. Filling takes some four minutes of a processor and 6 GB; what counts closed cases, and
so the board, is counted once before, as the worker does every five minutes.
"""

import sys
from importlib import import_module
from pathlib import Path

from bench.made.place import installation

if __name__ == "__main__":
    kept = Path(sys.argv[2]).resolve() if len(sys.argv) > 2 else None
    with installation(kept):
        import_module("bench.made.services").run(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
