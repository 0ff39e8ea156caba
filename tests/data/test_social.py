"""Friends: how much they resemble each other is set, and can be set to not at all."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics.pairwise import cosine_similarity

from recsys_course.data.social import make_friendships

N = 400
PAIRS = np.triu_indices(N, k=1)


@pytest.fixture(scope="module")
def tastes():
    return np.random.default_rng(0).standard_normal((N, 4))


@pytest.fixture(scope="module")
def alike(tastes):
    """Friends of a like mind."""
    return make_friendships(tastes, np.random.default_rng(1), mean_degree=12, strength=4.0)


def test_a_network_of_friends(alike):
    links = alike.links.toarray()
    assert links.shape == (N, N)
    assert set(np.unique(links)) == {0.0, 1.0}
    np.testing.assert_array_equal(links, links.T)
    np.testing.assert_array_equal(np.diag(links), 0)
    np.testing.assert_array_equal(alike.chances, alike.chances.T)
    np.testing.assert_array_equal(np.diag(alike.chances), 0)
    assert alike.links.nnz == links.sum()


@pytest.mark.parametrize(
    ("vectors", "strength", "degree", "intercept"),
    [
        # two users, half a friend each: a chance of ½, so a = −b·cos
        ([[1.0, 0.0], [3.0, 0.0]], 4.0, 0.5, -4.0),
        ([[1.0, 0.0], [-2.0, 0.0]], 4.0, 0.5, 4.0),
        ([[1.0, 0.0], [0.0, 5.0]], 4.0, 0.5, 0.0),
        # cos = 4/5 at b = 2: −1.6
        ([[3.0, 0.0], [4.0, 3.0]], 2.0, 0.5, -1.6),
        # four users without anything in common and 0.3 of 3 friends: logit(0.1) = −ln 9
        (np.eye(4), 4.0, 0.3, -2.197225),
        # a user without any taste resembles nobody: cosine 0
        ([[0.0, 0.0], [3.0, 1.0]], 9.0, 0.5, 0.0),
    ],
)
def test_the_intercept_by_hand(vectors, strength, degree, intercept):
    found = make_friendships(np.array(vectors), np.random.default_rng(0), degree, strength)
    assert found.intercept == pytest.approx(intercept, abs=1e-6)
    assert found.strength == strength


def test_chances_are_those_of_the_equation(alike, tastes):
    cosines = cosine_similarity(tastes)
    for one, other in ((0, 1), (5, 200), (398, 399), (17, 3)):
        logit = alike.intercept + 4.0 * cosines[one, other]
        assert alike.chances[one, other] == pytest.approx(1 / (1 + math.exp(-logit)), rel=1e-9)


@pytest.mark.parametrize("strength", [-6.0, 0.0, 4.0, 30.0])
@pytest.mark.parametrize("degree", [0.5, 12, 390])
def test_the_mean_degree_is_the_wished_one(tastes, strength, degree):
    friends = make_friendships(tastes, np.random.default_rng(2), degree, strength)
    assert friends.chances.sum() / N == pytest.approx(degree, rel=1e-6)
    # 4 standard errors of the number of links, each counted at both ends
    chances = friends.chances[PAIRS]
    spread = np.sqrt((chances * (1 - chances)).sum())
    assert friends.links.sum() / 2 == pytest.approx(degree * N / 2, abs=4 * spread)


@given(st.integers(2, 12), st.floats(-20, 20), st.floats(0.02, 0.98))
def test_any_network_has_its_mean_degree(n_users, strength, density):
    vectors = np.random.default_rng(n_users).standard_normal((n_users, 3))
    degree = density * (n_users - 1)
    friends = make_friendships(vectors, np.random.default_rng(0), degree, strength)
    assert friends.chances.sum() / n_users == pytest.approx(degree, rel=1e-6)


def test_links_come_as_often_as_their_chances_say(alike):
    links, chances = alike.links.toarray()[PAIRS], alike.chances[PAIRS]
    for low, high in ((0, 0.01), (0.01, 0.03), (0.03, 0.1), (0.1, 1)):
        inside = (chances >= low) & (chances < high)
        expected = chances[inside]
        spread = np.sqrt((expected * (1 - expected)).sum())
        assert inside.sum() > 1000
        assert abs(links[inside].sum() - expected.sum()) < 4 * spread, (low, high)


def test_friends_resemble_each_other_if_they_are_to(tastes, alike):
    cosines = cosine_similarity(tastes)[PAIRS]

    def correlation(strength: float) -> float:
        friends = make_friendships(tastes, np.random.default_rng(1), 12, strength)
        return float(np.corrcoef(cosines, friends.links.toarray()[PAIRS])[0, 1])

    # the control: 4 standard errors of an absent correlation, 1/√n of n pairs
    assert abs(correlation(0.0)) < 4 / len(cosines) ** 0.5
    assert correlation(4.0) > 0.2
    assert correlation(-4.0) < -0.2
    assert correlation(1.0) < correlation(2.0) < correlation(4.0)
    linked = alike.links.toarray()[PAIRS] == 1
    assert cosines[linked].mean() > cosines.mean() + 0.4


def test_without_influence_all_pairs_are_alike(tastes):
    friends = make_friendships(tastes, np.random.default_rng(3), 12, strength=0.0)
    np.testing.assert_allclose(friends.chances[PAIRS], 12 / 399)


def test_only_the_direction_of_a_taste_counts(tastes, alike):
    lengths = np.random.default_rng(4).uniform(0.1, 10, (N, 1))
    stretched = make_friendships(lengths * tastes, np.random.default_rng(1), 12, 4.0)
    np.testing.assert_array_equal(stretched.links.toarray(), alike.links.toarray())


def test_one_seed_draws_with_the_same_luck(tastes, alike):
    few, again = (make_friendships(tastes, np.random.default_rng(1), 5, 4.0) for _ in range(2))
    np.testing.assert_array_equal(few.links.toarray(), again.links.toarray())
    assert (alike.links.toarray() >= few.links.toarray()).all()  # who are friends stay friends
    other = make_friendships(tastes, np.random.default_rng(2), 5, 4.0)
    assert not np.array_equal(other.links.toarray(), few.links.toarray())


def test_friends_leave_the_numbers_of_others_alone():
    used, untouched = np.random.default_rng(12), np.random.default_rng(12)
    make_friendships(np.eye(4), used, 1.0)
    assert used.random() == untouched.random()


@pytest.mark.parametrize("degree", [0, -1, 3, 3.5, np.nan])
def test_impossible_numbers_of_friends_are_refused(degree):
    with pytest.raises(ValueError, match=rf"mean_degree is {degree}; 4 users.*less than 3"):
        make_friendships(np.eye(4), np.random.default_rng(0), degree)


def test_impossible_tastes_are_refused():
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match=r"strength is inf"):
        make_friendships(np.eye(4), rng, 1.0, np.inf)
    with pytest.raises(ValueError, match=r"user_factors of shape \(4,\)"):
        make_friendships(np.ones(4), rng, 1.0)
    with pytest.raises(ValueError, match=r"user_factors of shape \(4, 4\).*finite"):
        make_friendships(np.full((4, 4), np.nan), rng, 1.0)
