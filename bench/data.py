"""One Data on a million village tax bills: the real pages beside raw DuckDB, raw SQLite and Datasette.

./balai bench data            1,000,000 bills, some three minutes
python -m bench.data 100000   fewer
"""

import sys
from importlib import import_module

from bench.made.place import installation

if __name__ == "__main__":
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with installation() as folder:
        import_module("bench.made.data").run(folder, rows)
