"""Which variant a submission carries, and whether its student's own numbers come out."""

from __future__ import annotations

import hashlib
import re
from typing import Any

import numpy as np

from recsys_course.classroom.expectations import close
from recsys_course.classroom.grading.variants.ledger import ID_DIGITS, OwnNumbers
from recsys_course.classroom.reports import CheckResult

__all__ = ["read_variant", "seed_of", "variant_results"]

# The quotes of a JSON text inside a cell are escaped, so only real keys match. Bounded, because the
# bytes are somebody else's.
_VARIANT = re.compile(
    rb'"recsys_course"\s{0,40}:\s{0,40}\{[^{}]{0,400}?'
    rb'"variant"\s{0,40}:\s{0,40}"([0-9a-f]{%d})"' % ID_DIGITS
)
_OWN_NUMBERS = (
    "Your own numbers do not come out: work out the example below the check of {0} with a pencil, "
    "compare each step with what your function does, and then look at what should come out, which "
    "stands there, too."
)


def read_variant(notebook: bytes) -> str | None:
    """Which variant a notebook says it is, without parsing it.

    Args:
        notebook: The bytes of the submission.

    Returns:
        The id in its metadata; None if there is none, or several.

    >>> read_variant(b'{"recsys_course": {"slug": "x", "variant": "0123456789abcdef"}}')
    '0123456789abcdef'
    """
    found = {match.decode("ascii") for match in _VARIANT.findall(notebook)}
    return found.pop() if len(found) == 1 else None


def seed_of(variant: str | None, run_seed: int) -> int:
    """The seed of one student's random tables: of the run and the variant.

    Args:
        variant: The student's variant; None leaves the seed of the run as it is.
        run_seed: The seed of the whole run.

    >>> seed_of(None, 7)
    7
    """
    if variant is None:
        return run_seed
    digest = hashlib.sha256(f"{run_seed} {variant}".encode()).digest()
    return int.from_bytes(digest[:4], "big")


def variant_results(student: Any, function: str, numbers: OwnNumbers) -> CheckResult:
    """Whether a student's own numbers come out.

    Args:
        student: An object with the student's function as attribute; what it returns must be made of
            plain arrays, numbers, lists and tuples.
        function: Its name.
        numbers: The student's entry in the ledger.

    Returns:
        One more check. A sentence that it gives holds no number: the student's notebook does.
    """
    name = f"test_{function}_own_numbers"
    try:
        answer = getattr(student, function)(*numbers.fresh_arguments())
        passed = _equal(answer, numbers.result())
    except (Exception, SystemExit):  # whatever stopped it, the answer did not come out
        passed = False
    return CheckResult(name, function, passed, "" if passed else _OWN_NUMBERS.format(function))


def _equal(answer: Any, expected: Any) -> bool:
    if isinstance(expected, tuple):
        several = isinstance(answer, tuple | list | np.ndarray) and len(answer) == len(expected)
        return several and all(map(_equal, answer, expected))
    return close(np.asarray(answer, dtype=np.float64), expected)
