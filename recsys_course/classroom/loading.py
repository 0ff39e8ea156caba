"""Run a file of answers statement by statement, so that one failure costs one statement.

A top-level statement that defines nothing (a plot, a training loop) has a second of the processor,
and all of them together have five; on a busy machine they may take three times as long. After that
only definitions run. Of the course it needs cells.py, deadlines.py and nesting.py.
"""

from __future__ import annotations
import __future__

import ast
import inspect
import linecache
import sys
import time
import warnings
from dataclasses import dataclass, field
from types import CodeType, ModuleType
from typing import Any

from recsys_course.classroom.cells import Answers, without_magics
from recsys_course.classroom.deadlines import Deadline, OutOfTimeError
from recsys_course.classroom.nesting import without_nested_checks

__all__ = ["Submission", "load"]

_MODULE = "submission"  # not "__main__": what stands under that guard is not part of an answer
_STATEMENT_SECONDS = 1.0
_ALL_SECONDS = 5.0
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
_FUTURES = {name: getattr(__future__, name).compiler_flag for name in __future__.all_feature_names}


@dataclass
class Submission:
    """What a file of answers defines; ``functions`` has the definitions as attributes."""

    functions: ModuleType
    problems: list[str] = field(default_factory=list)


class _Nothing:
    """Stands for what only a notebook has: every attribute and call of it is nothing again."""

    def __getattr__(self, name: str) -> _Nothing:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *_args: Any, **_options: Any) -> _Nothing:
        return self


@dataclass
class _Budget:
    """Seconds of the processor that are left for statements that define nothing."""

    left: float


def load(
    answers: Answers, keep: frozenset[str] = frozenset(), definitions_only: bool = False
) -> Submission:
    """Run the statements of a file of answers, one after the other.

    Args:
        answers: The cells.
        keep: Names that stay functions once they are: ``rmse = rmse(a, b)`` does not end them.
        definitions_only: Leave out every statement that defines nothing.

    Returns:
        What is defined in the end, and one sentence for each statement that failed.
    """
    submission = Submission(ModuleType(_MODULE))
    sys.modules[_MODULE] = submission.functions  # dataclasses look their module up
    names = vars(submission.functions)
    nothing = _Nothing()
    names.update(get_ipython=nothing, display=nothing, input=lambda *_: "")
    budget = _Budget(0.0 if definitions_only else _ALL_SECONDS)
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    for number, cell in enumerate(answers.cells, 1):
        where = answers.path.name
        where += f" cell {number}" if answers.path.suffix == ".ipynb" else ""
        tree, source = _parse(cell, where, submission)
        linecache.cache[where] = (len(source), None, source.splitlines(keepends=True), where)
        for statement in tree.body:
            flags |= _future_flags(statement)
            functions = {name: names[name] for name in keep if callable(names.get(name))}
            with without_nested_checks(), warnings.catch_warnings():
                warnings.simplefilter("default")  # never an error, whatever the front's filters
                _run(statement, where, flags, submission, budget)
            names.update({n: old for n, old in functions.items() if not callable(names.get(n))})
    return submission


def _parse(cell: str, where: str, submission: Submission) -> tuple[ast.Module, str]:
    """The statements of a cell; none, and a problem, where it is not Python."""
    try:
        return ast.parse(cell, where), cell
    except (SyntaxError, ValueError, RecursionError):
        source = without_magics(cell)
    try:
        return ast.parse(source, where), source
    except (SyntaxError, ValueError, RecursionError) as error:
        line = getattr(error, "lineno", None) or 1
        reason = getattr(error, "msg", None) or str(error)
        submission.problems.append(
            f"{where}, line {line}: this cell is not Python ({reason}) and was left out"
        )
    return ast.Module([], []), source


def _future_flags(statement: ast.stmt) -> int:
    if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
        return sum(_FUTURES.get(alias.name, 0) for alias in statement.names)
    return 0


def _defines(statement: ast.stmt) -> bool:
    """Whether a statement is cheap and may be needed by a function below it."""
    if isinstance(statement, ast.With):  # around imports that may fail
        return all(isinstance(one, ast.Import | ast.ImportFrom) for one in statement.body)
    if isinstance(statement, ast.Try):
        parts = [statement.body, statement.orelse, statement.finalbody]
        parts += [handler.body for handler in statement.handlers]
        return all(isinstance(one, ast.Pass) or _defines(one) for part in parts for one in part)
    if isinstance(statement, ast.Assign | ast.AnnAssign):
        return not any(isinstance(node, ast.Call | ast.Await) for node in ast.walk(statement))
    return isinstance(statement, _DEFINITIONS)


def _run(
    statement: ast.stmt, where: str, flags: int, submission: Submission, budget: _Budget
) -> None:
    defines = _defines(statement)
    if not defines and budget.left <= 0:
        return
    place = f"{where}, line {statement.lineno}"
    try:
        code = compile(ast.Module([statement], []), where, "exec", flags=flags, dont_inherit=True)
        if defines:
            _evaluate(code, submission)
        else:
            _evaluate_in_time(code, submission, budget)
    except NotImplementedError:
        return  # the exercise as it was handed out
    except OutOfTimeError:
        submission.problems.append(f"{place}: stopped after a second; only definitions are needed")
    except (Exception, SystemExit) as error:
        text = " ".join(str(error).split())[:200]
        submission.problems.append(f"{place}: {type(error).__name__}: {text}")


def _evaluate(code: CodeType, submission: Submission) -> None:
    result = eval(code, vars(submission.functions))  # the learner's own code
    if inspect.iscoroutine(result):
        import asyncio  # large, and hardly a file of answers waits for something

        asyncio.run(_awaited(result))


def _evaluate_in_time(code: CodeType, submission: Submission, budget: _Budget) -> None:
    seconds, start = min(_STATEMENT_SECONDS, budget.left), time.process_time()
    try:
        with Deadline(wall=3 * seconds, processor=seconds):
            _evaluate(code, submission)
    finally:
        budget.left -= time.process_time() - start


async def _awaited(result: Any) -> None:
    await result
