"""Small tables on which Surprise and implicit do the same arithmetic as this course."""

import warnings

import numpy as np
import pandas as pd
import pytest
import surprise
from scipy import sparse

from recsys_course.data.interactions import Interactions
from recsys_course.data.vocabulary import Vocabulary
from recsys_course.formulas.neighbors import similarity_matrix
from recsys_course.formulas.updates import implicit_als_sweep, sgd_step
from recsys_course.models.baselines import Biases

N_USERS, N_ITEMS = 12, 9


@pytest.fixture(scope="module")
def table() -> Interactions:
    rng = np.random.default_rng(0)
    users, items = np.nonzero(rng.random((N_USERS, N_ITEMS)) < 0.6)
    stars = rng.integers(1, 6, len(users))
    return Interactions(
        users, items, stars, None, Vocabulary(range(N_USERS)), Vocabulary(range(N_ITEMS))
    )


@pytest.fixture(scope="module")
def trainset(table):
    """The same rows as Surprise has them; its inner ids are those of this course."""
    rows = pd.DataFrame({"user": table.users, "item": table.items, "rating": table.ratings})
    reader = surprise.Reader(rating_scale=(1, 5))
    made = surprise.Dataset.load_from_df(rows, reader).build_full_trainset()
    users = [made.to_inner_uid(user) for user in range(N_USERS)]
    assert users == list(range(N_USERS))  # they come in this order
    return made


def inner_items(trainset) -> list[int]:
    return [trainset.to_inner_iid(item) for item in range(N_ITEMS)]


def test_biases_are_the_baselines_of_surprise(table, trainset):
    settings = {"method": "als", "n_epochs": 7, "reg_u": 4, "reg_i": 2.5}
    theirs = surprise.BaselineOnly(bsl_options=settings, verbose=False).fit(trainset)
    ours = Biases(user_damping=4, item_damping=2.5, sweeps=7).fit(table)
    np.testing.assert_allclose(ours.user_biases, theirs.bu, atol=1e-12)
    np.testing.assert_allclose(ours.item_biases, theirs.bi[inner_items(trainset)], atol=1e-12)


@pytest.mark.parametrize(("kind", "name"), [("common_cosine", "cosine"), ("pearson", "pearson")])
def test_similarities_over_common_ratings_are_those_of_surprise(kind, name, table, trainset):
    options = {"name": name, "user_based": True, "min_support": 2}
    theirs = surprise.KNNBasic(sim_options=options, verbose=False).fit(trainset).sim
    ours = similarity_matrix(table.to_csr(), kind=kind, min_support=2).toarray()
    off_diagonal = ~np.eye(N_USERS, dtype=bool)
    np.testing.assert_allclose(ours[off_diagonal], theirs[off_diagonal], atol=1e-12)


def test_sgd_steps_are_those_of_surprise(trainset):
    rate, l2 = 0.02, 0.3
    theirs = surprise.SVD(
        n_factors=3, n_epochs=4, biased=False, lr_all=rate, reg_all=l2, random_state=5
    ).fit(trainset)
    start = np.random.RandomState(5)  # what Surprise draws from, in its order
    users, items = start.normal(0, 0.1, (N_USERS, 3)), start.normal(0, 0.1, (N_ITEMS, 3))
    for _ in range(4):
        for user, item, rating in trainset.all_ratings():
            # their loss carries a ½, so their rate is twice ours
            users[user], items[item] = sgd_step(users[user], items[item], rating, rate / 2, l2)
    np.testing.assert_allclose(users, theirs.pu, atol=1e-12)
    np.testing.assert_allclose(items, theirs.qi, atol=1e-12)


def test_an_implicit_sweep_is_that_of_implicit(table):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it advises on the threads of others
        import implicit

        weight, l2 = 0.2, 1.4
        # c = 1 + 1/α on choices and λ/α say the same as α on all cells and λ, but for a target of
        # 1 instead of 1/(1 + α): all of their factors are 1 + α times ours.
        theirs = implicit.als.AlternatingLeastSquares(
            factors=4, regularization=l2 / weight, alpha=1 + 1 / weight, use_gpu=False,
            num_threads=1, random_state=0,
        )  # fmt: skip
    choices = sparse.csr_matrix(table.to_csr())
    choices.data[:] = 1
    theirs.fit(choices, show_progress=False)
    sweep = theirs.recalculate_user(np.arange(N_USERS), choices)
    ours = implicit_als_sweep(table.to_csr(), theirs.item_factors.astype(float), l2, weight)
    np.testing.assert_allclose((1 + weight) * ours, sweep, rtol=1e-3, atol=1e-5)  # float32 there
    assert np.abs(sweep).max() > 0.1
