"""`python -m benchmarks`: runs every case on the lab, prints the table and writes docs/benchmarks.md."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time

from tests.lab.layout import ROOT

from . import cases, report
from .bench import Bench


def main() -> None:
    """From an empty lab to an empty lab."""
    began = time.monotonic()
    bench = Bench(ROOT / ".cache" / "bench")
    shutil.rmtree(bench.folder, ignore_errors=True)
    bench.folder.mkdir(parents=True, mode=0o700)
    try:
        for case in (cases.nothing_by_shell, cases.nothing_by_playbooks, cases.registering, cases.many, cases.reading):
            case(bench)
        where = report.machine()
    finally:
        subprocess.run([sys.executable, "-m", "tests.lab", "down"], cwd=ROOT, check=True)
    page = report.text(bench.rows, report.targets(bench.rows, cases.planning()), where)
    (ROOT / "docs" / "benchmarks.md").write_text(page)
    print(f"{page}\nbench: {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
