"""It resembles a mean of the RMSEs of batches: a root is taken of each batch.

Is the root of a mean the mean of the roots? Try two batches, one perfect and one far off.
"""

import numpy as np

FUNCTION = "rmse"


def rmse(ratings, predictions):
    errors = np.asarray(ratings, dtype=float) - predictions
    batches = [errors[start : start + 2] for start in range(0, len(errors), 2)]
    return np.mean([np.sqrt(np.mean(batch**2)) for batch in batches])
