import ast
import textwrap

import pytest
from rich.console import Console
from typer.testing import CliRunner

from recsys_course.classroom.mutants import mutants
from recsys_course.classroom.mutation import MutationRun, Survivor, mutate_solution, render
from recsys_course.cli import app


def labels(source):
    tree = ast.parse(textwrap.dedent(source)).body[0]
    before = ast.unparse(tree)
    found = list(mutants(tree))
    assert ast.unparse(tree) == before
    assert len({ast.unparse(changed) for _, changed in found}) == len(found)
    return [label for label, _ in found]


@pytest.mark.parametrize(
    ("line", "changed"),
    [
        ("return a + b", ["return a - b"]),
        ("return -a", ["return a"]),
        ("return a.T @ b", ["return a.T * b", "return a @ b"]),
        ("return a < b", ["return a <= b", "return a > b"]),
        ("return a and b", ["return a or b"]),
        ("return a.sum(axis=0)", ["a.mean(axis=0)", "a.sum(axis=1)", "a.sum(axis=-1)", "a.sum()"]),
        ("return a[1:b]", ["a[2:b]", "a[0:b]", "a[1:]", "a[:b]"]),
        ("return a[0, b]", ["a[1, b]", "a[-1, b]", "a[b, 0]"]),
        ("a += b", ["a -= b", "left out"]),
        ("return a if b else 0", ["a if True else 0", "a if False else 0", "else 1", "else -1"]),
        ("return sorted(a, reverse=True)", ["sorted(a, reverse=False)", "`return sorted(a)`"]),
    ],
)
def test_each_kind_of_change(line, changed):
    found = labels(f"def f(a, b):\n    {line}\n")
    assert len(found) == len(changed)
    for part in changed:
        assert any(part in label.split("→")[1] for label in found), found


def test_docstrings_and_defaults_stay():
    assert labels('def f(a=1):\n    """Add 1."""\n    return a\n') == []


def test_a_reason_makes_a_survivor_equivalent():
    with_reason, without = Survivor("f", "x", "why"), Survivor("f", "y")
    run = MutationRun("f", 22, (with_reason, without))
    assert run.unexplained == (without,)
    assert run.killed == pytest.approx(20 / 21)


def test_a_check_that_is_taken_away_lets_mutants_live(monkeypatch, request):
    from recsys_course.classroom import mutation

    root = request.config.rootpath
    whole = {run.function: run for run in mutate_solution(root, "mf_loss")}["sgd_step"]
    names = mutation.check_names
    monkeypatch.setattr(mutation, "check_names", lambda function: names(function)[:1])
    weak = {run.function: run for run in mutate_solution(root, "mf_loss")}["sgd_step"]
    assert len(weak.unexplained) > len(whole.unexplained) + 5


def test_the_command_prints_a_row_a_function_and_passes():
    result = CliRunner().invoke(app, ["mutants", "welcome"])
    assert result.exit_code == 0, result.output
    row = next(line for line in result.output.splitlines() if "mean_rating" in line)
    assert row.split("│")[-2].strip() == "100%"


def test_survivors_without_a_reason_are_listed_and_those_with_one_are_counted():
    runs = [
        MutationRun("sgd_step", 10, (Survivor("sgd_step", "line 2: `a` → `b`"),)),
        MutationRun("mf_gradients", 10, (Survivor("mf_gradients", "line 3: `c` → `d`", "equal"),)),
    ]
    console = Console(width=100)
    with console.capture() as captured:
        console.print(render(runs))
    said = captured.get()
    assert "sgd_step, line 2: `a` → `b`" in said
    assert "line 3" not in said
    rows = {line.split("│")[1].strip(): line for line in said.splitlines() if line.count("│") > 5}
    assert [cell.strip() for cell in rows["sgd_step"].split("│")[4:8]] == ["10", "0", "1", "90%"]
    assert [cell.strip() for cell in rows["mf_gradients"].split("│")[4:8]] == [
        "10",
        "1",
        "0",
        "100%",
    ]
