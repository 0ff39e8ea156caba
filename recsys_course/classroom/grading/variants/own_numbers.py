"""Whether a student's own numbers come out."""

from __future__ import annotations

from typing import Any

import numpy as np

from recsys_course.classroom.expectations import close
from recsys_course.classroom.grading.variants.ledger import OwnNumbers
from recsys_course.classroom.reports import CheckResult

__all__ = ["variant_results"]

_OWN_NUMBERS = (
    "Your own numbers do not come out: work out the example below the check of {0} with a pencil, "
    "compare each step with what your function does, and then look at what should come out, which "
    "stands there, too."
)


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
