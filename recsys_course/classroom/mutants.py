"""Every small change of a function: one operator, sign, number, index, keyword or neighbour."""

from __future__ import annotations

import ast
import copy
import functools
from collections.abc import Callable, Iterator
from typing import Any

__all__ = ["mutants"]

_Change = Callable[[], None]

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
