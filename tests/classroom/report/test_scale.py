"""The scale of somebody's ratings, guessed although a few of them are wrong."""

import numpy as np
import pytest

from recsys_course.classroom.report.scale import guess_scale

HALF, WHOLE = np.arange(0.5, 5.5, 0.5), np.arange(1.0, 6.0)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (np.repeat(HALF, 100), "0.5 to 5, in half steps"),
        (np.repeat(WHOLE, 100), "1 to 5, in whole steps"),
        (np.repeat(np.arange(0.0, 6.0), 100), "0 to 5, in whole steps"),
        (np.repeat(np.arange(1.0, 11.0), 100), "1 to 10, in whole steps"),
        (np.repeat(np.arange(0.0, 5.5, 0.5), 100), "0 to 5, in half steps"),
        (np.array([0.0, 1.0, 1.0]), "0 to 1, in whole steps"),
        (np.array([-1.0, 1.0, 1.0]), "-1 to 1, in whole steps"),
        (np.arange(1.0, 101.0), "1 to 100, in whole steps"),
        # below 2 % of mistakes do not stretch it
        (np.concatenate([np.repeat(WHOLE, 100), [50.0, 0.0, 9.0]]), "1 to 5, in whole steps"),
        (np.concatenate([np.repeat(HALF, 100), [0.0, 5.5, 10.0]]), "0.5 to 5, in half steps"),
        (np.concatenate([np.repeat(WHOLE, 100), [3.7]]), "1 to 5, in whole steps"),
        # more are no mistakes
        (np.concatenate([np.repeat(WHOLE, 100), np.full(20, 0.0)]), "0 to 5, in whole steps"),
        (np.full(7, 1.0), "no opinions: every row counts as a choice"),
        (np.full(7, 3.0), "no opinions: every row counts as a choice"),
        (np.full(7, np.nan), "no opinions: every row counts as a choice"),
        (np.append(np.full(900, 1.0), np.arange(2.0, 102.0)), "1 to 101, in whole steps, counts"),
        (np.array([1.25, 2.7, 3.14, 4.99]), "1.25 to 4.99, any number between"),
    ],
)  # fmt: skip
def test_the_scale(values, expected):
    assert str(guess_scale(values)) == expected


def test_a_scale_of_ten_is_not_taken_for_counts():
    skewed = np.repeat(np.arange(1.0, 11.0), [100, 20, 20, 20, 20, 20, 20, 20, 20, 20])
    assert guess_scale(skewed).kind == "stars"


def test_percent_of_which_most_are_low_are_not_counts():
    """Of counts the lowest is the most common."""
    percents = np.concatenate([np.full(400, 5.0), np.repeat(np.arange(1.0, 11.0), 50)])
    assert str(guess_scale(np.append(percents, np.arange(11.0, 101.0)))) == (
        "1 to 100, in whole steps"
    )


def test_the_ends_may_be_told():
    scale = guess_scale(np.array([1.0, 3.0]), lowest=1, highest=10)
    assert (scale.lowest, scale.highest, scale.given, scale.opinions) == (1, 10, True, True)
    assert guess_scale(np.array([1.0, 3.0]), highest=4).lowest == 1.0
    assert guess_scale(np.full(5, 3.0), 1, 5).opinions  # an opinion, if somebody says so


@pytest.mark.parametrize(("lowest", "highest"), [(5, 1), (3, 3), (9, None), (None, 0)])
def test_ends_that_leave_no_scale_are_refused(lowest, highest):
    with pytest.raises(ValueError, match="give --lowest below --highest"):
        guess_scale(np.array([1.0, 5.0]), lowest, highest)
