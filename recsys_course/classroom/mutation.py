"""Change the solution of an exercise bit by bit, and see whether its checks notice.

A mutant is a solution with one operator, sign, number, comparison, axis, index, keyword or
neighbouring function changed. One that passes every check on three seeds is a survivor: either a
check is missing, or no input can tell the two apart. Survivors of the second kind stand with their
reason in ``tests/solution_mutants/<slug>.toml``.
"""

from __future__ import annotations

import ast
import contextlib
import copy
import functools
import io
import signal
import tomllib
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, SimpleNamespace
from typing import TYPE_CHECKING, Any

from recsys_course.classroom.checking import check_names, run_check
from recsys_course.classroom.diagnosis import wrong_answers
from recsys_course.classroom.loading import load
from recsys_course.classroom.reading import read_answers
from recsys_course.classroom.syllabus import load_syllabus

if TYPE_CHECKING:
    from rich.console import RenderableType

__all__ = ["MutationRun", "Survivor", "mutants", "mutate_solution", "render"]

_Change = Callable[[], None]
_SEEDS = (1, 2, 3)
_SECONDS = 20  # for all checks of a mutant that a change has made endless

_OPERATORS: dict[type[ast.AST], tuple[type[ast.AST], ...]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div,),
    ast.Div: (ast.Mult,),
    ast.MatMult: (ast.Mult,),
    ast.Pow: (ast.Mult,),
    ast.FloorDiv: (ast.Div,),
    ast.Mod: (ast.FloorDiv,),
    ast.BitAnd: (ast.BitOr,),
    ast.BitOr: (ast.BitAnd,),
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.And: (ast.Or,),
    ast.Or: (ast.And,),
}
_NEIGHBOURS = {
    name: other
    for pair in (
        ("sum", "mean"), ("min", "max"), ("argmin", "argmax"), ("any", "all"),
        ("zeros", "ones"), ("zeros_like", "ones_like"), ("reduce_sum", "reduce_mean"),
        ("minimum", "maximum"), ("append", "remove"), ("log2", "log"), ("eye", "ones"),
    )
    for name, other in (pair, pair[::-1])
}  # fmt: skip


@dataclass(frozen=True)
class Survivor:
    """A change that no check notices, and why none can (empty if nobody has said so)."""

    function: str
    mutant: str
    reason: str = ""


@dataclass(frozen=True)
class MutationRun:
    """What became of the mutants of one function."""

    function: str
    n_mutants: int
    survivors: tuple[Survivor, ...]

    @property
    def unexplained(self) -> tuple[Survivor, ...]:
        """Survivors without a reason: each asks for a check."""
        return tuple(survivor for survivor in self.survivors if not survivor.reason)

    @property
    def killed(self) -> float:
        """The share of the mutants that fail, of those that are not equivalent."""
        n_equivalent = len(self.survivors) - len(self.unexplained)
        n_telling = self.n_mutants - n_equivalent
        return 1 - len(self.unexplained) / n_telling if n_telling else 1.0


def mutate_solution(root: Path, slug: str) -> Iterator[MutationRun]:
    """Run the checks of a lesson's exercise on every mutant of its solution.

    Args:
        root: The course's folder, with ``solutions`` and ``tests/solution_mutants``.
        slug: The lesson.

    Yields:
        One result a function, in the order of the notebook.

    Raises:
        LookupError: If there is no such lesson, or the solution lacks one of its functions.
        RuntimeError: If a solution fails its own checks.
    """
    lesson = load_syllabus().lesson(slug)
    answers = read_answers(root / "solutions" / f"{lesson.stem}.ipynb")
    with contextlib.redirect_stdout(io.StringIO()):
        names = vars(load(answers).functions)
    reasons = _reasons(root / "tests" / "solution_mutants" / f"{slug}.toml")
    definitions = {
        statement.name: statement
        for cell in answers.cells
        for statement in _statements(cell)
        if isinstance(statement, ast.FunctionDef)
    }
    for exercise in lesson.exercises:
        function = exercise.name
        if function not in definitions:
            raise LookupError(f"{answers.path} defines no function {function}")
        if not _passes(function, names[function]):
            raise RuntimeError(f"the solution of {function} fails its own checks")
        survivors = []
        n_mutants = 0
        for label, tree in mutants(definitions[function]):
            n_mutants += 1
            if _passes(function, _compiled(tree, names)):
                survivors.append(Survivor(function, label, reasons.get((function, label), "")))
        yield MutationRun(function, n_mutants, tuple(survivors))


def _statements(cell: str) -> list[ast.stmt]:
    try:
        return ast.parse(cell).body
    except SyntaxError:  # a cell with a magic
        return []


def _reasons(path: Path) -> dict[tuple[str, str], str]:
    if not path.is_file():
        return {}
    entries = tomllib.loads(path.read_text(encoding="utf-8")).get("survivors", [])
    return {(entry["function"], entry["mutant"]): entry["reason"] for entry in entries}


def _compiled(tree: ast.FunctionDef, names: dict[str, Any]) -> Callable[..., Any]:
    scope = dict(names)
    module = ast.fix_missing_locations(ast.Module([tree], []))
    exec(compile(module, "mutant", "exec"), scope)  # our own solution, changed in one place
    answer: Callable[..., Any] = scope[tree.name]
    return answer


def _passes(function: str, answer: Callable[..., Any]) -> bool:
    """Whether every check of a function holds, on every seed."""
    student = SimpleNamespace(**{function: answer})
    with _limit(), warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        try:
            return all(
                (result := run_check(student, function, name, seed)) is not None and result.passed
                for seed in _SEEDS
                for name in check_names(function)
            )
        except _EndlessError:
            return False


class _EndlessError(BaseException):
    """A mutant has used its time; not an Exception, so that no handler of a check catches it."""


@contextlib.contextmanager
def _limit() -> Iterator[None]:
    if not hasattr(signal, "setitimer"):
        yield
        return

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise _EndlessError

    before = signal.signal(signal.SIGALRM, stop)
    try:
        signal.setitimer(signal.ITIMER_REAL, _SECONDS)
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def mutants(function: ast.FunctionDef) -> Iterator[tuple[str, ast.FunctionDef]]:
    r"""Every changed copy of a function, with a label that says what was changed.

    Args:
        function: The definition; it stays as it is.

    Yields:
        A label such as "line 3: `return a + b` → `return a - b`" and the changed definition. The
        line counts from the function's first.

    >>> tree = ast.parse("def f(a, b):\n    return a + b").body[0]
    >>> [label for label, _ in mutants(tree)]
    ['line 2: `return a + b` → `return a - b`']
    """
    n_nodes = sum(1 for _ in ast.walk(function))
    seen = {ast.unparse(function)}
    for place in range(n_nodes):
        kind = 0
        while True:
            changed = copy.deepcopy(function)
            parents = {
                child: node for node in ast.walk(changed) for child in ast.iter_child_nodes(node)
            }
            node = list(ast.walk(changed))[place]
            statement = _statement_of(node, parents)
            if statement is None or _is_docstring(node, parents):
                break
            before = _first_line(statement)
            changes = _changes(node, parents)
            if kind >= len(changes):
                break
            changes[kind]()
            kind += 1
            text = ast.unparse(changed)
            if text in seen:
                continue
            seen.add(text)
            line = statement.lineno - function.lineno + 1
            there = any(one is statement for one in ast.walk(changed))
            after = f"`{_first_line(statement)}`" if there else "left out"
            yield f"line {line}: `{before}` → {after}", changed


def render(runs: Sequence[MutationRun]) -> RenderableType:
    """The table of what became of the mutants, and below it the survivors without a reason.

    Args:
        runs: One result a function.

    Returns:
        What ``rich.print`` shows.
    """
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    table = Table(title="Mutants of the solutions", title_justify="left")
    columns = ("function", "checks", "wrong answers", "mutants", "equivalent", "survive", "fail")
    for n, header in enumerate(columns):
        table.add_column(header, justify="right" if n else "left", no_wrap=not n)
    for run in runs:
        n_open = len(run.unexplained)
        numbers = (
            len(check_names(run.function)),
            len(wrong_answers(run.function)),
            run.n_mutants,
            len(run.survivors) - n_open,
            n_open,
        )
        table.add_row(run.function, *map(str, numbers), f"{run.killed:.1%}")
    survivors = [
        Text(f"{one.function}, {one.mutant}", overflow="fold")
        for run in runs
        for one in run.unexplained
    ]
    return Group(table, *survivors)


def _statement_of(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> ast.stmt | None:
    """The statement inside the function that a node belongs to; None for the definition itself."""
    while not isinstance(node, ast.stmt):
        if node not in parents or isinstance(node, ast.arguments):
            return None
        node = parents[node]
    return node if node in parents else None


def _is_docstring(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> bool:
    return isinstance(node, ast.Constant | ast.Expr) and isinstance(
        parents.get(node), ast.Expr | ast.FunctionDef
    )


def _first_line(statement: ast.stmt) -> str:
    return ast.unparse(statement).splitlines()[0]


def _changes(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> list[_Change]:
    """The ways in which one node of the tree can be changed, each as something to do."""
    found = [*_operator_changes(node), *_value_changes(node), *_part_changes(node)]
    changes: list[_Change] = [functools.partial(setattr, *change) for change in found]
    match node:
        case ast.UnaryOp(operand=other) | ast.Attribute(attr="T", value=other):
            changes.append(functools.partial(_replace, parents[node], node, other))
        case ast.AugAssign() | ast.Break() | ast.Continue() | ast.Expr(value=ast.Call()):
            changes.append(functools.partial(_replace, parents[node], node, ast.Pass()))
    return changes


def _operator_changes(node: ast.AST) -> Iterator[tuple[ast.AST, str, Any]]:
    match node:
        case ast.BinOp(op=op) | ast.AugAssign(op=op) | ast.BoolOp(op=op):
            for other in _OPERATORS.get(type(op), ()):
                yield node, "op", other()
        case ast.Compare(ops=[op, *rest]):
            for other in _OPERATORS.get(type(op), ()):
                yield node, "ops", [other(), *rest]
        case ast.If() | ast.IfExp():
            yield node, "test", ast.Constant(True)
            yield node, "test", ast.Constant(False)


def _value_changes(node: ast.AST) -> Iterator[tuple[ast.AST, str, Any]]:
    match node:
        case ast.Constant(value=bool(value)):
            yield node, "value", not value
        case ast.Constant(value=int(value)):
            yield node, "value", value + 1
            yield node, "value", value - 1
        case ast.Constant(value=float(value)):
            yield node, "value", value + 1
            yield node, "value", value / 2
        case ast.Attribute(attr=attr) if attr in _NEIGHBOURS:
            yield node, "attr", _NEIGHBOURS[attr]
        case ast.Name(id=name) if name in _NEIGHBOURS:
            yield node, "id", _NEIGHBOURS[name]


def _part_changes(node: ast.AST) -> Iterator[tuple[ast.AST, str, Any]]:
    match node:
        case ast.Call(keywords=keywords):
            for keyword in keywords:
                yield node, "keywords", [other for other in keywords if other is not keyword]
        case ast.Subscript(slice=ast.Tuple(elts=[first, second]) as both):
            yield both, "elts", [second, first]
        case ast.Slice(lower=lower, upper=upper):
            if upper is not None:
                yield node, "upper", None
            if lower is not None:
                yield node, "lower", None


def _replace(parent: ast.AST, old: ast.AST, new: ast.AST) -> None:
    """Put a node in the place of another."""
    for name, value in ast.iter_fields(parent):
        if value is old:
            setattr(parent, name, new)
        elif isinstance(value, list) and old in value:
            value[value.index(old)] = new
