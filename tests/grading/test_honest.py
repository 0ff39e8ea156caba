"""Right answers as students write them and as their programs save them: full marks for each.

``honest/NN_slug-style.py`` is one submission as percent text; its first line names the program that
saved it, and ``SAVED_BY`` writes the file as that program does.
"""

import json
import re
from pathlib import Path

import pytest

from recsys_course.classroom.grading.grading import Options, grade

N_WORKERS = 2
POINTS = {"00": 1, "01": 5, "02": 5, "03": 5, "04": 5, "05": 5, "06": 4}
WHERE_TENSORFLOW_IS = """\
import sys
print("TensorFlow is at", id(sys.modules.get("tensorflow")) if "tensorflow" in sys.modules else "")
"""
FOLDER = Path(__file__).with_name("honest")
STYLES = {path.stem: path for path in sorted(FOLDER.glob("[0-9]*.py"))}
CELL = re.compile(r"^# %%(?: \[(\w+)\])?\n", re.MULTILINE)


def cells(text):
    """Kind and source of each cell of a percent text."""
    _, *parts = CELL.split(text)
    for kind, source in zip(parts[::2], parts[1::2], strict=True):
        source = source.strip("\n")
        if kind == "markdown":
            source = re.sub(r"^# ?", "", source, flags=re.MULTILINE)
        yield "markdown" if kind == "markdown" else "code", source


def notebook(text, *, minor, metadata, cell_metadata=dict, one_string=False, end="\n", ids=False):
    """A notebook in JSON; programs differ in everything but the code."""
    entries = []
    for number, (kind, source) in enumerate(cells(text)):
        source = source.replace("\n", end)
        entry = {
            "cell_type": kind,
            "metadata": cell_metadata(),
            "source": source if one_string else source.splitlines(keepends=True),
        }
        if kind == "code":
            stream = {"output_type": "stream", "name": "stdout", "text": ["kept\n"]}
            entry |= {"execution_count": number, "outputs": [stream]}
        entries.append(entry | ({"id": f"cell-{number}"} if ids else {}))
    return json.dumps(
        {"cells": entries, "metadata": metadata, "nbformat": 4, "nbformat_minor": minor},
        ensure_ascii=False,
        indent=1,
    )


PYTHON_3 = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
LANGUAGE = {"language_info": {"name": "python", "version": "3.12.3", "file_extension": ".py"}}


def by_jupyterlab(text):
    return notebook(text, minor=5, metadata=PYTHON_3 | LANGUAGE, ids=True).encode()


def by_jupyterlab_on_windows(text):
    return ("\ufeff" + notebook(text, minor=5, metadata=PYTHON_3, end="\r\n", ids=True)).encode()


def by_the_classic_notebook(text):
    def metadata():
        return {"collapsed": True, "scrolled": False}

    return notebook(text, minor=4, metadata=PYTHON_3 | LANGUAGE, cell_metadata=metadata).encode()


def by_an_old_program(text):
    """Format 4.0: no ids, sources in one piece, and next to no metadata."""
    return notebook(text, minor=0, metadata={}, one_string=True).encode()


def by_vscode(text):
    interpreter = {"interpreter": {"hash": "31f2aee4e71d21fbe5cf8b01ff0e069b"}}
    metadata = LANGUAGE | {"orig_nbformat": 4, "vscode": interpreter}
    return notebook(text, minor=2, metadata=metadata).encode()


def by_colab(text):
    colab = {"provenance": [], "toc_visible": True}
    metadata = PYTHON_3 | {"colab": colab, "accelerator": "GPU", "gpuClass": "standard"}

    def cell_metadata():
        run = {"status": "ok", "elapsed": 7, "user": {"displayName": "A", "userId": "0"}}
        return {"id": "hQ3x", "colab": {"base_uri": "about:blank"}, "executionInfo": run}

    return notebook(text, minor=0, metadata=metadata, cell_metadata=cell_metadata).encode()


def by_kaggle(text):
    kaggle = {"accelerator": "none", "dataSources": [], "isInternetEnabled": False}
    metadata = PYTHON_3 | LANGUAGE | {"kaggle": kaggle}

    def cell_metadata():
        return {"_cell_guid": "b1076dfc", "_uuid": "8f2839f2", "trusted": True, "execution": {}}

    return notebook(
        text, minor=4, metadata=metadata, cell_metadata=cell_metadata, one_string=True
    ).encode()


def by_an_editor(text):
    """A plain Python file."""
    return text.partition("\n")[2].encode()


def by_an_editor_on_windows(text):
    return ("\ufeff" + text.partition("\n")[2].replace("\n", "\r\n")).encode()


SAVED_BY = {
    "jupyterlab": (".ipynb", by_jupyterlab),
    "jupyterlab on windows": (".ipynb", by_jupyterlab_on_windows),
    "the classic notebook": (".ipynb", by_the_classic_notebook),
    "an old program": (".ipynb", by_an_old_program),
    "vscode": (".ipynb", by_vscode),
    "colab": (".ipynb", by_colab),
    "kaggle": (".ipynb", by_kaggle),
    "an editor": (".py", by_an_editor),
    "an editor on windows": (".py", by_an_editor_on_windows),
}


def saved_by(text):
    """Which program has saved a submission: what its first line says."""
    return text.partition("\n")[0].removeprefix("# saved by ")


def hand_in(style, folder):
    """Write a submission as its program does, into a folder of the student's own."""
    text = STYLES[style].read_text("utf-8")
    suffix, save = SAVED_BY[saved_by(text)]
    stem, _, student = style.partition("-")
    if stem == "04_training_loop":
        first, _, rest = text.partition("\n")
        text = f"{first}\n# %%\n{WHERE_TENSORFLOW_IS}{rest}"
    path = folder / student / f"{stem}{suffix}"
    path.parent.mkdir()
    path.write_bytes(save(text))
    return path


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """The result of each submission of the class, by its style."""
    folder = tmp_path_factory.mktemp("class")
    students = {hand_in(style, folder).parent.name: style for style in STYLES}
    graded = grade([folder], Options(jobs=N_WORKERS))
    return {students[one.student]: one for one in graded.results}


@pytest.mark.parametrize("style", STYLES)
def test_a_right_answer_in_any_style_gets_full_marks(style, results):
    result = results[style]
    assert [one.message for one in result.functions if one.state != "passed"] == []
    assert (result.outcome, result.reason) == ("graded", "")
    assert result.points == POINTS[style[:2]]


def test_there_are_three_styles_of_each_exercise_and_36_in_all(results):
    assert len(results) == len(STYLES) >= 36
    for number in POINTS:
        assert sum(style.startswith(number) for style in STYLES) >= 3


def test_every_program_has_saved_one():
    assert {saved_by(STYLES[style].read_text("utf-8")) for style in STYLES} == set(SAVED_BY)


def test_tensorflow_is_imported_once_for_many_submissions(results):
    """It is there before the first line runs, at an address that forks of one process share."""
    said = [results[style].output.split("\n")[0] for style in STYLES if style.startswith("04")]
    # on a machine that is too busy, only the definitions of a file are read, and it says nothing
    places = [line for line in said if re.fullmatch(r"TensorFlow is at \d+", line)]
    assert len(places) >= 2
    assert len(set(places)) == 1
