"""Whether an exercise function is written yet, as far as the text of a file tells; nothing runs."""

from __future__ import annotations

import ast

from recsys_course.classroom.cells import Answers, without_magics

__all__ = ["is_written"]


def is_written(answers: Answers, function: str) -> bool:
    """Whether a file holds more than the stub of a function."""
    for cell in answers.cells:
        if function not in cell:
            continue
        try:
            tree = ast.parse(without_magics(cell))
        except (SyntaxError, ValueError, RecursionError):
            return True  # half-written, so somebody has begun
        for statement in tree.body:
            if isinstance(statement, ast.FunctionDef) and statement.name == function:
                return not _is_stub(statement)
    return False


def _is_stub(definition: ast.FunctionDef) -> bool:
    """Whether a body is a docstring at most, and `raise NotImplementedError`."""
    *before, last = definition.body
    quiet = all(isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant) for one in before)
    return quiet and isinstance(last, ast.Raise) and "NotImplementedError" in ast.unparse(last)
