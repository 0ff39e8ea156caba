"""It resembles an interval from rows drawn one by one, as if each row were another person.

If every user had the same mean, how wide would the right interval be? One person's rows rise
and fall together.
"""

import numpy as np

FUNCTION = "bootstrap_interval"


def bootstrap_interval(values, users, n_resamples, rng):
    means = values
    drawn = rng.integers(len(means), size=(n_resamples, len(means)))
    notes = means[drawn].mean(axis=1)
    return np.quantile(notes, 0.025), np.quantile(notes, 0.975)
