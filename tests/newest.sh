#!/usr/bin/env bash
# Run the unit tests on the newest ansible-core, which wants a newer Python than the one that most machines call python3.
set -euo pipefail
cd "$(dirname "$0")/.."

find_python() {
  local minor candidate
  for minor in 14 13 12; do
    for candidate in "python3.$minor" "${PYENV_ROOT:-$HOME/.pyenv}/versions/3.$minor".*/bin/python3; do
      if "$candidate" -c 'import ssl, venv' 2>/dev/null; then
        command -v "$candidate"
        return
      fi
    done
  done
  return 1
}

if ! python=$(find_python); then
  echo "SKIPPED: no Python 3.12 or newer is found here, so nothing was tested on the newest ansible-core."
  exit 0
fi

environment=.cache/newest
if [ ! -e "$environment/stamp" ] || [ tests/newest.sh -nt "$environment/stamp" ] || [ requirements.txt -nt "$environment/stamp" ] ||
  [ tests/install_collections.py -nt "$environment/stamp" ]; then
  "$python" -m venv --clear "$environment"
  "$environment/bin/pip" --disable-pip-version-check --quiet install -r requirements.txt ansible-core pytest pytest-timeout
  "$environment/bin/python" tests/install_collections.py
  touch "$environment/stamp"
fi
"$environment/bin/python" -c 'import ansible.release as core, sys; print("ansible-core", core.__version__, "on Python", sys.version.split()[0])'
"$environment/bin/python" -W error - <<'IMPORT_EVERYTHING'
import importlib
import pathlib

names = [".".join(path.with_suffix("").parts) for path in sorted(pathlib.Path("plugins").rglob("*.py")) if path.stem != "__init__"]
for name in names:
    importlib.import_module(f"ansible_collections.k8ssandra.operator.{name}")
print(len(names), "plugin files can be imported")
IMPORT_EVERYTHING
"$environment/bin/pytest" -o cache_dir=.cache/pytest-newest tests/unit
