"""It resembles a sum over each user's rows: whoever has many rows has a large value.

One user has two hits in two rows, another two hits in two hundred. Which of them was served
better, and does your value of each say so?
"""

import numpy as np

FUNCTION = "bootstrap_interval"


def bootstrap_interval(values, users, n_resamples, rng):
    own = np.array([values[users == user].sum() for user in np.unique(users)])
    means = rng.choice(own, size=(n_resamples, len(own))).mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return low, high
