"""Nothing computed from test rows reaches `fit`."""

import numpy as np
import pytest

from recsys_course.data.interactions import Interactions
from recsys_course.data.splitting import Split
from recsys_course.evaluation.compare import compare
from recsys_course.models.baselines import Popularity


def poisoned(split):
    """The same split, with other test ratings on other test items."""
    test, train = split.test, split.train
    seen = train.to_csr().toarray() != 0
    items = np.array([np.flatnonzero(~seen[user])[-1] for user in np.unique(test.users)])
    users = np.unique(test.users)
    other = Interactions(
        users, items, np.full(len(users), 99.0), None, test.user_vocabulary, test.item_vocabulary
    )
    return Split(train, other, split.name)


def test_other_test_rows_change_no_fitted_score(split, make_models):
    users = np.arange(split.train.n_users)
    rng = np.random.default_rng
    first, second = make_models(), make_models()
    fixed = ("random", "popularity", "biases")  # compare brings its own
    results = [
        compare({name: m for name, m in models.items() if name not in fixed}, cut, rng(1))
        for models, cut in ((first, split), (second, poisoned(split)))
    ]
    for name, row in results[0].rows.items():
        other = results[1].rows[name].model
        np.testing.assert_array_equal(row.model.score(users), other.score(users), err_msg=name)
    figures = [result.rows["ALS of ratings"].metrics["RMSE"].value for result in results]
    assert figures[1] > figures[0] + 10  # the poison was there to be seen


def test_compare_gives_a_model_the_training_part_and_nothing_else(split):
    given = []

    class Spy(Popularity):
        def fit(self, interactions):
            given.append(interactions)
            return super().fit(interactions)

    compare({"spy": Spy()}, split, np.random.default_rng(0))
    assert len(given) == 1
    assert given[0] is split.train


def test_a_split_that_leaks_is_refused(split):
    with pytest.raises(ValueError, match="a leak"):
        Split(split.train, split.train.subset(np.arange(3)), "leaking")
