"""A training run in one file, which is whole at every moment and holds no pickles."""

import json
import os
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["read_checkpoint", "write_checkpoint"]


def write_checkpoint(
    path: Path, story: Mapping[str, Any], arrays: Mapping[str, Sequence[Any]]
) -> None:
    """Write a run into a .npz file, replacing what is there in one step.

    Args:
        path: The file; its folder must exist.
        story: What JSON can say, and NumPy arrays inside it as lists. It must have the key
            "settings": what has to be equal for the run to go on.
        arrays: Lists of arrays, or of `tf.Variable`s, by name.
    """
    named = {"story": np.array(json.dumps(story, default=np.ndarray.tolist))}
    for name, values in arrays.items():
        named |= {f"{name}:{i}": np.asarray(value) for i, value in enumerate(values)}
    partial = path.with_name(path.name + ".partial")
    try:
        with partial.open("wb") as file:
            np.savez(file, allow_pickle=False, **named)
            file.flush()
            os.fsync(file.fileno())  # else a power cut could leave the new name on an empty file
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)  # half-written, after a full disk or an interrupt


def read_checkpoint(
    path: Path, settings: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, list[np.ndarray]]]:
    """Read what `write_checkpoint` wrote, for a run with these settings.

    Args:
        path: The file.
        settings: The settings of the run that wants to go on.

    Returns:
        The story, and the lists of arrays by name (a list that was empty is absent).

    Raises:
        ValueError: If the file is no checkpoint, or its settings differ.
    """
    advice = "delete it to start afresh, or give another path"
    arrays: dict[str, list[np.ndarray]] = {}
    try:
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            story: dict[str, Any] = json.loads(str(file["story"]))
            written = story["settings"]
            for name in file.files:  # in the order of writing
                if name != "story":
                    arrays.setdefault(name.partition(":")[0], []).append(file[name])
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as broken:
        raise ValueError(f"{path} is not a whole checkpoint ({broken}); {advice}") from broken
    for name, here in settings.items():
        if written.get(name) != here:
            raise ValueError(
                f"{path} belongs to another run: there {name} is {written.get(name)}, here it is "
                f"{here}; {advice}"
            )
    return story, arrays
