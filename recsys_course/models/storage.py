"""A fitted model in one file, with the ids it knows, and without a pickle.

The file is an ``.npz``. ``model`` is a JSON text: the class, and for each attribute of the model
its value or where it lies. Arrays lie under the attribute's name; a sparse table under
``NAME.data``, ``NAME.indices`` and ``NAME.indptr``; a model inside a model (the biases of a
neighbourhood) under ``NAME.…`` once more. What the model was fitted to lies under ``train.…``, as
`Interactions.as_arrays` gives it, because ids and seen items belong to a model.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from recsys_course.data.archive import read_arrays, write_arrays
from recsys_course.data.interactions import Interactions

if TYPE_CHECKING:
    from recsys_course.models.recommender import Recommender

__all__ = ["load_model", "save_model"]

Arrays = dict[str, npt.NDArray[Any]]
_TRAIN = "train."


def save_model(model: Recommender, train: Interactions, path: Path | str) -> None:
    """Write a fitted model.

    Args:
        model: The model.
        train: What it was fitted to.
        path: Where to write; the file appears whole or not at all.

    Raises:
        TypeError: If an attribute or an id is of a kind that a file cannot hold.
    """
    arrays: Arrays = {}
    story = _tell(model, "", arrays)
    arrays["model"] = np.frombuffer(json.dumps(story).encode(), np.uint8)
    for name, array in train.as_arrays().items():
        arrays[_TRAIN + name] = array
    write_arrays(path, arrays)


def load_model(kind: type[Recommender], path: Path | str) -> Recommender:
    """Read what `save_model` wrote.

    Args:
        kind: The class of the model.
        path: The file.

    Returns:
        The fitted model.

    Raises:
        ValueError: If the file is damaged, or holds something else or a model of another class.
    """
    arrays = read_arrays(path)
    try:
        story = json.loads(arrays["model"].tobytes())
        name = story["class"]
    except (KeyError, TypeError, ValueError, RecursionError):  # no such array, no JSON, no object
        raise ValueError(
            f"{path} holds no model; give a file that a model's save() wrote"
        ) from None
    if name != kind.__name__:
        raise ValueError(
            f"{path} holds a model of the class {name}, not {kind.__name__}; read it with "
            f"{name}.load()"
        )
    train = {
        name.removeprefix(_TRAIN): one for name, one in arrays.items() if name.startswith(_TRAIN)
    }
    try:
        return _recall(kind, story, "", arrays, Interactions.from_arrays(train))
    except KeyError as missing:
        raise ValueError(f"{path} lacks {missing}; save the model anew") from None
    except (AttributeError, TypeError, ValueError) as odd:
        raise ValueError(f"{path} cannot be read as a model: {odd}") from None


def _tell(model: Recommender, prefix: str, arrays: Arrays) -> dict[str, Any]:
    """What JSON can say of a model; its arrays are put beside it."""
    return {
        "class": type(model).__name__,
        "attributes": {
            name: _tell_value(value, f"{prefix}{name}", arrays)
            for name, value in model.memory().items()
        },
    }


def _tell_value(value: Any, name: str, arrays: Arrays) -> dict[str, Any]:
    if isinstance(value, np.ndarray):
        arrays[name] = value
        return {"array": name}
    if isinstance(value, sparse.csr_array):
        for part in ("data", "indices", "indptr"):
            arrays[f"{name}.{part}"] = getattr(value, part)
        return {"sparse": name, "shape": [int(size) for size in value.shape]}
    if isinstance(value, np.random.Generator):
        state = value.bit_generator.state
        return {"generator": json.loads(json.dumps(state, default=np.ndarray.tolist))}
    if hasattr(value, "memory"):
        return {"model": _tell(value, f"{name}.", arrays)}
    plain = value.item() if isinstance(value, np.generic) else value
    try:
        return {"value": json.loads(json.dumps(plain))}
    except TypeError:
        raise TypeError(
            f"{name} is a {type(value).__name__}, which a file cannot hold; keep arrays, numbers "
            "and text in a model"
        ) from None


def _recall(
    kind: type[Recommender],
    story: Mapping[str, Any],
    prefix: str,
    arrays: Arrays,
    train: Interactions,
) -> Recommender:
    model = kind.__new__(kind)
    memory: dict[str, Any] = {}
    for name, told in story["attributes"].items():
        where = f"{prefix}{name}"
        if "model" in told:
            inner = told["model"]
            part = _classes(kind).get(inner["class"])
            if part is None:
                raise ValueError(
                    f"its {where} is of the class {inner['class']}, which is not known here; "
                    "import the module that defines it"
                )
            memory[name] = _recall(part, inner, f"{where}.", arrays, train)
        else:
            memory[name] = _recall_value(told, where, arrays)
    model.remember(memory, train)
    return model


def _classes(kind: type[Recommender]) -> dict[str, type[Recommender]]:
    """All kinds of models that are defined, by name."""
    # The outermost class that can remember is Recommender, which imports this module.
    kinds = [one for one in kind.__mro__ if hasattr(one, "remember")][-1:]
    for one in kinds:  # grows meanwhile: subclasses of subclasses too
        kinds += one.__subclasses__()
    return {one.__name__: one for one in kinds}


def _recall_value(told: Mapping[str, Any], name: str, arrays: Arrays) -> Any:
    if "array" in told:
        return arrays[name]
    if "sparse" in told:
        parts = tuple(arrays[f"{name}.{part}"] for part in ("data", "indices", "indptr"))
        return sparse.csr_array(parts, shape=tuple(told["shape"]))
    if "generator" in told:
        bits = getattr(np.random, told["generator"]["bit_generator"])()
        bits.state = told["generator"]
        return np.random.Generator(bits)
    return told["value"]
