"""A large CSV from the sender to the published version, by the real server and worker, over the API.

python -m bench.intake 1000                 a gigabyte, its keys in no order
python -m bench.intake 200 --kill           the worker is killed while it checks
python -m bench.intake 300 --nginx          through nginx with deploy/nginx.conf, over TLS
python -m bench.intake 10000 --fault --raw 1000
                                            a cell far back is wrong, told, and another column chosen;
                                            raw DuckDB beside it on a gigabyte of the same rows
"""

import argparse
from importlib import import_module

from bench.made.place import installation

if __name__ == "__main__":
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("megabytes", type=int, nargs="?", default=1000)
    given.add_argument("--raw", type=int, help="megabytes that raw DuckDB reads, when not the same")
    given.add_argument("--kill", action="store_true", help="kill the worker while it checks")
    given.add_argument("--fault", action="store_true", help="first choose a column with one wrong cell")
    given.add_argument("--nginx", action="store_true", help="through nginx as it is deployed")
    given.add_argument("--sorted", action="store_true", help="rows come in the order of their key")
    given.add_argument("--side-files", action="store_true", help="wait for the side files too")
    asked = given.parse_args()
    with installation() as folder:
        import_module("bench.made.intake").run(folder, asked)
