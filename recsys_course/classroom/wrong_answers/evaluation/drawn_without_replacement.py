"""It resembles users drawn without replacement: each of them comes exactly once, in another order.

How much does a mean change when the same users come in another order?
"""

import numpy as np

FUNCTION = "bootstrap_interval"


def bootstrap_interval(values, users, n_resamples, rng):
    means = np.array([values[users == user].mean() for user in np.unique(users)])
    drawn = np.array([rng.permutation(len(means)) for _ in range(n_resamples)])
    notes = means[drawn].mean(axis=1)
    return np.quantile(notes, 0.025), np.quantile(notes, 0.975)
