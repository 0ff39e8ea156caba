"""It resembles a leak through the back door: new users get a mean over training and test ratings.

The users' means are right. Over which rows does the mean for somebody new run?
"""

import numpy as np

FUNCTION = "center_by_user"


def center_by_user(train_users, train_ratings, test_users, test_ratings):
    means = {user: train_ratings[train_users == user].mean() for user in np.unique(train_users)}
    overall = np.concatenate([train_ratings, test_ratings]).mean()
    train_means = np.array([means[user] for user in train_users])
    test_means = np.array([means.get(user, overall) for user in test_users])
    return train_ratings - train_means, test_ratings - test_means
