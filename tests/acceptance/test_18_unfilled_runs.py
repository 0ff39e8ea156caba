"""An untouched exercise runs from top to bottom, offline, and says what is not attempted."""

import pytest

from recsys_course.classroom.syllabus import load_syllabus


@pytest.mark.parametrize("lesson", load_syllabus().lessons, ids=lambda lesson: lesson.stem)
def test_an_untouched_exercise_runs_and_says_so(root, offline, lesson):
    said = offline.notebook(root / "exercises" / f"{lesson.stem}.ipynb")
    for exercise in lesson.exercises:
        assert said.count(f"{exercise.name}: not attempted") == 1
    assert said.count(": not attempted") == len(lesson.exercises)
