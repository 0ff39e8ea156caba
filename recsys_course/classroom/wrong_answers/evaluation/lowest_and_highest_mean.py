"""It resembles an interval from the lowest to the highest mean, which widens with every resample.

Does your interval settle when n_resamples grows? Which share of the means should lie outside
it?
"""

import numpy as np

FUNCTION = "bootstrap_interval"


def bootstrap_interval(values, users, n_resamples, rng):
    means = np.array([values[users == user].mean() for user in np.unique(users)])
    drawn = rng.integers(len(means), size=(n_resamples, len(means)))
    notes = means[drawn].mean(axis=1)
    return notes.min(), notes.max()
