"""It resembles a root of the sum of the squares: nothing is divided by the number of ratings.

Write the same ratings down twice. Has the model become worse?
"""

import numpy as np

FUNCTION = "rmse"


def rmse(ratings, predictions):
    return np.sqrt(np.sum((np.asarray(ratings, dtype=float) - predictions) ** 2))
