"""It resembles a generator made inside the function: nobody can repeat the result.

Call it twice with equal generators. Where does the randomness come from?
"""

import numpy as np

FUNCTION = "bootstrap_interval"


def bootstrap_interval(values, users, n_resamples, rng):
    means = np.array([values[users == user].mean() for user in np.unique(users)])
    drawn = np.random.default_rng().integers(len(means), size=(n_resamples, len(means)))
    notes = means[drawn].mean(axis=1)
    return np.quantile(notes, 0.025), np.quantile(notes, 0.975)
