"""It resembles a mean plus and minus 1.96 standard deviations of the resampled means.

Can your interval reach beyond the highest value that any user has? Quantiles of the means
cannot.
"""

import numpy as np

FUNCTION = "bootstrap_interval"


def bootstrap_interval(values, users, n_resamples, rng):
    means = np.array([values[users == user].mean() for user in np.unique(users)])
    drawn = rng.integers(len(means), size=(n_resamples, len(means)))
    notes = means[drawn].mean(axis=1)
    return notes.mean() - 1.96 * notes.std(), notes.mean() + 1.96 * notes.std()
