"""A sampled negative is never a positive of that user."""

import numpy as np
import pytest

from recsys_course.data.interactions import Interactions
from recsys_course.data.negatives import popularity_weights, sample_negatives
from recsys_course.data.vocabulary import Vocabulary
from recsys_course.data.world import make_world


def positives(interactions):
    seen = np.zeros((interactions.n_users, interactions.n_items), dtype=bool)
    seen[interactions.users, interactions.items] = True
    return seen


WAYS = {
    "uniform": lambda table: {},
    "by popularity": lambda table: {"weights": popularity_weights(table)},
    "without replacement": lambda table: {"replace": False},
}


@pytest.fixture(params=WAYS)
def way(request):
    return WAYS[request.param]


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize(("n_users", "n_items"), [(200, 90), (20, 900)])
def test_no_negative_is_a_positive_for_any_row_of_training(way, seed, n_users, n_items):
    world_rng, rng = np.random.default_rng(seed).spawn(2)
    table = make_world(world_rng, n_users=n_users, n_items=n_items).interactions
    drawn = sample_negatives(table, table.users, rng, 4, **way(table))
    assert drawn.shape == (len(table), 4)
    assert not positives(table)[table.users[:, None], drawn].any()


@pytest.mark.parametrize("missing", [1, 2, 5])
def test_not_even_for_users_who_have_seen_nearly_everything(missing):
    rng = np.random.default_rng(missing)
    seen = np.ones((40, 300), dtype=bool)
    for row in seen:
        row[rng.choice(300, missing, replace=False)] = False
    users, items = np.nonzero(seen)
    table = Interactions(
        users, items, np.ones(len(users)), None, Vocabulary(range(40)), Vocabulary(range(300))
    )
    for options in (way(table) for way in WAYS.values()):
        drawn = sample_negatives(table, np.arange(40), rng, missing, **options)
        assert not seen[np.arange(40)[:, None], drawn].any()


def test_and_every_other_item_can_be_one_test_items_too(split):
    """A sampler that avoids what a user does later tells the model what that will be."""
    train, test = split.train, split.test
    users = np.repeat(np.arange(train.n_users), 2000)
    drawn = sample_negatives(train, users, np.random.default_rng(0))[:, 0]
    came = np.zeros((train.n_users, train.n_items), dtype=bool)
    came[users, drawn] = True
    # at most 60 items to draw from: one is missed in 2000 draws with chance (59/60)²⁰⁰⁰ = 3 · 10⁻¹⁵
    np.testing.assert_array_equal(came, ~positives(train))
    assert came[test.users, test.items].all()
