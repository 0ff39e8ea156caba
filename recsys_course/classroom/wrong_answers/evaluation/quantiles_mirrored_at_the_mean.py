"""It resembles the quantiles mirrored at the mean, another kind of bootstrap interval.

Most users have a small value and one has a large one. Does your interval reach below the lowest
user, and can any mean lie there?
"""

import numpy as np

FUNCTION = "bootstrap_interval"


def bootstrap_interval(values, users, n_resamples, rng):
    own = np.array([values[users == user].mean() for user in np.unique(users)])
    means = rng.choice(own, size=(n_resamples, len(own))).mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return 2 * own.mean() - high, 2 * own.mean() - low
