"""Runs every benchmark, one after another, and keeps their last lines.

Run: ``python benchmarks/all.py [--ml-100k PATH]``, or ``make bench OPTIONS="--ml-100k PATH"``

What the benchmarks print goes to the terminal; ``benchmarks/results.json`` gets each one's JSON
with the date and the machine. The README quotes that file.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SCRIPTS = ("rating", "ranking", "neighbors")
# Set on some machines to imitate another processor; a benchmark wants the one that is there.
DISTURBING = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")


def processor() -> str:
    """What the processor calls itself."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def main() -> None:
    """Run the scripts and write the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ml-100k", type=Path, help="passed on to every script")
    options = parser.parse_args()
    passed_on = [] if options.ml_100k is None else ["--ml-100k", str(options.ml_100k)]
    environment = {name: one for name, one in os.environ.items() if name not in DISTURBING}
    results: dict[str, Any] = {
        "date": dt.date.today().isoformat(),
        "machine": f"{processor()}, {os.cpu_count()} cores, {platform.system()}",
    }
    for script in SCRIPTS:
        command = [sys.executable, str(HERE / f"{script}.py"), *passed_on]
        print(f"== {script}", flush=True)
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, encoding="utf-8", env=environment
        ) as process:
            assert process.stdout is not None
            last = ""
            for line in process.stdout:
                print(line, end="", flush=True)
                last = line.strip() or last
        if process.returncode:
            raise SystemExit(f"{script}.py failed with exit code {process.returncode}")
        results[script] = json.loads(last)
    path = HERE / "results.json"
    path.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"== wrote {path}")


if __name__ == "__main__":
    main()
