"""It resembles a mean over all user numbers up to the highest: numbers that nobody has count as
users with 0.

Which users does `np.bincount` make of the numbers 3 and 7?
"""

import numpy as np

FUNCTION = "bootstrap_interval"


def bootstrap_interval(values, users, n_resamples, rng):
    means = np.bincount(users, values) / np.maximum(np.bincount(users), 1)
    drawn = rng.integers(len(means), size=(n_resamples, len(means)))
    notes = means[drawn].mean(axis=1)
    return np.quantile(notes, 0.025), np.quantile(notes, 0.975)
