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
    found = report.targets(bench.rows, cases.planning(), time.monotonic() - began)
    page = report.text(bench.rows, found, where)
    (ROOT / "docs" / "benchmarks.md").write_text(page)
    print(page)


if __name__ == "__main__":
    main()
