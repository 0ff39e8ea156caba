#!/usr/bin/env bash
# Runs once, as root, when Gradescope builds the image. Any error stops the build and stands in its log.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
base=$(dirname -- "$here")
export DEBIAN_FRONTEND=noninteractive

usable() { # whether a Python is there and can make an environment
    command -v "$1" >/dev/null && "$1" -c 'import ensurepip, venv' 2>/dev/null
}

find_python() {
    local version
    for version in 3.12 3.13 3.11; do
        if usable "python$version"; then
            echo "python$version"
            return
        fi
    done
    return 1
}

apt-get update -qq
# Docker forbids new namespaces by default, and the grader says so and does without them; where the
# container allows them, bubblewrap separates the submission from everything else.
apt-get install -y -qq --no-install-recommends bubblewrap ||
    echo "bubblewrap could not be installed; submissions are confined by user and limits alone"

for version in 3.12 3.13 3.11; do
    if find_python >/dev/null; then
        break
    fi
    apt-get install -y -qq --no-install-recommends "python$version" "python$version-venv" || true
done
python=$(find_python) || {
    echo "the course needs Python 3.11, 3.12 or 3.13; choose Ubuntu 24.04 as the base image" >&2
    exit 1
}

"$python" -m venv -- "$base/python"
# the list is whole; left to look for dependencies, pip would look past a pin at what is newer
"$base/python/bin/python" -m pip install --quiet --disable-pip-version-check --no-cache-dir \
    --no-deps --requirement "$here/requirements.txt"

# A submission runs as the user nobody: it may use Python and its packages, and must not see the
# checks, nor write where the points are.
chmod a+x -- "$base"
chmod -R a+rX -- "$base/python"
mkdir -p -- "$base/results"
chmod 700 -- "$here" "$base/results"

# a grader that cannot start is found now, and not by the first student
PYTHONPATH="$here/course" "$base/python/bin/python" -P -c 'import recsys_course.classroom.grading'
echo "ready: $("$base/python/bin/python" --version)"
