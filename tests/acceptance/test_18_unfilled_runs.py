"""An untouched exercise runs from top to bottom and says what is not attempted."""

import nbformat
import pytest
from nbclient import NotebookClient

from recsys_course.classroom.syllabus import load_syllabus

LESSONS = load_syllabus().lessons


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of the Jupyter packages, not ours
@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.stem)
def test_an_untouched_exercise_runs_and_says_so(root, tmp_path, lesson):
    notebook = nbformat.read(root / "exercises" / f"{lesson.stem}.ipynb", as_version=4)
    client = NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": tmp_path}}
    )
    client.execute()
    cards = [
        output.data["text/plain"]
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if output.output_type == "display_data" or output.output_type == "execute_result"
    ]
    assert [
        f"{exercise.name}: not attempted" in card
        for exercise, card in zip(lesson.exercises, cards, strict=True)
    ] == [True] * len(lesson.exercises)
