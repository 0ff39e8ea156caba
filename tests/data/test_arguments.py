"""Counts, numbers, generators and tables that are not what they must be, in one sentence each."""

import numpy as np
import pandas as pd
import pytest

from recsys_course.data.arguments import finite_number
from recsys_course.data.cleaning import k_core, to_frame
from recsys_course.data.content import make_content
from recsys_course.data.dirt import add_dirt
from recsys_course.data.drift import add_drift
from recsys_course.data.interactions import Interactions
from recsys_course.data.negatives import popularity_weights, sample_negatives
from recsys_course.data.social import make_friendships
from recsys_course.data.splitting import (
    Split,
    k_fold,
    leave_last_out,
    random_split,
    temporal_split,
)
from recsys_course.data.vocabulary import Vocabulary
from recsys_course.data.world import choose_items, make_coin_flips, make_world

INF, NAN = float("inf"), float("nan")


def rng():
    return np.random.default_rng(0)


def table() -> Interactions:
    """Five users who rated both items, at different times."""
    users, items = np.divmod(np.arange(10), 2)
    return Interactions(
        users, items, np.full(10, 3.0), np.arange(10), Vocabulary("abcde"), Vocabulary("xy")
    )


@pytest.mark.parametrize(
    ("given", "shown"),
    [(-0.1, "-0.1"), (NAN, "nan"), (INF, "inf"), (True, "True"), ("1", "'1'"), (None, "None")],
)
def test_what_is_no_finite_number_is_refused(given, shown):
    with pytest.raises(ValueError, match=rf"^l2 is {shown}; give a finite number of at least 0$"):
        finite_number("l2", given)
    with pytest.raises(ValueError, match=rf"^l2 is {shown}; give a finite number above 0$"):
        finite_number("l2", given, above_zero=True)


def test_zero_is_a_number_unless_it_must_be_above():
    assert finite_number("l2", 0) == 0
    assert finite_number("l2", 10**400) == 10**400  # no float, yet finite
    with pytest.raises(ValueError, match=r"^l2 is 0\.0; give a finite number above 0$"):
        finite_number("l2", np.float32(0), above_zero=True)


COUNTS = {
    "k_core, users": (lambda n: k_core(table(), n, 2), "min_user_ratings", 1),
    "k_core, items": (lambda n: k_core(table(), 1, n), "min_item_ratings", 1),
    "negatives": (lambda n: sample_negatives(wide(), [0], rng(), n), "n_negatives", 1),
    "world, users": (lambda n: make_world(rng(), n_users=n), "n_users", 1),
    "world, items": (lambda n: make_world(rng(), n_items=n), "n_items", 3),
    "coins, users": (lambda n: make_coin_flips(rng(), n_users=n), "n_users", 1),
    "coins, items": (lambda n: make_coin_flips(rng(), n_items=n), "n_items", 1),
    "content": (lambda n: make_content(np.eye(3), rng(), n_features=n), "n_features", 1),
}


def wide() -> Interactions:
    return Interactions([0], [0], [3.0], None, Vocabulary("a"), Vocabulary("xyz"))


@pytest.mark.parametrize(("ask", "name", "least"), COUNTS.values(), ids=COUNTS)
@pytest.mark.parametrize("given", [1.5, True, "2", 0])
def test_counts_are_whole_numbers(ask, name, least, given):
    message = rf"^{name} is {given!r}; give a whole number of at least {least}$"
    with pytest.raises(ValueError, match=message):
        ask(given)


@pytest.mark.parametrize("given", [2.5, True, "2", None])
def test_folds_and_last_events_are_counted_in_whole_numbers(given):
    with pytest.raises(ValueError, match=rf"^n_folds is {given!r}; choose a whole number from 2"):
        k_fold(table(), given, rng())
    with pytest.raises(ValueError, match=rf"^n is {given!r}; choose a whole number of at least 1"):
        leave_last_out(table(), given)
    assert leave_last_out(table(), np.int64(1)).name == "last 1 of each user's ratings"


@pytest.mark.parametrize("given", [NAN, INF, -0.5, 1.5, "0.2", None, True])
def test_a_share_of_the_rows_lies_between_0_and_1(given):
    for cut in (
        lambda: random_split(table(), rng(), given),
        lambda: temporal_split(table(), given),
    ):
        with pytest.raises(ValueError, match=rf"^test_fraction={given!r} of 10 ratings .*; choose"):
            cut()


DRAWING = {
    "random_split": lambda seed: random_split(table(), seed),
    "k_fold": lambda seed: k_fold(table(), 5, seed),
    "make_world": make_world,
    "make_coin_flips": make_coin_flips,
    "choose_items": lambda seed: choose_items(np.zeros((1, 3)), np.array([1]), seed),
    "add_drift": lambda seed: add_drift(make_world(rng(), n_users=9, n_items=9), seed),
    "add_dirt": lambda seed: add_dirt(table(), seed),
    "make_content": lambda seed: make_content(np.eye(3), seed),
    "make_friendships": lambda seed: make_friendships(np.eye(4), seed, mean_degree=1.5),
    "sample_negatives": lambda seed: sample_negatives(wide(), [0], seed),
}


@pytest.mark.parametrize("draw", DRAWING.values(), ids=DRAWING)
def test_a_seed_is_no_generator(draw):
    for seed, shown, made in ((7, "7", 7), (np.int32(7), "7", 7), (-1, "-1", 0), (None, "None", 0)):
        message = rf"^rng is {shown}; give numpy\.random\.default_rng\({made}\)$"
        with pytest.raises(TypeError, match=message):
            draw(seed)
    with pytest.raises(TypeError, match=r"^rng is a RandomState; give numpy\.random\.default_rng"):
        draw(np.random.RandomState(0))  # a learner's


TAKERS = {
    "random_split": lambda given: random_split(given, rng()),
    "k_fold": lambda given: k_fold(given, 2, rng()),
    "leave_last_out": leave_last_out,
    "temporal_split": temporal_split,
    "k_core": lambda given: k_core(given, 1, 1),
    "to_frame": to_frame,
    "sample_negatives": lambda given: sample_negatives(given, [0], rng()),
    "popularity_weights": popularity_weights,
    "add_dirt": lambda given: add_dirt(given, rng()),
    "Split": lambda given: Split(given, given, "by hand"),
}


@pytest.mark.parametrize("name", TAKERS)
def test_a_frame_or_a_split_is_no_table_of_interactions(name):
    advice = {
        "a DataFrame": (pd.DataFrame(), r"Interactions\.from_frame\(frame\)"),
        "a Split": (random_split(table(), rng()), r"its part, split\.train"),
        "None": (None, r"a split's train, or Interactions\.from_frame\(frame\)"),
    }
    for shown, (given, step) in advice.items():
        with pytest.raises(
            TypeError, match=rf"^{name} takes Interactions, not {shown}; give {step}$"
        ):
            TAKERS[name](given)


def test_lists_are_no_vocabularies():
    with pytest.raises(TypeError, match=r"^user_vocabulary is a list; give Vocabulary\(ids\)$"):
        Interactions([0], [0], [1], None, ["a"], Vocabulary("x"))
    with pytest.raises(TypeError, match=r"^item_vocabulary is None; give Vocabulary\(ids\)$"):
        Interactions([0], [0], [1], None, Vocabulary("a"), None)


@pytest.mark.parametrize("name", ["users", "items", "ratings", "timestamps"])
def test_a_masked_value_is_not_kept(name):
    columns = {"users": [0, 0], "items": [0, 1], "ratings": [4.0, 3.0], "timestamps": [1, 2]}
    vocabularies = {"user_vocabulary": Vocabulary("a"), "item_vocabulary": Vocabulary("xy")}
    whole = np.ma.masked_array(columns[name], [False, False])
    assert len(Interactions(**columns | {name: whole}, **vocabularies)) == 2  # nothing is hidden
    hidden = np.ma.masked_array(columns[name], [False, True])
    with pytest.raises(ValueError, match=rf"^{name}\[1\] is masked; drop its row, or fill"):
        Interactions(**columns | {name: hidden}, **vocabularies)


@pytest.mark.parametrize(
    ("rows", "error", "message"),
    [
        ([], ValueError, r"^there is no row; give at least one"),
        ([False] * 10, ValueError, r"^there is no row; give at least one"),
        ([True, False], ValueError, r"^rows is a mask of length 2 for 10 rows; give one truth"),
        (
            [0, 10],
            IndexError,
            r"^rows\[1\] is 10, but there are 10 rows; give numbers from 0 to 9$",
        ),
        ([-11], IndexError, r"^rows\[0\] is -11, but there are 10 rows; give"),
        (
            np.array([0, 2**63], np.uint64),
            IndexError,
            r"^rows\[1\] is 9223372036854775808, but",
        ),
        ([0.0, 1.0], TypeError, r"^rows has shape \(2,\) and type float64; give a mask or row"),
        ([[0, 1]], TypeError, r"^rows has shape \(1, 2\) and type int64; give a mask or row"),
        (3, TypeError, r"^rows has shape \(\) and type int64; give a mask or row"),
        (["ann"], TypeError, r"^rows has shape \(1,\) and type <U3; give a mask or row"),
        ([1, 1], ValueError, r"^rows 0 and 1 are the same pair"),
    ],
)
def test_rows_that_are_not_there_cannot_be_chosen(rows, error, message):
    with pytest.raises(error, match=message):
        table().subset(rows)


def test_rows_are_chosen_by_mask_by_number_and_from_the_end():
    assert table().subset([True] + [False] * 9).timestamps.tolist() == [0]
    assert table().subset(pd.Series([7, 2])).timestamps.tolist() == [7, 2]
    assert table().subset([-1]).timestamps.tolist() == [9]
