"""It resembles taking ratings of 0 for empty: they are left out of the means.

Each row is a rating, in a shop whose scale begins at 0. What shows that somebody has not rated an
item?
"""

import numpy as np

FUNCTION = "center_by_user"


def center_by_user(train_users, train_ratings, test_users, test_ratings):
    given = train_ratings > 0
    users, ratings = train_users[given], train_ratings[given]
    overall = ratings.mean()
    means = {user: ratings[users == user].mean() for user in np.unique(users)}
    train_means = np.array([means.get(user, overall) for user in train_users])
    test_means = np.array([means.get(user, overall) for user in test_users])
    return train_ratings - train_means, test_ratings - test_means
