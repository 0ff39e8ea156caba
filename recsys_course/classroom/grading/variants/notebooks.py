"""The notebook of one student: an exercise, with their own numbers below each check."""

from __future__ import annotations

import ast
import json
import re
from typing import Any

import nbformat

from recsys_course.classroom.grading.variants.ledger import OwnNumbers, Variant
from recsys_course.classroom.grading.variants.values import as_python, as_text

__all__ = ["NotebookError", "personal_notebook"]

_TEXT = """\
**Your own numbers.** Everybody has different ones, and a grader calls your function with yours,
too. Take a pencil first: what does `{function}` make of them? Write it in place of `None`, and run
the cell.

<details><summary>What should come out: open it when you have worked it out.</summary>

```text
{expected}
```
{rounded}
</details>"""
_ROUNDED = """
Rounded to four digits.
"""
_CODE = """\
own_numbers = (
{arguments}
)
by_hand = None  # what you worked out with a pencil

try:
    print("Your function returns:", {function}(*own_numbers), sep="\\n")
    print("By hand:", by_hand, sep="\\n")
except NotImplementedError:
    print("{function}: not attempted yet.")"""


class NotebookError(ValueError):
    """An exercise that has no place for somebody's own numbers."""


def personal_notebook(exercise: str, variant: Variant) -> bytes:
    """Put a student's own numbers into an exercise.

    Args:
        exercise: The exercise's notebook.
        variant: What the student is to get.

    Returns:
        The notebook's bytes; the same for the same exercise and variant.

    Raises:
        NotebookError: If the exercise has no cell ``check(function)`` for one of the functions.
    """
    notebook = json.loads(exercise)
    cells = notebook["cells"]
    parameters = _parameters(cells)
    for function, numbers in variant.functions.items():
        sources = ["".join(cell["source"]).strip() for cell in cells]
        if f"check({function})" not in sources or function not in parameters:
            raise NotebookError(f"the exercise has no function {function} with a cell check(…)")
        place = sources.index(f"check({function})") + 1
        cells[place:place] = _cells(numbers, parameters[function])
    notebook["metadata"]["recsys_course"]["variant"] = variant.variant
    nbformat.validate(notebook)
    # the form in which JupyterLab saves it
    text = json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True)
    return f"{text}\n".encode()


def _parameters(cells: list[dict[str, Any]]) -> dict[str, list[str]]:
    """The names of the arguments of each exercise function."""
    asked = [cell for cell in cells if "exercise" in cell["metadata"].get("tags", [])]
    definitions = [one for cell in asked for one in ast.parse("".join(cell["source"])).body]
    return {
        one.name: [argument.arg for argument in one.args.args]
        for one in definitions
        if isinstance(one, ast.FunctionDef)
    }


def _cells(numbers: OwnNumbers, parameters: list[str]) -> list[dict[str, Any]]:
    """The text and the code of one function's own numbers; the ids come from its name."""
    arguments = "\n".join(
        f"    {as_python(value, '    ')},  # {name}"
        for name, value in zip(parameters, numbers.fresh_arguments(), strict=True)
    )
    function = numbers.function
    expected = as_text(numbers.result())
    rounded = _ROUNDED if re.search(r"\.\d{4}", expected) else ""
    text = _TEXT.format(function=function, expected=expected, rounded=rounded)
    code = _CODE.format(function=function, arguments=arguments)
    name = f"own-numbers-{function.replace('_', '-')}"
    return [
        {"cell_type": "markdown", "id": name, "metadata": {}, "source": _lines(text)},
        {
            "cell_type": "code",
            "execution_count": None,
            "id": f"{name}-code",
            "metadata": {},
            "outputs": [],
            "source": _lines(code),
        },
    ]


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)
