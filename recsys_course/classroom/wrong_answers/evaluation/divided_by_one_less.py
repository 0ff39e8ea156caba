"""It resembles a division by n − 1, as for a variance that is estimated from a sample.

Nothing was estimated from these errors before. What is the RMSE of a single rating?
"""

import numpy as np

FUNCTION = "rmse"


def rmse(ratings, predictions):
    errors = np.asarray(ratings, dtype=float) - predictions
    return np.sqrt(np.sum(errors**2) / max(len(errors) - 1, 1))
