"""It resembles a seed fixed inside the function: every call draws the same users, whatever
generator is passed.

Call it with two different generators. Should exactly the same interval come out?
"""

import numpy as np

FUNCTION = "bootstrap_interval"


def bootstrap_interval(values, users, n_resamples, rng):
    means = np.array([values[users == user].mean() for user in np.unique(users)])
    drawn = np.random.default_rng(0).integers(len(means), size=(n_resamples, len(means)))
    notes = means[drawn].mean(axis=1)
    return np.quantile(notes, 0.025), np.quantile(notes, 0.975)
