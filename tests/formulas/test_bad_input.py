"""What formulas make of lists, narrow types, nan and numbers out of range."""

import inspect
import re
from array import array
from collections import OrderedDict
from functools import partial

import numpy as np
import pytest
from scipy import sparse

from recsys_course.formulas import (
    chance,
    diversity,
    inputs,
    linear,
    losses,
    metrics,
    optimizers,
    ranking,
    similarity,
    updates,
)

# Whole numbers that int8, uint8 and float16 hold, and whose squares and sums int8 does not.
FIRST, SECOND = np.array([100.0, 3, 0, 120]), np.array([90.0, 110, 7, 1])
USERS, ITEMS = np.array([[100.0, 7], [2, 90], [5, 5]]), np.array([[9.0, 110], [80, 3]])
RATINGS = np.array([[5.0, 100], [120, 0], [3, 1]])
PAIRS = np.array([0, 2, 1]), np.array([1, 0, 1])
STARS = np.array([5.0, 110, 100])
LARGE = np.full(4000, 100.0)  # Σ x² is beyond float16

# By name: the function, and those of its arguments that may come in a narrow type.
CALLS = {
    "cosine": (similarity.cosine_similarity, (FIRST, SECOND)),
    "cosine of many": (similarity.cosine_similarity, (LARGE, LARGE)),
    "pearson": (similarity.pearson_similarity, (FIRST, SECOND)),
    "adjusted cosine": (similarity.adjusted_cosine_similarity, (FIRST, SECOND, SECOND[::-1])),
    "ratings": (losses.predict_ratings, (USERS, ITEMS)),
    "pairs": (partial(losses.predict_pairs, *PAIRS), (USERS, ITEMS)),
    "observed": (partial(losses.observed_squared_error, *PAIRS), (STARS, USERS, ITEMS)),
    "dense": (losses.dense_squared_error, (RATINGS, USERS, ITEMS, np.array(3.0))),
    "weighted": (
        losses.weighted_squared_error,
        (RATINGS, RATINGS[::-1], USERS, ITEMS, np.array(3.0)),
    ),
    "biased": (
        partial(losses.biased_squared_error, *PAIRS),
        (STARS, np.array(3.0), STARS, STARS[:2], USERS, ITEMS, STARS, STARS[:2]),
    ),
    "frequency": (
        partial(losses.frequency_l2, exponent=2.0),
        (np.array([0.0, 5, 120]), np.array(100.0)),
    ),
    "sgd step": (updates.sgd_step, (USERS[0], ITEMS[0], *np.array([100.0, 0, 1]))),
    "als user": (updates.als_user_update, (USERS, STARS, np.array(1.0))),
    "als": (
        partial(updates.als_sweep, sparse.csr_array(RATINGS[:2])),
        (ITEMS, np.array([100.0, 120])),
    ),
    "implicit als": (
        partial(updates.implicit_als_sweep, sparse.csr_array(RATINGS)),
        (ITEMS, *np.array([100.0, 100])),
    ),
    "momentum": (
        partial(optimizers.momentum_step, learning_rate=0.1, momentum=0.9, nesterov=True),
        (FIRST, SECOND, FIRST),
    ),
    "adam": (
        partial(optimizers.adam_step, step=1, learning_rate=0.1),
        (FIRST, FIRST, SECOND, LARGE[:4]),
    ),
    "rmse": (metrics.rmse, (FIRST, SECOND)),
    "mae": (metrics.mae, (FIRST, SECOND)),
    "auc": (partial(metrics.auc, relevant=[[1], [1], [0]]), (RATINGS,)),
    "gini": (diversity.gini, (np.tile(FIRST, 300),)),
    "entropy": (diversity.exposure_entropy, (np.tile(FIRST, 300),)),
    "novelty": (partial(diversity.novelty, np.array([[0, 3]]), n_users=1000), (FIRST,)),
    "alike": (partial(diversity.intra_list_similarity, np.array([[0, 2], [1, 0]])), (USERS,)),
    "unlike": (partial(diversity.intra_list_diversity, np.array([[0, 2], [1, 0]])), (USERS,)),
}


def flat(result: object) -> list[np.ndarray]:
    """Every array and number of a result that may be nested."""
    if isinstance(result, tuple):
        return [one for part in result for one in flat(part)]
    return [np.asarray(result)]


@pytest.mark.parametrize("form", [np.int8, np.uint8, np.int16, np.int32, np.float16, "list"])
@pytest.mark.parametrize("name", CALLS)
def test_narrow_types_and_lists_give_what_float64_gives(name, form):
    function, arguments = CALLS[name]
    given = [np.asarray(one).tolist() if form == "list" else one.astype(form) for one in arguments]
    for found, expected in zip(flat(function(*given)), flat(function(*arguments)), strict=True):
        np.testing.assert_array_equal(found, expected)
        assert found.dtype == np.float64


def test_narrow_vectors_by_hand():
    fives = np.array([5] * 6, np.int8)
    assert similarity.cosine_similarity(fives, fives) == pytest.approx(1, rel=1e-15)
    whole = np.full((1, 10), 5, np.int8)
    np.testing.assert_array_equal(losses.predict_ratings(whole, whole), [[250]])


@pytest.mark.parametrize("name", CALLS)
def test_text_is_refused_by_the_name_of_its_argument(name):
    function, arguments = CALLS[name]
    for place, argument in enumerate(
        list(inspect.signature(function).parameters)[: len(arguments)]
    ):
        given = list(arguments)
        given[place] = np.asarray(given[place]).astype(str)
        verb, tail = ("are", ", one an item") if argument == "scores" else ("is", "")
        message = rf"^{argument} {verb} of type <U\d+; give real numbers{tail}$"
        with pytest.raises(TypeError, match=message):
            function(*given)


def test_text_in_a_table_is_refused():
    complex_table = sparse.csr_array(np.eye(2) + 0j)
    for given, shown in ((complex_table, "complex128"), (np.array([["a", "b"]]), "<U1")):
        for name, call in (
            ("ratings", partial(updates.als_sweep, item_factors=np.eye(2), l2=1.0)),
            ("choices", partial(linear.ease_weights, l2=1.0)),
            (
                "interactions",
                partial(
                    updates.implicit_als_sweep,
                    item_factors=np.eye(2),
                    l2=1.0,
                    unobserved_weight=0.1,
                ),
            ),
        ):
            with pytest.raises(TypeError, match=f"^{name} is of type {shown}; give real numbers$"):
                call(given)


def test_whole_numbers_beyond_two_to_the_53_keep_their_order_as_scores():
    scores = np.array([[2**60, 2**60 + 1]])
    assert metrics.auc(scores, [{1}]).tolist() == [1]
    assert ranking.top_k(scores, 1, np.random.default_rng(0)).tolist() == [[1]]


def test_a_prediction_from_nan_is_nan():
    vectors = np.array([[np.nan, 1.0]])
    np.testing.assert_array_equal(losses.predict_ratings(vectors, np.eye(2)), [[np.nan, np.nan]])


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int32, bool])
def test_narrow_tables_give_what_float64_gives(dtype):
    table = RATINGS.astype(dtype)
    wide = sparse.csr_array(table.astype(float))
    for given in (sparse.csr_array(table), sparse.csc_array(table), table, table.tolist()):
        np.testing.assert_array_equal(
            updates.als_sweep(given, ITEMS, 1.0), updates.als_sweep(wide, ITEMS, 1.0)
        )
        np.testing.assert_array_equal(
            updates.implicit_als_sweep(given, ITEMS, 1.0, 0.1),
            updates.implicit_als_sweep(wide, ITEMS, 1.0, 0.1),
        )
        np.testing.assert_array_equal(
            linear.ease_weights(given, 1.0), linear.ease_weights(wide, 1.0)
        )


def test_a_rating_in_float16_is_subtracted_from_in_float64():
    vectors = np.array([1.0]), np.array([2.501])
    for found, expected in zip(
        updates.sgd_step(*vectors, np.float16(5), np.float16(0.5), np.float16(0.25)),
        updates.sgd_step(*vectors, 5.0, 0.5, 0.25),
        strict=True,
    ):
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("number", [3, 3.0, np.float64(3), np.float32(3)])
def test_a_single_number_keeps_float32_as_narrow_or_makes_it_as_wide_as_ever(number):
    single = USERS.astype(np.float32), ITEMS.astype(np.float32)
    wide = np.result_type(np.float32(0), number) if isinstance(number, np.generic) else np.float32
    _, gradients = losses.dense_squared_error(RATINGS.astype(np.float32), *single, number)
    assert [one.dtype for one in gradients] == [wide, wide]
    assert inputs.as_number("l2", number) is number or type(number) is np.float32
    stepped = updates.sgd_step(single[0][0], single[1][0], number, 0.0)
    assert [one.dtype for one in stepped] == [wide, wide]


def test_a_list_is_read_as_an_array():
    listed = [[0, 3, 1], [2, -1, -1]]
    ranked = np.array(listed)
    for name, values in metrics.ranking_metrics(listed, [{3}, {2}], 2).items():
        expected = metrics.ranking_metrics(ranked, [{3}, {2}], 2)[name]
        np.testing.assert_array_equal(values, expected)
    assert metrics.precision_at_k([[1, 2, 3]], [{1}], 2).tolist() == [0.5]
    metrics.check_ranked(listed)
    assert diversity.exposure_counts(listed, 4).tolist() == [1, 1, 1, 1]
    assert diversity.catalogue_coverage(listed, 8) == 0.5
    np.testing.assert_array_equal(
        diversity.novelty(listed, [4, 2, 1, 4], 4),
        diversity.novelty(ranked, FIRST * 0 + [4, 2, 1, 4], 4),
    )
    vectors = [[1, 0], [0, 1], [1, 1], [3, 4]]
    np.testing.assert_array_equal(
        diversity.intra_list_similarity(listed, vectors),
        diversity.intra_list_similarity(ranked, np.array(vectors, float)),
    )
    np.testing.assert_array_equal(
        losses.predict_pairs([0, 2], [1, 0], USERS, ITEMS),
        losses.predict_pairs(np.array([0, 2]), np.array([1, 0]), USERS, ITEMS),
    )
    assert losses.predict_pairs([], [], USERS, ITEMS).shape == (0,)
    assert chance.expected_precision_at_k([10, 20], [1, 2], 5).tolist() == [0.1, 0.1]
    assert ranking.top_k([[1, 3, 2]], 2, np.random.default_rng(0)).tolist() == [[1, 2]]


def test_lists_of_different_lengths_are_refused():
    message = " has rows of different lengths; give each row the same number of values$"
    for name, call in (
        ("ranked", lambda ragged: metrics.recall_at_k(ragged, [[0], [0]], 1)),
        ("ranked", lambda ragged: metrics.check_ranked(ragged)),
        ("ranked", lambda ragged: diversity.exposure_counts(ragged, 5)),
        ("ranked", lambda ragged: diversity.novelty(ragged, FIRST, 200)),
        ("ranked", lambda ragged: diversity.intra_list_similarity(ragged, USERS)),
        ("scores", lambda ragged: ranking.top_k(ragged, 1, np.random.default_rng(0))),
        ("users", lambda ragged: losses.predict_pairs(ragged, [0], USERS, ITEMS)),
        ("user_factors", lambda ragged: losses.predict_ratings(ragged, ITEMS)),
        ("ratings", lambda ragged: updates.als_sweep(ragged, ITEMS, 1.0)),
        ("n_interactions", lambda ragged: diversity.novelty([[0]], ragged, 5)),
    ):
        with pytest.raises(ValueError, match=f"^{name}{message}"):
            call([[0, 1], [2]])


@pytest.mark.parametrize("indices", [[0.0, 1.0], [True, False], ["a", "b"]])
@pytest.mark.parametrize("name", ["users", "items"])
def test_an_index_that_is_no_whole_number_is_refused(name, indices):
    odd = np.array(indices)
    message = rf"^{name} is of type {odd.dtype}; give indices, whole numbers from 0 on$"
    cells = {"users": np.array([0, 1]), "items": np.array([0, 1])} | {name: odd}
    rng = np.random.default_rng(0)
    for call in (
        lambda: losses.predict_pairs(**cells, user_factors=USERS, item_factors=ITEMS),
        lambda: losses.observed_squared_error(*cells.values(), STARS[:2], USERS, ITEMS),
        lambda: updates.sgd_epoch(*cells.values(), STARS[:2], USERS, ITEMS, 0.1, 0.0, rng),
    ):
        with pytest.raises(TypeError, match=message):
            call()


KS = [
    (0, "0"),
    (-1, "-1"),
    (2.5, "2.5"),
    (2.0, "2.0"),
    (np.nan, "nan"),
    (True, "True"),
    (np.True_, "True"),
    ("3", "'3'"),
    (None, "None"),
    ([2], "a list"),
]


@pytest.mark.parametrize(("k", "shown"), KS)
def test_k_is_a_whole_number(k, shown):
    ranked = np.array([[0, 1, 2, 3]])
    at_k = [
        partial(getattr(metrics, name), ranked, [{1}]) for name in metrics.__all__ if "_k" in name
    ]
    by_chance = [
        partial(getattr(chance, name), 10, 3) for name in chance.__all__ if name != "expected_auc"
    ]
    top = partial(ranking.top_k, np.zeros((2, 5)), rng=np.random.default_rng(0))
    assert len(at_k) + len(by_chance) == 13
    for call in (*at_k, *by_chance, partial(metrics.ranking_metrics, ranked, [{1}]), top):
        with pytest.raises(ValueError, match=rf"^k is {shown}; give a whole number of at least 1$"):
            call(k=k)


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int64, np.uint64])
def test_k_may_be_a_number_of_numpy_and_does_not_overflow(dtype):
    scores = np.random.default_rng(0).normal(size=(3, 9000))
    ranked = ranking.top_k(scores, dtype(127), np.random.default_rng(0))
    np.testing.assert_array_equal(ranked, ranking.top_k(scores, 127, np.random.default_rng(0)))
    relevant = [{5, 7}, {1}, {2}]
    for table, expected in (
        (
            metrics.ranking_metrics(ranked, relevant, dtype(127)),
            metrics.ranking_metrics(ranked, relevant, 127),
        ),
        (chance.expected_by_chance(300, 9, dtype(127)), chance.expected_by_chance(300, 9, 127)),
    ):
        for name, values in table.items():
            np.testing.assert_array_equal(values, expected[name])
    assert type(inputs.whole_number("k", dtype(1))) is int


@pytest.mark.parametrize(
    ("table", "row", "item"),
    [
        ([[0, 0, 1, 1]], 0, 0),
        ([[0, 1, 2], [3, 1, 1]], 1, 1),
        ([[2, 1, 2, 2, 1]], 0, 1),
        ([[3, 4, 4]], 0, 4),
    ],
)
@pytest.mark.parametrize("dtype", [np.int64, np.uint8])
def test_a_dense_table_of_relevant_items_is_not_read_as_indices(table, row, item, dtype):
    message = re.escape(
        f"relevant[{row}] names item {item} twice; pass sparse.csr_array(relevant) if it is a "
        "table of zeros and ones"
    )
    relevant = np.array(table, dtype=dtype)
    ranked = np.tile([2, 3], (len(table), 1))
    with pytest.raises(ValueError, match=f"^{message}$"):
        metrics.recall_at_k(ranked, relevant, 2)
    with pytest.raises(ValueError, match=f"^{message}$"):
        metrics.auc(np.zeros((len(table), 5)), relevant)
    # lists may name an item twice, and so may a list of arrays
    assert len(metrics.recall_at_k(ranked, relevant.tolist(), 2)) == len(table)
    assert len(metrics.recall_at_k(ranked, [*relevant], 2)) == len(table)


@pytest.mark.parametrize("relevant", [[1], None, np.array([1, 2])])
def test_relevant_items_come_in_one_collection_a_user(relevant):
    message = (
        r"^relevant holds no collections; give one for each user, such as \[\{1, 2\}, \{3\}\]$"
    )
    with pytest.raises(TypeError, match=message):
        metrics.recall_at_k([[1, 2]], relevant, 2)
    with pytest.raises(TypeError, match=message):
        metrics.auc([[1, 2]], relevant)


def test_an_array_of_indices_is_read_as_indices():
    values = metrics.recall_at_k(np.array([[2, 3], [0, 1]]), np.array([[3, 2], [0, 3]]), 2)
    assert values.tolist() == [1, 0.5]
    table = sparse.csr_array(np.array([[0, 0, 1, 1]]))
    assert metrics.recall_at_k(np.array([[2, 3]]), table, 2).tolist() == [1]
    assert np.isnan(metrics.recall_at_k(np.array([[2, 3]]), np.zeros((1, 0), int), 2)).all()


# Steps


BAD = [np.nan, np.inf, -np.inf]
STEP = {
    "user_vector": np.array([1.0, 0.5]),
    "item_vector": np.array([2.0, 1.0]),
    "rating": 5.0,
    "learning_rate": 0.1,
    "l2": 0.1,
}
DOWNHILL = "give a finite number of 0 or more, the step goes downhill by itself"
STRENGTH = "regularisation is a finite number of 0 or more"
EPOCH = {
    "users": np.array([0, 1]),
    "items": np.array([1, 0]),
    "ratings": np.array([5.0, 3]),
    "user_factors": np.eye(2),
    "item_factors": np.eye(2) + 1,
    "learning_rate": 0.1,
    "l2": 0.1,
}


def epoch(**changes):
    return updates.sgd_epoch(**EPOCH | changes, rng=np.random.default_rng(0))


@pytest.mark.parametrize("call", [lambda **changes: updates.sgd_step(**STEP | changes), epoch])
@pytest.mark.parametrize("value", [-0.1, -3, *BAD, np.float32(-1), np.int8(-1)])
@pytest.mark.parametrize(("name", "step"), [("learning_rate", DOWNHILL), ("l2", STRENGTH)])
def test_a_step_has_a_rate_and_a_strength_of_zero_or_more(call, value, name, step):
    with pytest.raises(ValueError, match=rf"^{name} is {float(value):g}(\.0)?; {step}$"):
        call(**{name: value})
    call(**{name: 0})
    call(**{name: 0.0})


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_step_from_what_is_no_number_is_refused(value):
    with pytest.raises(ValueError, match=f"^rating is {value}; leave out what nobody has rated$"):
        updates.sgd_step(**STEP | {"rating": value})
    for name in ("user_vector", "item_vector"):
        vector = np.array([1.0, value])
        with pytest.raises(
            ValueError, match=rf"^{name}\[1\] is {value}; each number of a vector must be finite$"
        ):
            updates.sgd_step(**STEP | {name: vector})


def test_vectors_that_have_grown_too_large_are_named():
    huge = np.array([1e200, 1e200])
    message = re.escape(
        "user_vector and item_vector have grown so large that u·v is beyond all numbers; try a "
        "learning rate ten times smaller"
    )
    with np.errstate(over="ignore"), pytest.raises(ValueError, match=f"^{message}$"):
        updates.sgd_step(huge, huge, 5.0, 0.1)


@pytest.mark.parametrize("name", ["rating", "learning_rate", "l2"])
def test_a_step_takes_one_rating(name):
    with pytest.raises(ValueError, match=rf"^{name} has shape \(1,\); give one number$"):
        updates.sgd_step(**STEP | {name: np.array([1.0])})
    with pytest.raises(TypeError, match=rf"^{name} is of type <U1; give real numbers$"):
        updates.sgd_step(**STEP | {name: "5"})


@pytest.mark.parametrize("name", ["learning_rate", "l2"])
def test_an_epoch_takes_one_rate(name):
    with pytest.raises(ValueError, match=rf"^{name} has shape \(1,\); give one number$"):
        epoch(**{name: np.array([1.0])})


def test_an_epoch_names_what_is_wrong_with_its_ratings():
    with pytest.raises(ValueError, match=r"^ratings\[1\] is nan; leave out what nobody has rated$"):
        epoch(ratings=np.array([5.0, np.nan]))
    for name in ("users", "items"):
        for wrong in (-1, 2):
            with pytest.raises(
                ValueError,
                match=rf"^{name}\[1\] is {wrong}; an index of {name} counts from 0 to 1$",
            ):
                epoch(**{name: np.array([0, wrong])})
    message = re.escape(
        "users (2,), items (2,), ratings (1,) must be parallel arrays of one length; check the "
        "lengths"
    )
    with pytest.raises(ValueError, match=f"^{message}$"):
        epoch(ratings=np.array([5.0]))


@pytest.mark.parametrize("name", ["user_factors", "item_factors"])
@pytest.mark.parametrize("value", BAD)
def test_factors_that_are_no_numbers_are_named(name, value):
    factors = np.eye(2)
    factors[1, 0] = value
    message = rf"^{name}\[1, 0\] is {value}; train again with a learning rate ten times smaller$"
    tables = {"user_factors": np.eye(2), "item_factors": np.eye(2)} | {name: factors}
    cells = np.array([0]), np.array([0]), np.array([5.0])
    for call in (
        partial(epoch, **{name: factors}),
        partial(losses.observed_squared_error, *cells, **tables),
        partial(losses.dense_squared_error, np.eye(2), **tables),
        partial(losses.weighted_squared_error, np.eye(2), np.eye(2), **tables),
        partial(
            losses.biased_squared_error,
            *cells,
            mean=0.0,
            user_biases=np.zeros(2),
            item_biases=np.zeros(2),
            **tables,
        ),
    ):
        with pytest.raises(ValueError, match=message):
            call()
    with pytest.raises(ValueError, match=r"^user_factors \(2, 2\) and item_factors \(2, 3\) must"):
        epoch(item_factors=np.ones((2, 3)))


@pytest.mark.parametrize("value", BAD)
def test_biases_and_a_mean_that_are_no_numbers_are_named(value):
    biased = partial(losses.biased_squared_error, [0], [0], [5.0])
    zeros, factors = np.zeros(2), (np.eye(2), np.eye(2))
    broken = np.array([0, value])
    with pytest.raises(ValueError, match=rf"^mean is {value}; give the mean of the ratings, or 0$"):
        biased(value, zeros, zeros, *factors)
    with pytest.raises(ValueError, match=r"^mean has shape \(2,\); give one number$"):
        biased(zeros, zeros, zeros, *factors)
    tail = rf"\[1\] is {value}; train again with a learning rate ten times smaller$"
    with pytest.raises(ValueError, match=f"^user_biases{tail}"):
        biased(0.0, broken, zeros, *factors)
    with pytest.raises(ValueError, match=f"^item_biases{tail}"):
        biased(0.0, zeros, broken, *factors)


# Alternating least squares


@pytest.mark.parametrize("value", BAD)
def test_a_least_squares_update_from_what_is_no_number_is_refused(value):
    ratings, vectors = np.array([5.0, value]), np.array([[1.0, 0], [value, 1]])
    with pytest.raises(ValueError, match=rf"^ratings\[1\] is {value}; leave out what nobody has"):
        updates.als_user_update(np.eye(2), ratings, 1.0)
    tail = rf"\[1, 0\] is {value}; each number of a vector must be finite$"
    with pytest.raises(ValueError, match=rf"^item_vectors{tail}"):
        updates.als_user_update(vectors, np.ones(2), 1.0)
    table = sparse.csr_array(np.eye(2))
    with pytest.raises(ValueError, match=rf"^item_factors{tail}"):
        updates.als_sweep(table, vectors, 1.0)
    with pytest.raises(ValueError, match=rf"^item_factors{tail}"):
        updates.implicit_als_sweep(table, vectors, 1.0, 0.1)
    broken = sparse.csr_array(np.array([[1.0, 0], [2, value]]))
    message = rf"\[1, 1\] is {value}; leave out what is empty$"
    with pytest.raises(ValueError, match=f"^ratings{message}"):
        updates.als_sweep(broken, np.eye(2), 1.0)
    with pytest.raises(ValueError, match=f"^choices{message}"):
        linear.ease_weights(broken, 1.0)
    swept = updates.implicit_als_sweep(broken, np.eye(2), 1.0, 0.1)  # the values are ignored
    ones = sparse.csr_array(np.array([[1.0, 0], [1, 1]]))
    np.testing.assert_array_equal(swept, updates.implicit_als_sweep(ones, np.eye(2), 1.0, 0.1))


@pytest.mark.parametrize("value", [-1, -5.0, *BAD])
def test_least_squares_are_regularised_by_zero_or_more(value):
    table, message = sparse.csr_array(np.eye(2)), rf" is {value}; {STRENGTH}$"
    for call in (
        partial(updates.als_user_update, np.eye(2), np.ones(2)),
        partial(updates.als_sweep, table, np.eye(2)),
        partial(updates.implicit_als_sweep, table, np.eye(2), unobserved_weight=0.1),
        partial(linear.ease_weights, table),
    ):
        with pytest.raises(ValueError, match=f"^l2{message}"):
            call(l2=value)
    with pytest.raises(ValueError, match=rf"^l2\[1\] is {float(value)}; {STRENGTH}$"):
        updates.als_sweep(table, np.eye(2), np.array([1.0, value]))
    with pytest.raises(
        ValueError, match=f"^unobserved_weight is {value}; give a finite number of 0 or more$"
    ):
        updates.implicit_als_sweep(table, np.eye(2), 1.0, value)


def test_without_a_weight_on_empty_cells_and_regularisation_a_full_row_has_a_solution():
    table = sparse.csr_array(np.ones((1, 2)))
    found = updates.implicit_als_sweep(table, np.array([[2.0, 0], [0, 4]]), 0, 0)
    np.testing.assert_allclose(found, [[0.5, 0.25]], rtol=1e-15)
    assert updates.als_user_update(np.array([[2.0]]), np.array([4.0]), 0).tolist() == [2]


def test_a_singular_sweep_names_its_row_and_asks_for_regularisation():
    table = sparse.csr_array(np.array([[1.0, 1, 1], [0, 2, 0], [0, 0, 0], [1, 0, 1]]))
    vectors = np.array([[1.0, 0], [0, 2], [1, 1]])
    message = re.escape("row 1: 1 ratings do not determine 2 factors with l2=0.0; use l2 > 0")
    with pytest.raises(ValueError, match=f"^{message}$"):
        updates.als_sweep(table, vectors, 0.0)
    with pytest.raises(ValueError, match=f"^{message}$"):
        updates.implicit_als_sweep(table, vectors, np.array([1.0, 0, 1, 1]), 0.0)
    with pytest.raises(ValueError, match=r"^row 0: 1 ratings do not determine 2 factors"):
        updates.als_sweep(sparse.csr_array([[2.0, 0]]), np.array([[1.0, 0], [2, 0]]), 0.0)


def test_a_singular_row_is_named_among_others_of_its_length():
    table = sparse.csr_array(np.array([[1.0, 1, 0], [0, 1, 1], [1, 0, 1], [0, 1, 1]]))
    message = r"^row 2: 2 ratings do not determine 2 factors with l2=0\.0; use l2 > 0$"
    with pytest.raises(ValueError, match=message):
        updates.als_sweep(table, np.array([[1.0, 0], [0, 1], [2, 0]]), 0.0)


@pytest.mark.parametrize("shape", [(2,), (4,), (3, 1)])
def test_a_sweep_takes_one_strength_or_one_for_each_row(shape):
    table = sparse.csr_array(np.eye(3))
    message = re.escape(f"l2 has shape {shape}; give one number, or one for each of the 3 rows")
    with pytest.raises(ValueError, match=f"^{message}$"):
        updates.als_sweep(table, np.eye(3), np.ones(shape))
    for strengths in (1, np.ones(1), np.ones(3)):
        np.testing.assert_array_equal(updates.als_sweep(table, np.eye(3), strengths), np.eye(3) / 2)


def test_tables_of_other_shapes_are_refused():
    with pytest.raises(ValueError, match=r"^item_factors has shape \(2,\); give one vector a row$"):
        updates.als_sweep(sparse.csr_array(np.eye(2)), np.ones(2), 1.0)
    with pytest.raises(
        ValueError, match=r"^ratings has shape \(2,\); give a table, one row a user$"
    ):
        updates.als_sweep([1.0, 2], np.eye(2), 1.0)


def test_a_table_that_is_fit_is_not_copied():
    table = sparse.csr_array(np.eye(2, dtype=np.float32))
    assert np.shares_memory(inputs.as_sparse("ratings", table).data, table.data)
    for dtype in (np.float32, np.float64):
        vector = np.ones(2, dtype)
        assert inputs.as_floats("ratings", vector) is vector


def test_a_table_keeps_its_empty_columns_and_names_the_first_cell_of_a_row():
    table = sparse.csr_array(np.array([[1, 0, 0], [1, 1, 0]], np.int8))
    assert inputs.as_sparse("ratings", table).shape == (2, 3)
    broken = sparse.csr_array(np.array([[1.0, 0, 0], [0, np.nan, 1]]))
    with pytest.raises(ValueError, match=r"^ratings\[1, 1\] is nan; leave out what is empty$"):
        inputs.as_sparse("ratings", broken)


def test_ease_without_regularisation_says_what_to_try():
    with pytest.raises(
        ValueError, match=r"^l2=0 is too small for these choices in 32 bits; try 1$"
    ):
        linear.ease_weights(sparse.csr_array(np.ones((1, 2))), 0)


# Similarities of very small and very large numbers


@pytest.mark.parametrize("scale", [1e-300, 1e-200, 1e200, 1e300])
def test_a_cosine_does_not_depend_on_the_unit(scale):
    first, second = np.array([3.0, 0.0]), np.array([4.0, 3.0])
    for vectors in (
        (scale * first, second),
        (first, scale * second),
        (scale * first, scale * second),
    ):
        assert similarity.cosine_similarity(*vectors) == pytest.approx(0.8, rel=1e-14)
    assert similarity.cosine_similarity(np.array([scale, 0.0]), np.array([-scale, 0.0])) == -1


def test_vectors_without_an_item_and_without_a_size_resemble_nothing():
    assert similarity.cosine_similarity(np.zeros(0), np.zeros(0)) == 0
    assert similarity.cosine_similarity(np.zeros(2), np.array([1e-320, 0])) == 0


@pytest.mark.parametrize("given", [3, np.int8(3), np.uint64(3)])
def test_whole_numbers_of_any_width_become_pythons(given):
    assert type(inputs.whole_number("k", given)) is int
    assert inputs.whole_number("k", given, least=3) == 3


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (0, "0"), (-1, "-1"), (2.5, "2.5"), (2.0, "2.0"), (float("nan"), "nan"), (True, "True"),
        (np.True_, "True"), ("3", "'3'"), (None, "None"), ([3], "a list"),
    ],
)  # fmt: skip
def test_what_is_no_count_is_refused(given, shown):
    with pytest.raises(ValueError, match=rf"^k is {shown}; give a whole number of at least 1$"):
        inputs.whole_number("k", given)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("3", "'3'"), (None, "None"), (np.float64(2.5), "2.5"), (np.True_, "True"), (1j, "1j"),
        ([1], "a list"), (np.zeros(2), "a ndarray"), (OrderedDict(), "an OrderedDict"),
        (array("b"), "an array"), (type("Xylophone", (), {})(), "a Xylophone"),
    ],
)  # fmt: skip
def test_a_long_value_is_told_by_its_type(value, shown):
    assert inputs.describe(value) == shown


@pytest.mark.parametrize("value", [2, np.int8(2), np.uint64(2)])
def test_whole_numbers(value):
    assert inputs.is_whole(value)


@pytest.mark.parametrize("value", [2.0, True, np.True_, "2", None, np.array(2)])
def test_no_whole_numbers(value):
    assert not inputs.is_whole(value)


def test_short_floats_lose_no_digit_where_errors_are_squared_or_steps_are_small():
    large, small = np.array([2**24], np.float32), np.array([-1], np.float32)
    assert metrics.rmse(large, small) == metrics.mae(large, small) == 2**24 + 1
    ones = np.ones((1, 1), np.float32)
    moved = updates.sgd_epoch([0], [0], [1 + 1e-9], ones, ones, 0.1, 0.0, np.random.default_rng(0))
    for factors in moved:
        assert factors.dtype == np.float64
        assert factors[0, 0] == pytest.approx(1 + 2e-10, abs=1e-15)
