"""It resembles the difference the other way round: mean minus rating.

Should the value of a rating above the mean be positive or negative?
"""

import numpy as np

FUNCTION = "center_by_user"


def center_by_user(train_users, train_ratings, test_users, test_ratings):
    means = {user: train_ratings[train_users == user].mean() for user in np.unique(train_users)}
    overall = train_ratings.mean()
    train_means = np.array([means[user] for user in train_users])
    test_means = np.array([means.get(user, overall) for user in test_users])
    return train_means - train_ratings, test_means - test_ratings
