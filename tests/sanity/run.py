"""Run `ansible-test sanity` on a copy of the checkout, and prove that it looked.

ansible-test wants a real folder `ansible_collections/k8ssandra/operator` with kubernetes.core beside it, a git repository that
knows the files, and pip from a place that many machines cannot reach. Where one of these is missing it tests nothing and
calls that success, so this counts the tests that ran and then plants a fault, which must be found.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
CACHE = CHECKOUT / ".cache" / "sanity"
COPY = CACHE / "ansible_collections" / "k8ssandra" / "operator"
HOME = CACHE / "home"
# ansible-core downloads this script under a name that follows its version; Python carries the same pip.
GET_PIP = ("get_pip_24_2.py", "get_pip_25_2.py")
USE_OWN_PIP = "import ensurepip\nensurepip.bootstrap(upgrade=True)\n"
TESTS_AT_LEAST = 20
PLANTED = Path("plugins/module_utils/_core/planted_fault.py")
FAULT = "from __future__ import annotations\n\nimport os\n\n\ndef planted():\n    return undefined_name\n"


def checked_files() -> set[Path]:
    """What git knows or would add: uncommitted work is tested too."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=CHECKOUT, check=True, capture_output=True, text=True
    )
    return {Path(name) for name in listed.stdout.split("\0") if name and (CHECKOUT / name).is_file()}


def refresh_copy() -> None:
    """Bring the copy up to date; `tests/output` in it stays, because it holds ansible-test's own environments."""
    wanted = checked_files()
    COPY.mkdir(parents=True, exist_ok=True)
    for old in [path for path in COPY.rglob("*") if path.is_file() or path.is_symlink()]:
        place = old.relative_to(COPY)
        if place not in wanted and place.parts[0] != ".git" and place.parts[:2] != ("tests", "output"):
            old.unlink()
    for name in wanted:
        source, target = CHECKOUT / name, COPY / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists() or target.read_bytes() != source.read_bytes():
            target.write_bytes(source.read_bytes())
        target.chmod(source.stat().st_mode)
    subprocess.run(["git", "init", "--quiet", str(COPY)], check=True)


def prepare_surroundings() -> None:
    """Put kubernetes.core beside the copy, and pip's bootstrap script where ansible-test looks before it downloads."""
    neighbour = COPY.parents[1] / "kubernetes" / "core"
    neighbour.parent.mkdir(parents=True, exist_ok=True)
    neighbour.unlink(missing_ok=True)
    neighbour.symlink_to(Path(sysconfig.get_path("purelib")) / "ansible_collections" / "kubernetes" / "core")
    cache = HOME / ".ansible" / "test" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    for name in GET_PIP:
        (cache / name).write_text(USE_OWN_PIP)


def sanity(*arguments: str) -> tuple[int, str]:
    """Run ansible-test; its exit status and what it printed."""
    tool = Path(sys.executable).with_name("ansible-test")
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    command = [str(tool), "sanity", "--venv", "--python", version, "--color", "no", *arguments]
    environment = {**os.environ, "HOME": str(HOME), "PATH": f"{tool.parent}:{os.environ['PATH']}"}
    done = subprocess.run(command, cwd=COPY, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return done.returncode, done.stdout


def finds_planted_fault() -> bool:
    """Whether a fault that any linter sees is found where it is."""
    planted = COPY / PLANTED
    planted.write_text(FAULT)
    try:
        status, said = sanity("--test", "pylint", str(PLANTED))
    finally:
        planted.unlink()
    return status != 0 and f"{PLANTED}:7" in said


def main() -> str | None:
    """Copy, test, count, plant."""
    prepare_surroundings()
    refresh_copy()
    status, said = sanity(*sys.argv[1:])
    print(said, end="", flush=True)
    if status:
        return f"ansible-test sanity failed (exit status {status}); the files are in {COPY}"
    if sys.argv[1:]:
        return None
    ran = sum(line.startswith("Running sanity test") for line in said.splitlines())
    if ran < TESTS_AT_LEAST:
        return f"ansible-test ran only {ran} sanity tests, at least {TESTS_AT_LEAST} were expected: it did not see our files"
    if not finds_planted_fault():
        return f"ansible-test found nothing wrong with a planted fault in {PLANTED}: its green is worth nothing"
    print(f"{ran} sanity tests ran, and a planted fault was found.")
    return None


if __name__ == "__main__":
    sys.exit(main())
