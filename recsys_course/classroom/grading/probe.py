"""A submission of the grader's own: it says what a submission can do in the sandbox.

It runs there alone, where nothing of the course can be imported.
"""

import importlib.util
import os
import socket
from pathlib import Path
from typing import Any

# not imported yet: of NumPy, of Python, and native ones; small, as every run waits for them
_NEEDED = ("numpy.fft", "encodings.idna", "csv", "sqlite3")


def facts(modules: list[str], paths: list[str]) -> dict[str, Any]:
    """What there is that should not be, and what is missing that should be there.

    Args:
        modules: Modules of the course that must not exist here.
        paths: Files and folders that must not exist here.

    Returns:
        Lists of names, empty where all is well.
    """
    return {
        "lazy": [name for name in _NEEDED if not _importable(name)],
        "course": [name for name in modules if _present(name)],
        "files": [path for path in paths if _readable(path)],
        "network": [name for _, name in socket.if_nameindex() if name != "lo"],
        "processes": [] if os.getpid() == 1 else ["others"],
        "writable": [path for path in ("/", "/var/tmp", "/dev") if os.access(path, os.W_OK)],
        "root": ["root"] if os.getuid() == 0 else [],
    }


def _importable(name: str) -> bool:
    try:
        importlib.import_module(name)
    except ImportError:
        return False
    return True


def _present(name: str) -> bool:
    """Whether a module's file is there; one that cannot be imported can still be read."""
    try:
        return importlib.util.find_spec(name) is not None
    except ImportError:  # not even its package
        return False


def _readable(path: str) -> bool:
    try:
        return any(True for _ in Path(path).iterdir())
    except OSError:
        return False
