"""It resembles standardising: the deviations are divided by their spread.

The equation subtracts, and that is all. In which unit should the result be?
"""

import numpy as np

FUNCTION = "center_by_user"


def center_by_user(train_users, train_ratings, test_users, test_ratings):
    means = {user: train_ratings[train_users == user].mean() for user in np.unique(train_users)}
    overall = train_ratings.mean()
    train_means = np.array([means[user] for user in train_users])
    test_means = np.array([means.get(user, overall) for user in test_users])
    return (
        (train_ratings - train_means) / train_ratings.std(),
        (test_ratings - test_means) / train_ratings.std(),
    )
