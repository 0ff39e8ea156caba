"""It resembles one loss a user: the sum runs along the rows only.

How many numbers should come back, and over how many axes does `sum(axis=1)` add?
"""

import numpy as np

FUNCTION = "observed_squared_error"


def observed_squared_error(ratings, observed, predictions):
    return (np.where(observed, ratings - predictions, 0.0) ** 2).sum(axis=1)
