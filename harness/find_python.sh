#!/bin/sh
# Prints the path of the first Python that is 3.10 or newer and can make a venv; $PYTHON, where it is set, is the only candidate.
set -u

lacking=""
for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11 python3.10 python}; do
  "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null || continue
  if "$candidate" -c 'import ensurepip, venv' 2>/dev/null; then
    exec "$candidate" -c 'import sys; print(sys.executable)'
  fi
  lacking="$candidate"
done

if [ -n "$lacking" ]; then
  echo "$lacking is new enough but cannot make a virtual environment; install its venv package (Debian: python3-venv)." >&2
elif [ -n "${PYTHON:-}" ]; then
  echo "clusop needs Python 3.10 or newer, and PYTHON=$PYTHON is not." >&2
else
  echo "clusop needs Python 3.10 or newer, and there is none on PATH. Install one, or name it: make PYTHON=path/to/python3" >&2
fi
exit 1
