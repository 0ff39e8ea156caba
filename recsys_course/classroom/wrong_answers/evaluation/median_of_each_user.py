"""It resembles the median of each user's rows where the mean is asked for.

A user has the rows 0, 0 and 1. What is the share of hits, and what does your value say?
"""

import numpy as np

FUNCTION = "bootstrap_interval"


def bootstrap_interval(values, users, n_resamples, rng):
    own = np.array([np.median(values[users == user]) for user in np.unique(users)])
    means = rng.choice(own, size=(n_resamples, len(own))).mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return low, high
