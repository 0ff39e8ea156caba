"""On three seeds: model > popularity > random by a margin, and never above the oracle."""

import numpy as np
import pytest

from recsys_course.data.interactions import Interactions
from recsys_course.data.splitting import random_split
from recsys_course.data.world import make_world
from recsys_course.formulas.metrics import ndcg_at_k
from recsys_course.models.baselines import Biases, Oracle, Popularity, RandomScores
from recsys_course.models.ease import EASE
from recsys_course.models.factorization import AlternatingLeastSquares
from recsys_course.models.neighborhood import ItemNeighbors, UserNeighbors
from recsys_course.models.recommender import Recommender

EVERYBODY = np.arange(1500)


class Held:
    """A world of one preset and seed, a split of it, and what models make of that."""

    def __init__(self, preset: str, seed: int) -> None:
        world_rng, split_rng, *self.rngs = np.random.default_rng(seed).spawn(5)
        self.world = make_world(world_rng, preset)
        self.split = random_split(self.world.interactions, split_rng)

    def ndcg(self, model: Recommender) -> np.ndarray:
        """NDCG@10 of each user, all unseen items ranked."""
        listed = model.fit(self.split.train).recommend(EVERYBODY, 10)
        return ndcg_at_k(listed, self.split.test.to_csr(), 10)

    def squared_errors(self, model: Recommender) -> np.ndarray:
        """Of each test rating."""
        test = self.split.test
        return (test.ratings - model.fit(self.split.train).predict(test.users, test.items)) ** 2


@pytest.fixture(scope="module", params=[0, 1, 2])
def balanced(request):
    return Held("balanced", request.param)


@pytest.fixture(scope="module")
def ndcg(balanced):
    """Of each ranking model, user by user."""
    models = {
        "random": RandomScores(balanced.rngs[0]),
        "popularity": Popularity(),
        "item neighbours": ItemNeighbors("implicit"),
        "user neighbours": UserNeighbors("implicit"),
        "EASE": EASE(l2=100.0),
        "ALS": AlternatingLeastSquares(balanced.rngs[1], "implicit"),
        "true rating": Oracle(balanced.world.true_ratings, "explicit"),
        "oracle": Oracle(balanced.world.choice_logits, "implicit"),
    }
    return {name: balanced.ndcg(model) for name, model in models.items()}


@pytest.fixture(scope="module")
def squared_errors(balanced):
    """Of each rating model, test rating by test rating."""
    models = {
        "biases": Biases(),
        "item neighbours": ItemNeighbors("explicit"),
        "user neighbours": UserNeighbors("explicit"),
        "ALS": AlternatingLeastSquares(balanced.rngs[2], "explicit"),
        "oracle": Oracle(balanced.world.true_ratings, "explicit"),
    }
    train, test = balanced.split.train, balanced.split.test
    mean = {"mean": (test.ratings - train.ratings.mean()) ** 2}
    return mean | {name: balanced.squared_errors(model) for name, model in models.items()}


def standard_error(values: np.ndarray) -> float:
    return float(np.nanstd(values) / np.count_nonzero(~np.isnan(values)) ** 0.5)


def rmse(squared: np.ndarray) -> float:
    return float(np.sqrt(squared.mean()))


def chance_level(train: Interactions, test: Interactions) -> float:
    """NDCG@10 of a random order, in closed form, as the mean over users."""
    n_candidates = 600 - np.bincount(train.users, minlength=1500)
    n_relevant = np.bincount(test.users, minlength=1500)
    gains = np.cumsum(1 / np.log2(np.arange(2, 12)))
    some = n_relevant > 0
    ideal = gains[np.minimum(n_relevant[some], 10) - 1]
    return float(np.mean(n_relevant[some] / n_candidates[some] * gains[-1] / ideal))


def test_ranking_als_beats_neighbours_beat_popularity_beats_chance(ndcg):
    means = {name: np.nanmean(values) for name, values in ndcg.items()}
    # 0.04 is 7 standard errors of one mean, and leaves room for defaults that nobody tuned
    for name in ("item neighbours", "user neighbours", "EASE"):
        assert means["ALS"] > means[name] + 0.04, name
        assert means[name] > means["popularity"] + 0.1, name
    assert means["popularity"] > means["random"] + 0.1
    assert 0.55 < means["oracle"] < 0.61


def test_random_ranks_at_the_chance_level(balanced, ndcg):
    chance = chance_level(balanced.split.train, balanced.split.test)
    assert chance == pytest.approx(0.0355, abs=0.001)
    assert np.nanmean(ndcg["random"]) == pytest.approx(
        chance, abs=4 * standard_error(ndcg["random"])
    )


def test_rating_als_beats_neighbours_beat_biases_beat_the_mean(squared_errors):
    errors = {name: rmse(squared) for name, squared in squared_errors.items()}
    # the standard error of an RMSE of 0.8 from 26,000 ratings is 0.0035; 0.03 is 8 of them
    for name in ("item neighbours", "user neighbours"):
        assert errors["ALS"] < errors[name] - 0.03, name
        assert errors[name] < errors["biases"] - 0.03, name
    assert errors["biases"] < errors["mean"] - 0.1
    assert errors["oracle"] == pytest.approx(0.6, abs=0.02)


def test_nothing_is_better_than_the_oracle(ndcg, squared_errors):
    for name, values in ndcg.items():
        gain = values - ndcg["oracle"]  # paired by user
        assert np.nanmean(gain) <= 2 * standard_error(gain), name
    for name, squared in squared_errors.items():
        gain = squared_errors["oracle"] - squared  # paired by rating
        assert gain.mean() <= 2 * standard_error(gain), name


def test_the_perfect_rating_predictor_ranks_below_one_who_saw_choices_only(ndcg):
    lead = ndcg["ALS"] - ndcg["true rating"]  # paired by user
    assert np.nanmean(lead) > 3 * standard_error(lead)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_in_the_popular_preset_it_ranks_below_popularity(seed):
    held = Held("popular", seed)
    lead = held.ndcg(Popularity()) - held.ndcg(Oracle(held.world.true_ratings, "explicit"))
    assert np.nanmean(lead) > 3 * standard_error(lead)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_in_the_personal_preset_the_simple_model_is_enough_for_ratings(seed):
    held = Held("personal", seed)
    biases = rmse(held.squared_errors(Biases()))
    # λ = 2 against λ = ½: too little regularisation is worse than no factors at all
    careful, careless = (
        rmse(held.squared_errors(AlternatingLeastSquares(rng, embedding_dim=8, l2=l2)))
        for rng, l2 in zip(held.rngs, (2.0, 0.5), strict=False)
    )
    assert careful == pytest.approx(biases, rel=0.02)
    assert careless > biases + 0.05
