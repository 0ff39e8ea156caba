import json
import re

import nbformat
import pytest

from recsys_course.classroom.authoring import SourceError, build, stale, to_notebook

TEXT = """# %% [markdown] id=title
# # A title
#
# Text with $x$.

# %% id=setup
import numpy as np

# %magic here

# %% id=ex tags=exercise
def double(x):
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION

# %% id=call
double
"""


@pytest.fixture
def course(tmp_path):
    for folder in ("lessons", "solutions"):
        (tmp_path / folder / "source").mkdir(parents=True)
    (tmp_path / "lessons/source/07_demo.py").write_text("# %% id=a\nx = 1\n")
    (tmp_path / "solutions/source/07_demo.py").write_text(TEXT)
    return tmp_path


def test_a_build_is_stable_to_the_byte_and_valid(course):
    assert [path.name for path in build(course)] == ["07_demo.ipynb"] * 3
    first = (course / "exercises/07_demo.ipynb").read_bytes()
    assert build(course) == []
    assert stale(course) == []
    (course / "exercises/07_demo.ipynb").unlink()
    assert [path.parent.name for path in stale(course)] == ["exercises"]
    build(course)
    assert (course / "exercises/07_demo.ipynb").read_bytes() == first
    notebook = nbformat.reads(first.decode(), as_version=4)
    nbformat.validate(notebook)
    assert nbformat.writes(notebook) + "\n" == first.decode()  # as JupyterLab would save it


def test_cells_carry_their_ids_tags_and_text(course):
    build(course)
    content = json.loads((course / "solutions/07_demo.ipynb").read_text())
    assert [cell["id"] for cell in content["cells"]] == ["title", "setup", "ex", "call"]
    assert "".join(content["cells"][0]["source"]) == "# A title\n\nText with $x$."
    assert "".join(content["cells"][1]["source"]).endswith("\n%magic here")
    assert content["cells"][2]["metadata"]["tags"] == ["exercise"]
    assert content["metadata"]["recsys_course"] == {"kind": "solution", "slug": "demo"}
    assert all(cell.get("outputs", []) == [] for cell in content["cells"])


def test_an_exercise_differs_from_its_solution_between_the_marks_alone(course):
    build(course)
    sources = [
        ["".join(cell["source"]) for cell in json.loads(path.read_text())["cells"]]
        for path in (course / "solutions/07_demo.ipynb", course / "exercises/07_demo.ipynb")
    ]
    marked = re.compile(r"### BEGIN SOLUTION.*?### END SOLUTION", re.DOTALL)
    stub = "raise NotImplementedError  # YOUR CODE HERE"
    assert [marked.sub(stub, text) for text in sources[0]] == sources[1]
    assert "2 * x" not in "".join(sources[1])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("# %%\nx = 1\n", r"line 1: the cell needs an id"),
        ("# %% id=a/b\nx = 1\n", r"line 1: the cell needs an id"),
        ("# %% id=a\nx = 1\n# %% id=a\ny = 1\n", r"line 3: the id a is taken by line 1"),
        ("x = 1\n# %% id=a\n", r"line 1: text stands before the first cell"),
        ("# %% id=a nonsense\n", r"line 1: .*no header"),
        ("# %% [markdown] id=a\n# fine\nnot fine\n", r"line 3: text of a markdown cell"),
        ("# %% id=a\n### BEGIN SOLUTION\nx = 1\n", r"line 2: ### BEGIN SOLUTION has no"),
        ("# %% id=a\nx = 1\n### END SOLUTION\n", r"line 3: ### END SOLUTION does not belong"),
        (
            "# %% id=a\n### BEGIN SOLUTION\n### BEGIN SOLUTION\n### END SOLUTION\n",
            r"line 3: ### BEGIN SOLUTION does not belong",
        ),
        ("# %% id=a\nx = 1  # the SOLUTION\n", r"line 2: the word SOLUTION"),
        (
            "# %% id=a\nx = (\n### BEGIN SOLUTION\n1\n### END SOLUTION\n)\n",
            r"line 1: without its solution it is no Python",
        ),
    ],
)
def test_what_cannot_be_built_is_named_with_its_line(tmp_path, text, message):
    path = tmp_path / "01_bad.py"
    path.write_text(text)
    with pytest.raises(SourceError, match=message):
        to_notebook(path, "exercise")


def test_an_exercise_that_was_worked_in_is_kept(course):
    build(course)
    path = course / "exercises/07_demo.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[2].source = "def double(x):\n    return x + x"
    nbformat.write(notebook, path)
    mine = path.read_bytes()
    written = build(course)
    (kept,) = [one for one in written if "kept" in one.name]
    assert kept.read_bytes() == mine
    assert stale(course) == []


def test_an_untouched_older_exercise_is_simply_replaced(course):
    build(course)
    source = course / "solutions/source/07_demo.py"
    source.write_text(source.read_text().replace("A title", "A better title"))
    assert not [path for path in build(course) if "kept" in path.name]


def test_a_folder_without_texts_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no text in .*lessons"):
        build(tmp_path)
