"""Arrays in one ``.npz`` file, which is whole at every moment and holds no pickle."""

from __future__ import annotations

import secrets
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["read_arrays", "write_arrays"]


def write_arrays(path: Path | str, arrays: Mapping[str, npt.NDArray[Any]]) -> None:
    """Write arrays to one compressed ``.npz``.

    The file appears whole or not at all, readable by whom the umask allows.

    Args:
        path: Where to write.
        arrays: The arrays by name; none of them of objects.
    """
    unfinished = Path(path).with_name(f".{secrets.token_hex(8)}.part")
    try:
        with unfinished.open("xb") as file:
            np.savez_compressed(file, allow_pickle=False, **arrays)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def read_arrays(path: Path | str) -> dict[str, npt.NDArray[Any]]:
    """Read what `write_arrays` wrote.

    Args:
        path: The file.

    Returns:
        The arrays by name.

    Raises:
        ValueError: If the file is damaged; every array is compared with its checksum.
        FileNotFoundError: If there is no such file.
    """
    try:
        with Path(path).open("rb") as file, zipfile.ZipFile(file) as archive:
            broken = archive.testzip()
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as odd:
        broken = str(odd)
    if broken is not None:
        raise ValueError(f"{path} is damaged ({broken}); make it again with save()")
    with np.load(path, allow_pickle=False) as stored:
        return dict(stored)
