"""It resembles an interval from the 5 % to the 95 % quantile, which leaves out 10 %.

How much is cut off at each end, if 95 % are to stay in the middle?
"""

import numpy as np

FUNCTION = "bootstrap_interval"


def bootstrap_interval(values, users, n_resamples, rng):
    means = np.array([values[users == user].mean() for user in np.unique(users)])
    drawn = rng.integers(len(means), size=(n_resamples, len(means)))
    notes = means[drawn].mean(axis=1)
    return np.quantile(notes, 0.05), np.quantile(notes, 0.95)
