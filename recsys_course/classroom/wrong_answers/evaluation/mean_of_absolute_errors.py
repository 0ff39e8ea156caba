"""It resembles a mean absolute error: one large error counts no more than many small ones.

Which is worse here, one error of 4 stars or four errors of 1? What does the square do to each?
"""

import numpy as np

FUNCTION = "rmse"


def rmse(ratings, predictions):
    return np.mean(np.abs(np.asarray(ratings, dtype=float) - predictions))
