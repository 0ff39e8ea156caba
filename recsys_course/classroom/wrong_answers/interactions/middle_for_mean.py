"""It resembles the median: the rating in the middle is subtracted instead of the mean.

Do the centred training ratings of each user add up to 0?
"""

import numpy as np

FUNCTION = "center_by_user"


def center_by_user(train_users, train_ratings, test_users, test_ratings):
    means = {user: np.median(train_ratings[train_users == user]) for user in np.unique(train_users)}
    overall = train_ratings.mean()
    train_means = np.array([means[user] for user in train_users])
    test_means = np.array([means.get(user, overall) for user in test_users])
    return train_ratings - train_means, test_ratings - test_means
