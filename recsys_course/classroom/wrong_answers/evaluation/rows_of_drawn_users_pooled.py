"""It resembles a mean over all rows of the users that were drawn: whoever has many rows decides.

Give one user a hundred rows. How much may that user move the mean?
"""

import numpy as np

FUNCTION = "bootstrap_interval"


def bootstrap_interval(values, users, n_resamples, rng):
    rows = [values[users == user] for user in np.unique(users)]
    sums, counts = np.array([row.sum() for row in rows]), np.array([len(row) for row in rows])
    drawn = rng.integers(len(rows), size=(n_resamples, len(rows)))
    notes = sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1)
    return np.quantile(notes, 0.025), np.quantile(notes, 0.975)
