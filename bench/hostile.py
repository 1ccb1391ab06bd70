"""How soon texts of people who mean harm are refused or stopped, and how long a neighbour waits meanwhile.

./balai bench hostile     some ten seconds
"""

import sys
import tempfile
import threading
import time
from importlib import import_module
from pathlib import Path
from typing import Any

from bench.made.place import installation

PROMISED = 2.0
"""Seconds for each text, and for the neighbour."""


def run(scratch: Path) -> int:
    cases = import_module("balai.data.tests.test_hostile_sql")
    bills = import_module("balai.data.tests.bills")
    gate = import_module("balai.data.rules.gate")
    files = bills.tables(scratch)
    light = gate.read("SELECT count(*) FROM wilayah", files, 10)
    slowest: dict[str, float] = {}
    waits: list[float] = []
    over = threading.Event()

    with bills.running(children=2) as readers:

        def neighbour() -> None:
            while not over.wait(0.05):
                begun = time.perf_counter()
                with readers.ask(light) as answer:
                    list(answer.rows)
                waits.append(time.perf_counter() - begun)

        def tell(kind: str, act: Any) -> None:
            begun = time.perf_counter()
            try:
                act()
            except cases.Refused:
                slowest[kind] = max(slowest.get(kind, 0), time.perf_counter() - begun)
            else:
                raise SystemExit(f"{kind}: answered, not refused")

        def stop(text: str) -> None:
            with readers.ask(gate.read(text, files, 10), seconds=1.5, memory_mb=128) as answer:
                list(answer.rows)

        def forge(text: str) -> None:
            honest = gate.read("SELECT count(*) FROM tagihan", files, 10)
            table = files["tagihan"]
            forged = cases.Question(text.format(file=table.file), (table,), (), 10, honest.tree)
            readers.ask(forged, seconds=1.5)

        threading.Thread(target=neighbour, daemon=True).start()
        for _words, text in cases.REFUSED:
            tell(
                f"refused by the gate ({len(cases.REFUSED)} texts)",
                lambda text=text: gate.read(text, files, 100),
            )
        for text in (cases.HEAVY, cases.GROWING):
            tell("stopped by time or memory (limit 1.5 s)", lambda text=text: stop(text))
        for text in cases.STRAIGHT:
            tell("refused by the reader itself", lambda text=text: forge(text))
        over.set()

    slowest[f"a neighbour's question ({len(waits)} asked)"] = max(waits)
    for kind, seconds in slowest.items():
        print(f"{kind:48} {seconds:6.2f} s   {'met' if seconds < PROMISED else 'NOT met'}")
    return int(any(seconds >= PROMISED for seconds in slowest.values()))


if __name__ == "__main__":
    with installation(), tempfile.TemporaryDirectory() as scratch:
        sys.exit(run(Path(scratch)))
