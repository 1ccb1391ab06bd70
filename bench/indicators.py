"""20 indicators of 514 regions over 60 months, from 30,000,000 rows: counted in 10 s at most.

python -m bench.indicators [rows]
"""

import sys
from importlib import import_module

from bench.made.place import installation

if __name__ == "__main__":
    with installation() as folder:
        rows = int(sys.argv[1]) if len(sys.argv) > 1 else 30_000_000
        import_module("bench.made.indicators").run(folder, rows)
