"""Lists differ between users, by their taste; catalogue coverage is reported."""

import json

import numpy as np
import pytest
from rich.console import Console

from recsys_course.data.splitting import random_split
from recsys_course.data.world import make_world
from recsys_course.evaluation.compare import compare
from recsys_course.models.factorization import StochasticGradientDescent

EVERYBODY_ALIKE = {"popularity", "biases"}  # a user's bias moves all their scores alike


@pytest.fixture(scope="module")
def large():
    """Large enough for tastes: from 16 ratings a user, a model of ratings rightly learns none."""
    world_rng, split_rng = np.random.default_rng(31).spawn(2)
    return random_split(make_world(world_rng, n_users=200, n_items=300).interactions, split_rng)


@pytest.fixture(scope="module")
def fitted(large, make_models):
    from recsys_course.deep.factorization import TensorFlowFactorization

    # The shared ones stop after two epochs, before they know anybody.
    trained = {
        "TensorFlow of ratings": TensorFlowFactorization(np.random.default_rng(4), "explicit"),
        "SGD": StochasticGradientDescent(np.random.default_rng(6), epochs=10),
    }
    models = make_models() | trained
    return {name: model.fit(large.train) for name, model in models.items()}


def lists_of(model, split, *, exclude_seen: bool) -> list[frozenset[int]]:
    """The ten best items of each user, as ids would be shown."""
    users = split.train.user_vocabulary.indices_of(split.train.user_vocabulary.ids)
    ranked = model.recommend(users, 10, exclude_seen=exclude_seen)
    return [frozenset(row.tolist()) for row in ranked]


def test_personal_models_give_different_users_different_lists(large, fitted):
    # Seen items stay in: lists then differ by taste alone, and not by what was taken out of them.
    for name, model in fitted.items():
        different = len(set(lists_of(model, large, exclude_seen=False)))
        if name in EVERYBODY_ALIKE:
            assert different == 1, name
        else:
            assert different > large.train.n_users / 2, (name, different)


def test_two_users_share_fewer_items_than_popularity_gives_them(large, fitted):
    def shared(name: str) -> float:
        """Mean overlap of two users' lists, 0 to 10 items."""
        lists = lists_of(fitted[name], large, exclude_seen=True)
        pairs = [(a, b) for n, a in enumerate(lists) for b in lists[:n]]
        return float(np.mean([len(a & b) for a, b in pairs]))

    for name in ("neighbours of choices", "ALS of choices", "TensorFlow of choices"):
        assert shared(name) < shared("popularity"), name


@pytest.fixture(scope="module")
def comparison(split, make_models):
    wanted = ("neighbours of choices", "ALS of choices", "ALS of ratings")
    models = {name: model for name, model in make_models().items() if name in wanted}
    return compare(models, split, np.random.default_rng(0))


def test_coverage_is_reported_for_every_model_wherever_results_are_shown(comparison):
    frame, read = comparison.to_frame(), json.loads(comparison.to_json())
    console = Console(width=80, color_system=None, force_terminal=False)
    with console.capture() as captured:
        console.print(comparison.to_table())
    table, page = captured.get(), comparison._repr_html_()
    assert "coverage@10" in page
    assert "Coverage (cov.): share of all items" in " ".join(table.split())
    for name in comparison.rows:
        covered = frame.loc[name, "coverage@10"]
        assert 0 < covered <= 1
        assert read["models"][name]["lists"]["coverage@10"] == covered
        assert f"{covered:.3f}" in table
        assert f"{covered:.3f}" in page


def test_coverage_is_what_the_lists_show(split, comparison):
    tested = np.unique(split.test.users)
    for name, row in comparison.rows.items():
        if name == "random":
            continue
        shown = set(row.model.recommend(tested, 10).ravel().tolist())
        # which of equal scores is listed depends on the seed: room for three items
        assert row.lists["coverage@10"] == pytest.approx(len(shown) / 60, abs=0.05), name


def test_personal_models_show_more_of_the_catalogue_than_popularity(comparison):
    covered = {name: row.lists["coverage@10"] for name, row in comparison.rows.items()}
    assert covered["random"] > 0.95
    for name in ("neighbours of choices", "ALS of choices"):
        assert covered["popularity"] < covered[name] <= 1
