"""It resembles quantiles of the users' own values: where 95 % of the users lie, not where the mean
could lie.

Does your interval become narrower with a hundred times as many users? That of a mean does.
"""

import numpy as np

FUNCTION = "bootstrap_interval"


def bootstrap_interval(values, users, n_resamples, rng):
    means = np.array([values[users == user].mean() for user in np.unique(users)])
    drawn = rng.integers(len(means), size=(n_resamples, len(means)))
    notes = means[drawn].ravel()
    return np.quantile(notes, 0.025), np.quantile(notes, 0.975)
