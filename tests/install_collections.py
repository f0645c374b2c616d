"""Make `k8ssandra.operator`, `kubernetes.core` and `awx.awx` known to the Python that runs this.

All go below `ansible_collections` in its site-packages, where every Ansible tool looks without being told: this checkout as
a symlink, the two others unpacked from the `ansible` wheel, which carries them (so Galaxy is not needed).
"""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import tempfile
import zipfile
from pathlib import Path

ANSIBLE_WHEEL = "ansible==12.3.0"
# The one that we depend on, and the one that the role configure_awx names.
UNPACKED = ("ansible_collections/kubernetes/core/", "ansible_collections/awx/awx/")
CHECKOUT = Path(__file__).resolve().parent.parent


def unpack_others(site_packages: Path) -> None:
    """Take two collections out of the wheel that holds ninety."""
    with tempfile.TemporaryDirectory() as folder:
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
        subprocess.run([*pip, "download", "--quiet", "--no-deps", "--dest", folder, ANSIBLE_WHEEL], check=True)
        with zipfile.ZipFile(next(Path(folder).glob("*.whl"))) as wheel:
            wheel.extractall(site_packages, [name for name in wheel.namelist() if name.startswith(UNPACKED)])


def link_checkout(site_packages: Path) -> None:
    """Install this checkout editable: what is changed here is what runs."""
    link = site_packages / "ansible_collections" / "k8ssandra" / "operator"
    link.parent.mkdir(parents=True, exist_ok=True)
    link.unlink(missing_ok=True)
    link.symlink_to(CHECKOUT)


def main() -> None:
    """Install the collections into this Python's site-packages."""
    site_packages = Path(sysconfig.get_path("purelib"))
    unpack_others(site_packages)
    link_checkout(site_packages)


if __name__ == "__main__":
    main()
