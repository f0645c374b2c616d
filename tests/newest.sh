#!/usr/bin/env bash
# Run the unit tests on the newest ansible-core, which wants a newer Python than the one that most machines call python3.
set -euo pipefail
cd "$(dirname "$0")/.."

find_python() {
  local candidate
  for candidate in python3.14 python3.13 python3.12 "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.1[2-9]*/bin/python3; do
    if "$candidate" -c 'import sys, venv; sys.exit(sys.version_info < (3, 12))' 2>/dev/null; then
      command -v "$candidate"
      return
    fi
  done
  return 1
}

if ! python=$(find_python); then
  echo "SKIPPED: no Python 3.12 or newer is found here, so nothing was tested on the newest ansible-core."
  exit 0
fi

environment=.cache/newest
if [ ! -e "$environment/stamp" ] || [ tests/newest.sh -nt "$environment/stamp" ] || [ requirements.txt -nt "$environment/stamp" ]; then
  "$python" -m venv --clear "$environment"
  "$environment/bin/pip" --disable-pip-version-check --quiet install -r requirements.txt ansible-core pytest pytest-timeout
  "$environment/bin/python" tests/install_collections.py
  touch "$environment/stamp"
fi
"$environment/bin/ansible" --version | head -1
"$environment/bin/pytest" -o cache_dir=.cache/pytest-newest
