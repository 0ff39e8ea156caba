"""What every formula asks of its input: numbers wide enough to compute with, and no nan among them.

Lists become arrays. Whole numbers and float16 become float64, because a sum of squares of int8 ends
at 127; float32 and float64 stay as they are. A refusal names the place, the value and what to give.
Longer than 250 lines, most of them docstrings: each check serves several formulas.
"""

from __future__ import annotations

from typing import Any, TypeGuard

import numpy as np
import numpy.typing as npt
from scipy import sparse

__all__ = [
    "as_array",
    "as_factors",
    "as_finite",
    "as_floats",
    "as_indices",
    "as_number",
    "as_observed",
    "as_scores",
    "as_sparse",
    "as_strength",
    "as_strengths",
    "check_learning_rate",
    "check_parallel",
    "check_rows",
    "check_stored",
    "describe",
    "is_whole",
    "refuse",
    "whole_number",
]

_Floats = npt.NDArray[np.floating]
_Indices = npt.NDArray[np.integer]


def as_array(name: str, values: npt.ArrayLike) -> npt.NDArray[Any]:
    """Values as an array, of whatever type.

    Args:
        name: What the values are called in an error.
        values: An array, or lists.

    Returns:
        The array itself, or a new one.

    Raises:
        ValueError: If the values are lists of different lengths.

    >>> as_array("ranked", [[1, 2]])
    array([[1, 2]])
    """
    try:
        return np.asarray(values)
    except ValueError:
        raise ValueError(
            f"{name} has rows of different lengths; give each row the same number of values"
        ) from None


def as_floats(name: str, values: npt.ArrayLike) -> _Floats:
    """Values as real numbers of 32 bits or more.

    Args:
        name: What the values are called in an error.
        values: An array, or lists.

    Returns:
        An array of float32 or float64 itself; whole numbers, truth values and float16 as float64.

    Raises:
        TypeError: If the values are not real numbers.
        ValueError: If the values are lists of different lengths.

    >>> as_floats("ratings", np.array([5, 3], dtype=np.int8))
    array([5., 3.])
    """
    array = values if type(values) is np.ndarray else as_array(name, values)
    if array.dtype.char in "fdg":
        return array
    if array.dtype.kind not in "fiub":
        raise TypeError(f"{name} is of type {array.dtype}; give real numbers")
    return array.astype(np.float64)


def as_finite(name: str, values: npt.ArrayLike, next_step: str) -> _Floats:
    """Values as by `as_floats`, none of them nan or infinite.

    Args:
        name: What the values are called in an error.
        values: An array, or lists.
        next_step: How the error ends.

    Returns:
        The values as real numbers of 32 bits or more.

    Raises:
        TypeError: If the values are not real numbers.
        ValueError: If a value is not finite.

    >>> as_finite("ratings", [5, 3], "leave out what nobody has rated")
    array([5., 3.])
    """
    floats = as_floats(name, values)
    finite = np.isfinite(floats)
    if not finite.all():
        refuse(~finite, name, floats, next_step)
    return floats


def as_factors(
    user_factors: npt.ArrayLike, item_factors: npt.ArrayLike, finite: bool = False
) -> tuple[_Floats, _Floats]:
    """Two tables of vectors of one length.

    Args:
        user_factors: U, shape (n_users, embedding_dim).
        item_factors: V, shape (n_items, embedding_dim).
        finite: Whether to refuse nan and infinity.

    Returns:
        U and V as by `as_floats`.

    Raises:
        TypeError: If the factors are not real numbers.
        ValueError: If the shapes do not fit, or a value is not finite and must be.

    >>> as_factors([[1, 0]], [[2, 1]])
    (array([[1., 0.]]), array([[2., 1.]]))
    """
    users, items = as_floats("user_factors", user_factors), as_floats("item_factors", item_factors)
    if users.ndim != 2 or items.ndim != 2 or users.shape[1] != items.shape[1]:
        raise ValueError(
            f"user_factors {users.shape} and item_factors {items.shape} must be "
            "(n_users, embedding_dim) and (n_items, embedding_dim) with the same embedding_dim; "
            "did you transpose one of them?"
        )
    if finite:
        for name, table in (("user_factors", users), ("item_factors", items)):
            as_finite(name, table, "train again with a learning rate ten times smaller")
    return users, items


def as_indices(name: str, values: npt.ArrayLike) -> _Indices:
    """Values as whole numbers that count rows.

    Args:
        name: What the values are called in an error.
        values: An array, or a list.

    Returns:
        The array itself, or a new one.

    Raises:
        TypeError: If the values are not whole numbers: truth values would be taken for a mask.
        ValueError: If the values are lists of different lengths.

    >>> as_indices("users", [0, 3])
    array([0, 3])
    """
    array = as_array(name, values)
    if not array.size:
        return array.astype(np.intp)  # an empty list has no type of its own
    if array.dtype.kind not in "iu":
        raise TypeError(f"{name} is of type {array.dtype}; give indices, whole numbers from 0 on")
    return array


def as_observed(
    users: npt.ArrayLike, items: npt.ArrayLike, ratings: npt.ArrayLike
) -> tuple[_Indices, _Indices, _Floats]:
    """The observed cells of a table, one rating each.

    Args:
        users: User index of each observed rating, shape (n,).
        items: Item index of each observed rating, shape (n,).
        ratings: The observed ratings, shape (n,).

    Returns:
        The three as arrays.

    Raises:
        TypeError: If an index is no whole number, or a rating no real one.
        ValueError: If the lengths differ, or a rating is not finite.

    >>> as_observed([0], [2], [5])
    (array([0]), array([2]), array([5.]))
    """
    rows, columns = as_indices("users", users), as_indices("items", items)
    values = as_floats("ratings", ratings)
    check_parallel(users=rows, items=columns, ratings=values)
    as_finite("ratings", values, "leave out what nobody has rated")
    return rows, columns, values


def as_scores(scores: npt.ArrayLike) -> npt.NDArray[Any]:
    """A table of scores, in its own type: whole numbers beyond 2⁵³ keep their order.

    Args:
        scores: Real numbers, shape (n_users, n_items).

    Returns:
        The table.

    Raises:
        TypeError: If the scores are not real numbers.
        ValueError: If the scores are not a table.

    >>> as_scores([[3, 1]])
    array([[3, 1]])
    """
    table = as_array("scores", scores)
    if table.ndim != 2:
        raise ValueError(f"scores has shape {table.shape}; give one row a user: (n_users, n_items)")
    if table.dtype.kind not in "fiub":
        raise TypeError(f"scores are of type {table.dtype}; give real numbers, one an item")
    return table


def as_sparse(
    name: str, table: sparse.csr_array | npt.ArrayLike, finite: bool = True
) -> sparse.csr_array:
    """A table in compressed rows, its stored values as by `as_floats`.

    Args:
        name: What the table is called in an error.
        table: A sparse table; or a dense one, whose zeros are then not stored.
        finite: Whether to refuse nan and infinity.

    Returns:
        The table, not copied where it is so already.

    Raises:
        TypeError: If the values are not real numbers.
        ValueError: If it is no table, or a stored value is not finite and must be.

    >>> as_sparse("ratings", [[5, 0]]).data
    array([5.])
    """
    given: Any = table if sparse.issparse(table) else as_floats(name, table)
    if given.ndim != 2:
        raise ValueError(f"{name} has shape {given.shape}; give a table, one row a user")
    rows = sparse.csr_array(given)
    values = as_floats(name, rows.data)
    if values is not rows.data:
        rows = sparse.csr_array((values, rows.indices, rows.indptr), shape=rows.shape)
    if finite:
        check_stored(name, rows)
    return rows


def as_number(name: str, value: Any) -> float:
    """One number, of 32 bits or more; a number of Python as it is, it does not widen float32.

    Args:
        name: What the number is called in an error.
        value: The number.

    Returns:
        The number.

    Raises:
        TypeError: If it is not a real number.
        ValueError: If it is more than one.

    >>> as_number("rating", 4.5)
    4.5
    """
    if isinstance(value, (int, float)):
        return value
    array = as_floats(name, value)
    if array.ndim:
        raise ValueError(f"{name} has shape {array.shape}; give one number")
    number: Any = array[()]
    return number


def as_strength(name: str, l2: npt.ArrayLike) -> float:
    """One regularisation.

    Args:
        name: What it is called in an error.
        l2: λ ≥ 0.

    Returns:
        λ, as by `as_number`.

    Raises:
        TypeError: If λ is not a real number.
        ValueError: If λ is more than one number, negative or not finite.

    >>> as_strength("l2", 0.1)
    0.1
    """
    strength = as_number(name, l2)
    as_strengths(name, strength)
    return strength


def as_strengths(name: str, l2: npt.ArrayLike) -> _Floats:
    """A regularisation, one number or several.

    Args:
        name: What it is called in an error.
        l2: λ ≥ 0.

    Returns:
        λ, as by `as_floats`.

    Raises:
        TypeError: If λ is not a real number.
        ValueError: If λ is negative or not finite.

    >>> as_strengths("l2", [0.1, 0.3])
    array([0.1, 0.3])
    """
    strengths = as_floats(name, l2)
    wrong = ~((strengths >= 0) & (strengths < np.inf))
    refuse(wrong, name, np.asarray(l2), "regularisation is a finite number of 0 or more")
    return strengths


def check_stored(name: str, rows: sparse.csr_array) -> None:
    """Refuse a stored value that is nan or infinite.

    Args:
        name: What the table is called in an error.
        rows: A table in compressed rows.

    Raises:
        ValueError: If a stored value is not finite.

    >>> check_stored("ratings", sparse.csr_array([[5.0, 0.0]]))
    """
    finite = np.isfinite(rows.data)
    if not finite.all():
        cell = int(np.argmin(finite))
        row = int(np.searchsorted(rows.indptr, cell, side="right")) - 1
        raise ValueError(
            f"{name}[{row}, {rows.indices[cell]}] is {rows.data[cell]}; leave out what is empty"
        )


def check_learning_rate(learning_rate: float) -> None:
    """Refuse a learning rate below 0, or none at all.

    Args:
        learning_rate: η ≥ 0.

    Raises:
        ValueError: If η is negative or not finite.

    >>> check_learning_rate(0.1)
    """
    if not 0 <= learning_rate < np.inf:
        raise ValueError(
            f"learning_rate is {learning_rate}; give a finite number of 0 or more, the step goes "
            "downhill by itself"
        )


def check_parallel(**arrays: npt.NDArray[np.generic]) -> None:
    """Refuse columns of different lengths.

    Args:
        **arrays: Columns by their names, each of shape (n,).

    Raises:
        ValueError: If the shapes differ, or are not (n,).

    >>> check_parallel(users=np.array([0, 1]), items=np.array([2, 2]))
    """
    shapes = {name: array.shape for name, array in arrays.items()}
    if len(set(shapes.values())) != 1 or len(next(iter(shapes.values()))) != 1:
        described = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
        raise ValueError(f"{described} must be parallel arrays of one length; check the lengths")


def check_rows(name: str, indices: _Indices, n_rows: int) -> None:
    """Refuse an index that has no row: NumPy would count −1 from the end.

    Args:
        name: What the indices are called in an error.
        indices: Row numbers, shape (n,).
        n_rows: Rows that there are.

    Raises:
        ValueError: If an index is not in 0 … n_rows − 1.

    >>> check_rows("users", np.array([0, 3]), 4)
    """
    outside = (indices < 0) | (indices >= n_rows)
    refuse(outside, name, indices, f"an index of {name} counts from 0 to {n_rows - 1}")


def refuse(
    wrong: npt.NDArray[np.bool_], name: str, values: npt.NDArray[np.generic], next_step: str
) -> None:
    """Name the first wrong value by its place; a single number has none.

    Args:
        wrong: Where the values are wrong.
        name: What the values are called.
        values: The values, in the shape of `wrong`.
        next_step: How the error ends.

    Raises:
        ValueError: If any value is wrong.

    >>> refuse(np.array([False]), "ratings", np.array([5.0]), "leave out what nobody has rated")
    """
    if wrong.any():
        place = np.argwhere(wrong)[0].tolist()
        raise ValueError(f"{name}{place or ''} is {values[tuple(place)]}; {next_step}")


def whole_number(name: str, value: object, least: int = 1) -> int:
    """A count, as Python's own whole number.

    Args:
        name: What the argument is called in an error.
        value: What was given.
        least: The smallest count that makes sense.

    Returns:
        The same number.

    Raises:
        ValueError: If it is no whole number (True is none), or too small.

    >>> whole_number("k", np.int64(10))
    10
    """
    if not is_whole(value) or value < least:
        raise ValueError(f"{name} is {describe(value)}; give a whole number of at least {least}")
    return int(value)


def is_whole(value: object) -> TypeGuard[int | np.integer]:
    """Whether a value is a whole number by its type, Python's or NumPy's.

    Args:
        value: Anything.

    Returns:
        False for True and for 2.0: who gives those means something else.
    """
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def describe(value: object) -> str:
    """A value as an error shows it: itself where it is short, or else its type.

    Args:
        value: Anything.

    Returns:
        Its form in Python, or "a DataFrame" and the like.

    >>> describe("3"), describe(np.float64(2.5)), describe([1, 2])
    ("'3'", '2.5', 'a list')
    """
    plain = value.item() if isinstance(value, np.generic) else value
    if plain is None or isinstance(plain, bool | int | float | complex | str):
        return repr(plain)
    kind = type(value).__name__
    return f"{'an' if kind[0] in 'AEIOUaeiou' else 'a'} {kind}"
