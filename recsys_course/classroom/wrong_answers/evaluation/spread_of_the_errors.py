"""It resembles a standard deviation of the errors: a model that is always two stars too high counts
as perfect.

Is the mean of the errors subtracted somewhere? It is part of the error.
"""

import numpy as np

FUNCTION = "rmse"


def rmse(ratings, predictions):
    return np.std(np.asarray(ratings, dtype=float) - predictions)
