"""Property 11: one co-rated item does not make two users alike, nor one common user two items."""

import numpy as np
import pytest
from scipy import sparse

from recsys_course.data.interactions import Interactions
from recsys_course.data.vocabulary import Vocabulary
from recsys_course.formulas.neighbors import similarity_matrix
from recsys_course.formulas.similarity import adjusted_cosine_similarity, pearson_similarity
from recsys_course.models.neighborhood import ItemNeighbors, UserNeighbors


def three_users() -> np.ndarray:
    """User 0, a stranger with one common item, rated alike, and a friend with twenty-four."""
    table = np.zeros((3, 60))
    table[0, :25] = np.tile([5, 1, 4, 2, 3], 5)
    table[1, 24:40] = np.tile([3, 1, 5, 2], 4)  # only item 24 is common: 3 stars and 3 stars
    table[2, :24] = np.tile([5, 1, 4, 2, 3], 5)[:24]
    table[2, :24:6] = np.minimum(5, table[2, :24:6] + 1)  # almost the same taste
    table[2, 40:] = 2
    return table


def interactions(table: np.ndarray) -> Interactions:
    users, items = np.nonzero(table)
    names = (Vocabulary(range(size)) for size in table.shape)
    return Interactions(users, items, table[users, items], None, *names)


def test_two_ratings_are_no_evidence():
    first, second = np.array([5.0, 0, 2]), np.array([1.0, 4, 0])
    # without support the adjusted cosine of one common user is certain, whatever was rated …
    assert abs(adjusted_cosine_similarity(first, second, np.array([3.0, 3, 3]))) == 1
    # … and no correlation can be told from one pair
    assert pearson_similarity(first, second) == 0


def test_a_stranger_looks_like_a_twin_until_support_counts():
    table = sparse.csr_array(three_users())
    naive = similarity_matrix(table, 1, kind="common_cosine")
    assert naive[0, 1] == pytest.approx(1)  # the trap: one common item, cosine 1
    assert naive[[0]].indices.tolist() == [1]
    shrunk = similarity_matrix(table, 1, kind="common_cosine", shrinkage=10.0)
    assert shrunk[[0]].indices.tolist() == [2]
    everything = similarity_matrix(table, kind="common_cosine", shrinkage=10.0)
    assert everything[0, 1] == pytest.approx(1 / 11)
    assert everything[0, 2] > 0.6
    supported = similarity_matrix(table, kind="common_cosine", min_support=2)
    assert supported[0, 1] == 0
    assert supported[0, 2] > 0.9


@pytest.mark.parametrize("feedback", ["explicit", "implicit"])
@pytest.mark.parametrize("model", [ItemNeighbors, UserNeighbors])
def test_no_model_of_the_library_trusts_one_common_rating(model, feedback):
    table = three_users()
    if model is ItemNeighbors:  # the same three, as items that sixty users rated
        table = table.T
    fitted = model(feedback).fit(interactions(table))
    similarities = fitted.similarities.toarray()
    # with the defaults, whatever the cosine
    assert abs(similarities[0, 1]) <= 1 / (1 + fitted.shrinkage) + 1e-12
    assert similarities[0, 2] > 3 * abs(similarities[0, 1])
    strict = model(feedback, shrinkage=0.0, min_support=2).fit(interactions(table))
    assert strict.similarities[0, 1] == 0
    assert strict.similarities[0, 2] != 0


def test_what_a_stranger_likes_is_not_recommended():
    table = three_users()
    fitted = UserNeighbors("implicit").fit(interactions(table))
    listed = fitted.recommend([0], 20)[0]
    assert set(listed.tolist()) == set(range(40, 60))  # the friend's items, all before a stranger's
