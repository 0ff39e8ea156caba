"""The proof of every exercise: stub, solution, other right answers and every wrong answer."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from recsys_course.classroom.cards import Card
from recsys_course.classroom.checking import run_checks
from recsys_course.classroom.diagnosis import agree, outcomes, resemblance, wrong_answers
from recsys_course.classroom.loading import load
from recsys_course.classroom.reading import read_answers
from recsys_course.classroom.submissions import check_file
from recsys_course.classroom.syllabus import load_syllabus

ROOT = Path(__file__).resolve().parents[1]
LESSONS = load_syllabus().lessons
FUNCTIONS = [exercise.name for lesson in LESSONS for exercise in lesson.exercises]
WRONG = [wrong for function in FUNCTIONS for wrong in wrong_answers(function)]


@pytest.fixture(scope="module")
def solutions():
    """The functions of all solution notebooks, as a learner's answers would be read."""
    found = {}
    for lesson in LESSONS:
        answers = read_answers(ROOT / "solutions" / f"{lesson.stem}.ipynb")
        found |= vars(load(answers).functions)
    return SimpleNamespace(**{name: found[name] for name in FUNCTIONS})


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.stem)
def test_the_stub_is_not_attempted(lesson):
    report = check_file(ROOT / "exercises" / f"{lesson.stem}.ipynb", seed=1)
    assert [function.state for function in report.functions] == ["not attempted"] * 5
    assert report.points == 0


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.stem)
def test_the_solution_gets_full_marks(lesson, seed):
    report = check_file(ROOT / "solutions" / f"{lesson.stem}.ipynb", seed=seed)
    assert [function.message for function in report.functions] == [""] * 5
    assert report.points == 5


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_function_has_five_named_wrong_answers(function):
    names = [wrong.resemblance.name for wrong in wrong_answers(function)]
    assert len(names) >= 5
    for wrong in wrong_answers(function):
        assert wrong.resemblance.idea
        assert wrong.resemblance.look_at


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.resemblance.name)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_wrong_answer_fails_with_its_own_diagnosis(wrong, seed):
    student = SimpleNamespace(**{wrong.function: wrong.answer})
    report = run_checks(student, [wrong.function], seed).functions[0]
    assert report.state == "failed"
    assert report.resemblance is not None
    assert report.resemblance.name == wrong.resemblance.name


@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_two_answers_are_taken_for_each_other(function, solutions):
    behaviours = {wrong.resemblance.name: wrong.answer for wrong in wrong_answers(function)}
    behaviours["the solution"] = getattr(solutions, function)
    found = {name: outcomes(function, answer) for name, answer in behaviours.items()}
    names = list(found)
    for n, first in enumerate(names):
        for second in names[n + 1 :]:
            assert not agree(found[first], found[second]), f"{first} and {second} look alike"
    assert resemblance(function, getattr(solutions, function)) is None


def predict_by_loops(user_factors, item_factors):
    table = [[0.0] * len(item_factors) for _ in user_factors]
    for i, u in enumerate(user_factors):
        for j, v in enumerate(item_factors):
            table[i][j] = sum(a * b for a, b in zip(u, v, strict=True))
    return table


def predict_by_einsum(user_factors, item_factors):
    return np.einsum("id,jd->ij", user_factors, item_factors).astype(np.float32)


class Predict:
    def __call__(self, user_factors, item_factors):
        return np.inner(user_factors, item_factors)


def loss_by_selection(ratings, observed, predictions):
    errors = np.asarray(ratings)[observed] - np.asarray(predictions)[observed]
    return np.float32(errors @ errors)


def loss_by_mask(ratings, observed, predictions):
    return (np.where(observed, ratings - predictions, 0) ** 2).sum()


def loss_by_multiplication(ratings, observed, predictions):
    return float(np.sum(observed * (ratings - predictions) ** 2))


def gradients_by_loops(ratings, observed, user_factors, item_factors, l2):
    by_user, by_item = 2 * l2 * user_factors, 2 * l2 * item_factors
    for i in range(len(user_factors)):
        for j in range(len(item_factors)):
            if observed[i, j]:
                error = ratings[i, j] - np.dot(user_factors[i], item_factors[j])
                by_user[i] = by_user[i] - 2 * error * item_factors[j]
                by_item[j] = by_item[j] - 2 * error * user_factors[i]
    return by_user.tolist(), by_item.tolist()


def gradients_by_einsum(ratings, observed, user_factors, item_factors, l2):
    errors = (observed * (ratings - user_factors @ item_factors.T)).astype(np.float32)
    return [
        -2 * np.einsum("ij,jd->id", errors, item_factors) + 2 * l2 * user_factors,
        -2 * np.einsum("ij,id->jd", errors, user_factors) + 2 * l2 * item_factors,
    ]


def step_on_copies(user_factors, item_factors, user, item, rating, learning_rate, l2):
    new_users, new_items = np.array(user_factors, float), np.array(item_factors, float)
    u, v = new_users[user].copy(), new_items[item].copy()
    error = rating - u @ v
    new_users[user] -= learning_rate * (-2 * error * v + 2 * l2 * u)
    new_items[item] -= learning_rate * (-2 * error * u + 2 * l2 * v)
    return new_users, new_items


def step_by_masks(user_factors, item_factors, user, item, rating, learning_rate, l2):
    here = (np.arange(len(user_factors)) == user)[:, None]
    there = (np.arange(len(item_factors)) == item)[:, None]
    u, v = user_factors[user], item_factors[item]
    error = rating - (u * v).sum()
    return [
        user_factors + here * 2 * learning_rate * (error * v - l2 * user_factors),
        item_factors + there * 2 * learning_rate * (error * u - l2 * item_factors),
    ]


def update_by_inverse(ratings, observed, item_factors, l2):
    rated = np.asarray(item_factors)[observed]
    normal = rated.T @ rated + l2 * np.eye(rated.shape[1])
    return np.linalg.inv(normal) @ rated.T @ np.asarray(ratings)[observed]


def update_by_augmented_least_squares(ratings, observed, item_factors, l2):
    n_factors = item_factors.shape[1]
    rows = np.vstack([item_factors[observed], np.sqrt(l2) * np.eye(n_factors)])
    targets = np.concatenate([ratings[observed], np.zeros(n_factors)])
    return list(np.linalg.lstsq(rows, targets, rcond=None)[0])


@pytest.mark.parametrize(
    ("function", "answer"),
    [
        ("predict_ratings", predict_by_loops),
        ("predict_ratings", predict_by_einsum),
        ("predict_ratings", Predict()),
        ("observed_squared_error", loss_by_selection),
        ("observed_squared_error", loss_by_mask),
        ("observed_squared_error", loss_by_multiplication),
        ("mf_gradients", gradients_by_loops),
        ("mf_gradients", gradients_by_einsum),
        ("sgd_step", step_on_copies),
        ("sgd_step", step_by_masks),
        ("als_user_update", update_by_inverse),
        ("als_user_update", update_by_augmented_least_squares),
    ],
)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_any_right_style_passes(function, answer, seed):
    report = run_checks(SimpleNamespace(**{function: answer}), [function], seed).functions[0]
    assert report.message == ""
    assert bool(Card(report))
