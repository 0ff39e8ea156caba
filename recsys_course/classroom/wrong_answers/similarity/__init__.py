"""Named misconceptions about the exercises of lesson 02, and what tells them apart.

Each behaviour calls the answer on some ordinary tables and on some at the edges. A division by zero
is nan in NumPy and an exception in plain Python; both count as nan.
"""

import numpy as np


def behaviour_cosine_similarity(answer, rng, square):
    """Vectors of both signs with zeros in different places, short ones and empty ones."""
    first, second = rng.normal(size=(2, 6))
    first[0], second[0] = 0.0, 2.0
    second[1] = 0.0
    pairs = [(first, second), (second, first), (-0.1 * first, first), (first, np.zeros(6))]
    pairs += [(first[:3], np.array([0.0, 0.0, -1.5])), (first[1:4] ** 2, second[2:5] ** 2)]
    return [_tried(answer, *pair) for pair in pairs]


def behaviour_similarity_matrix(answer, rng, square):
    """Ordinary tables, a constant rater and an empty row, no overlap, ratings at the mean."""
    ratings, observed = _table(rng, 5, 5 if square else 8)
    flat, less = ratings.copy(), observed.copy()
    flat[1, observed[1]] = 3.0
    flat[-1], less[-1] = 0.0, False
    apart = np.array([[4.0, 2.0, 0.0, 0.0], [0.0, 0.0, 5.0, 1.0], [1.0, 2.0, 5.0, 0.0]])
    calls = [(ratings, observed, 0.0), (ratings, observed, 2.5), (flat, less, 1.0)]
    calls += [(apart, apart > 0, 0.0), (apart, apart > 0, 1.0)]
    steady = np.array([[5.0, 3.0, 1.0, 0.0], [4.0, 1.0, 1.0, 2.0], [1.0, 2.0, 0.0, 4.5]])
    calls += [(steady, steady > 0, 2.0)]
    return [_tried(answer, *call) for call in calls]


def behaviour_nearest_neighbors(answer, rng, square):
    """Few raters and many, ties, negative similarities, and an item that nobody rated."""
    n_users, n_items = 8, 8 if square else 5
    values = rng.uniform(-1, 1, (n_users, n_users))
    similarities = np.triu(values, 1) + np.triu(values, 1).T + np.eye(n_users)
    equal = np.where(similarities > 0, 0.5, -0.5) + 0.5 * np.eye(n_users)
    observed = rng.random((n_users, n_items)) < 0.6
    observed[:, 0] = False
    observed[[1, 4, 6], 1] = True
    observed[[0, 2, 3], 1] = False
    calls = [(similarities, user, item, n) for user, item, n in ((4, 1, 2), (2, 1, 9), (3, 0, 2))]
    calls += [(similarities, 6, 2, 3), (equal, 5, 3, 9), (-abs(similarities), 1, 4, 2)]
    return [_tried(answer, table, observed, *where) for table, *where in calls]


def behaviour_predict_user_based(answer, rng, square):
    """Ordinary questions, a newcomer, somebody without neighbours, a lopsided table."""
    ratings, observed = _table(rng, 6, 6 if square else 9)
    values = rng.uniform(-1, 1, (6, 6))
    similarities = np.triu(values, 1) + np.triu(values, 1).T + np.eye(6)
    lopsided = rng.uniform(-1, 1, (6, 6))
    observed[:3, 1] = True, False, True
    ratings[:3, 1] = 5.0, 0.0, 1.0
    observed[4:, 1] = True
    ratings[4:, 1] = 4.5, 0.5
    observed[:, 3], ratings[:, 3] = False, 0.0
    observed[3], ratings[3] = False, 0.0
    # a weight of 3 may predict more than 5 stars, which a clipped answer does not
    calls = [(similarities, user, 1) for user in (0, 1, 4)] + [(similarities, 1, 3)]
    calls += [(similarities, 3, 1), (lopsided, 1, 1), (0.1 * similarities, 5, 1)]
    calls += [(np.eye(6), 1, 1), (abs(similarities), 2, 2), (abs(similarities), 4, 0)]
    generous = np.where(observed, ratings + 3.0, 0.0)
    return [_tried(answer, ratings, observed, *call) for call in calls] + [
        _tried(answer, generous, observed, similarities, user, 1) for user in (1, 4)
    ]


def behaviour_predict_item_based(answer, rng, square):
    """Ordinary questions, a newcomer, somebody without similar items, a rating of 0."""
    n_items = 6 if square else 8
    ratings, observed = _table(rng, 6, n_items)
    values = rng.uniform(-1, 1, (n_items, n_items))
    similarities = np.triu(values, 1) + np.triu(values, 1).T + np.eye(n_items)
    lopsided = rng.uniform(-1, 1, (n_items, n_items))
    observed[0] = True
    ratings[0, 1:5] = 0.0, 4.5, 1.0, 5.0
    observed[3], ratings[3] = False, 0.0
    calls = [(similarities, user, item) for user in (0, 1, 2) for item in (1, 4)]
    calls += [(similarities, 3, 1), (lopsided, 1, 2), (0.1 * similarities, 5, 1)]
    calls += [(-abs(similarities), 1, 2), (np.eye(n_items), 4, 2)]
    return [_tried(answer, ratings, observed, *call) for call in calls]


def _table(rng, n_users, n_items):
    """Half stars in about two thirds of the cells; one observed rating is 0."""
    observed = rng.random((n_users, n_items)) < 0.65
    observed[:, :2] = True
    ratings = np.where(observed, rng.integers(1, 11, (n_users, n_items)) / 2, 0.0)
    ratings[0, 0], ratings[0, 1] = 0.0, 4.0
    return ratings, observed


def _tried(answer, *arguments):
    """What a call returned and left in its inputs, or how it stopped."""
    given = [one.copy() if isinstance(one, np.ndarray) else one for one in arguments]
    try:
        returned = answer(*given)
    except ZeroDivisionError:
        return float("nan")
    except Exception as stopped:
        return type(stopped).__name__
    return returned, [one for one in given if isinstance(one, np.ndarray)]
