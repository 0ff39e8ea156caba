"""It resembles half as many users drawn as there are: their mean moves more.

How many users is your metric a mean of? Draw as many, so that the means move as much.
"""

import numpy as np

FUNCTION = "bootstrap_interval"


def bootstrap_interval(values, users, n_resamples, rng):
    means = np.array([values[users == user].mean() for user in np.unique(users)])
    drawn = rng.integers(len(means), size=(n_resamples, max(1, len(means) // 2)))
    notes = means[drawn].mean(axis=1)
    return np.quantile(notes, 0.025), np.quantile(notes, 0.975)
