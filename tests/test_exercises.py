"""The proof of every exercise: stub, solution, other right answers, wrong answers and mutants.

The ids begin with the lesson's slug, so that ``-k mf_loss`` chooses one lesson.
"""

import functools
import runpy
import tomllib
from pathlib import Path
from types import SimpleNamespace

import pytest

from recsys_course.classroom.cards import Card
from recsys_course.classroom.checking import run_checks
from recsys_course.classroom.diagnosis import agree, outcomes, resemblance, wrong_answers
from recsys_course.classroom.loading import load
from recsys_course.classroom.mutation import mutate_solution
from recsys_course.classroom.reading import read_answers
from recsys_course.classroom.submissions import check_file
from recsys_course.classroom.syllabus import load_syllabus

ROOT = Path(__file__).resolve().parents[1]
LESSONS = load_syllabus().lessons
FUNCTIONS = {e.name: lesson for lesson in LESSONS for e in lesson.exercises}
WRONG = [wrong for function in FUNCTIONS for wrong in wrong_answers(function)]
RIGHT = {
    function: answers
    for lesson in LESSONS
    for function, answers in runpy.run_path(
        str(ROOT / "tests" / "right_answers" / f"{lesson.slug}.py")
    )["ANSWERS"].items()
}

each_lesson = pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.stem)
each_function = pytest.mark.parametrize(
    "function", [pytest.param(name, id=f"{of.slug}-{name}") for name, of in FUNCTIONS.items()]
)
seeds = pytest.mark.parametrize("seed", [1, 2, 3])


@functools.cache
def solution(lesson):
    """What a solution notebook defines, as a learner's answers would be read."""
    answers = read_answers(ROOT / "solutions" / f"{lesson.stem}.ipynb")
    return vars(load(answers, definitions_only=True).functions)


@each_lesson
def test_the_stub_is_not_attempted(lesson):
    report = check_file(ROOT / "exercises" / f"{lesson.stem}.ipynb", seed=1)
    assert [one.state for one in report.functions] == ["not attempted"] * len(lesson.exercises)
    assert report.points == 0


@each_lesson
def test_the_solution_gets_full_marks(lesson):
    report = check_file(ROOT / "solutions" / f"{lesson.stem}.ipynb", seed=1)
    assert [function.message for function in report.functions] == [""] * len(lesson.exercises)
    assert report.points == len(lesson.exercises)


@pytest.mark.parametrize("seed", [2, 3])
@each_lesson
def test_the_solution_gets_full_marks_with_other_numbers(lesson, seed):
    names = [exercise.name for exercise in lesson.exercises]
    report = run_checks(SimpleNamespace(**solution(lesson)), names, seed)
    assert [function.message for function in report.functions] == [""] * len(names)


@each_function
def test_every_function_has_five_named_wrong_answers(function):
    assert len(wrong_answers(function)) >= 5
    for wrong in wrong_answers(function):
        assert wrong.resemblance.idea
        assert wrong.resemblance.look_at


@pytest.mark.parametrize(
    "wrong",
    [pytest.param(w, id=f"{FUNCTIONS[w.function].slug}-{w.resemblance.name}") for w in WRONG],
)
@seeds
def test_every_wrong_answer_fails_with_its_own_diagnosis(wrong, seed):
    student = SimpleNamespace(**{wrong.function: wrong.answer})
    report = run_checks(student, [wrong.function], seed).functions[0]
    assert report.state == "failed"
    assert report.resemblance is not None
    assert report.resemblance.name == wrong.resemblance.name


@each_function
def test_no_two_answers_are_taken_for_each_other(function):
    right = solution(FUNCTIONS[function])[function]
    behaviours = {wrong.resemblance.name: wrong.answer for wrong in wrong_answers(function)}
    behaviours["the solution"] = right
    found = {name: outcomes(function, answer) for name, answer in behaviours.items()}
    names = list(found)
    for n, first in enumerate(names):
        for second in names[n + 1 :]:
            assert not agree(found[first], found[second]), f"{first} and {second} look alike"
    assert resemblance(function, right) is None


@each_function
def test_there_are_other_right_styles(function):
    assert len(RIGHT[function]) >= 2


@pytest.mark.parametrize(
    ("function", "answer"),
    [
        pytest.param(function, answer, id=f"{lesson.slug}-{function}-{n}")
        for function, lesson in FUNCTIONS.items()
        for n, answer in enumerate(RIGHT[function])
    ],
)
@seeds
def test_any_right_style_passes(function, answer, seed):
    report = run_checks(SimpleNamespace(**{function: answer}), [function], seed).functions[0]
    assert report.message == ""
    assert bool(Card(report))


@each_lesson
def test_the_checks_notice_every_change_of_a_solution(lesson):
    runs = list(mutate_solution(ROOT, lesson.slug))
    assert [run.function for run in runs] == [exercise.name for exercise in lesson.exercises]
    assert all(run.n_mutants for run in runs)
    unexplained = [survivor for run in runs for survivor in run.unexplained]
    assert not unexplained  # each asks for a check, or for the reason why none can tell

    path = ROOT / "tests" / "solution_mutants" / f"{lesson.slug}.toml"
    excused = tomllib.loads(path.read_text("utf-8"))["survivors"] if path.is_file() else []
    survivors = {(one.function, one.mutant) for run in runs for one in run.survivors}
    assert {(one["function"], one["mutant"]) for one in excused} <= survivors
