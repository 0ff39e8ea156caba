"""The command line of bubblewrap: what a sandbox shows, and what it takes away.

Source: the manual page bwrap(1) of bubblewrap 0.8.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from recsys_course.classroom.grading import staging

__all__ = ["SandboxError", "bubblewrap", "environment", "walls"]


class SandboxError(OSError):
    """The sandbox does not do what it must; nothing was graded in it."""


def bubblewrap() -> str | None:
    """The path of bubblewrap, if it is installed and this kernel lets it work."""
    path = shutil.which("bwrap")
    if path is None or sys.platform != "linux":
        return None
    command = [path, "--unshare-all", "--ro-bind", "/", "/", shutil.which("true") or "true"]
    done = subprocess.run(command, capture_output=True, check=False)
    return path if done.returncode == 0 else None


def walls(program: str, course: Path, packages: dict[str, Path], place: str) -> list[str]:
    """The words before the command that runs inside.

    Args:
        program: The path of bubblewrap.
        course: A folder with the parts of the course that are shown.
        packages: Files and folders that are shown, by their names inside.
        place: The folder in which both stand inside.
    """
    words = [program, "--unshare-pid", "--unshare-ipc", "--unshare-net", "--unshare-uts"]
    words += ["--unshare-cgroup-try", "--die-with-parent", "--new-session", "--cap-drop", "ALL"]
    if os.getuid() == 0:  # root leaves its rights behind inside: no limit on processes binds it
        words += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    else:
        words.append("--unshare-user")
    words += ["--proc", "/proc", "--dev", "/dev", "--perms", "1777", "--tmpfs", "/tmp"]
    shown, hidden = staging.system_folders()
    # folders that bubblewrap makes on the way are closed to others, which is felt only later, when
    # something is imported that was not yet
    ways = {way for path in [*shown, Path(place, "packages", "_")] for way in path.parents}
    for way in sorted(ways - {Path("/")}):
        words += ["--perms", "0755", "--dir", str(way)]
    for path in shown:
        words += ["--ro-bind", str(path), str(path)]
    for name in ("/bin", "/lib", "/lib64", "/sbin"):
        if Path(name).is_symlink():
            words += ["--symlink", str(Path(name).readlink()), name]
        elif Path(name).is_dir():
            words += ["--ro-bind", name, name]
    for path in hidden:
        words += ["--tmpfs", str(path), "--remount-ro", str(path)]
    words += ["--ro-bind", str(course), f"{place}/course"]
    for name, path in packages.items():
        words += ["--ro-bind", str(path), f"{place}/packages/{name}"]
    # bubblewrap gives /dev to the user it runs for; each submission gets a /dev/shm of its own
    words += ["--remount-ro", "/dev", "--remount-ro", "/"]
    return [*words, "--chdir", "/tmp", "--"]


def environment(home: str) -> dict[str, str]:
    """The variables that a submission gets; nothing of the caller's goes on.

    Args:
        home: Its folder.
    """
    return {
        "HOME": home,
        "TMPDIR": home,
        "USER": "learner",
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "KERAS_HOME": home,
        "MPLBACKEND": "Agg",
        "MPLCONFIGDIR": home,
        "PYTHONHASHSEED": "0",  # the order of a set must not decide whether a run repeats
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_ENABLE_ONEDNN_OPTS": "0",
    }
