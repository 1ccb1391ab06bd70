"""The faces of the catalogue over 5,000 datasets: CKAN, DCAT, OGC, beside a bare Django view.

./balai bench faces                 5,000 datasets and 1,000,000 bills, some four minutes
python -m bench.faces 500 50000     fewer
"""

import sys
from importlib import import_module

from bench.made.place import installation

if __name__ == "__main__":
    datasets = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000
    rows = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
    with installation() as folder:
        import_module("bench.made.faces").run(folder, datasets, rows)
