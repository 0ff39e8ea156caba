"""It resembles a pair in the other order: the upper end first.

Compare the order of what you return with the docstring.
"""

import numpy as np

FUNCTION = "bootstrap_interval"


def bootstrap_interval(values, users, n_resamples, rng):
    means = np.array([values[users == user].mean() for user in np.unique(users)])
    drawn = rng.integers(len(means), size=(n_resamples, len(means)))
    notes = means[drawn].mean(axis=1)
    return np.quantile(notes, 0.975), np.quantile(notes, 0.025)
