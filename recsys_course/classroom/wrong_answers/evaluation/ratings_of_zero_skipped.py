"""It resembles a mean over the ratings above 0: a rating of 0 is taken for an empty cell.

Here every pair is a rating. Which line looks at the value of a rating?
"""

import numpy as np

FUNCTION = "rmse"


def rmse(ratings, predictions):
    ratings, predictions = np.asarray(ratings, dtype=float), np.asarray(predictions, dtype=float)
    given = ratings > 0
    return np.sqrt(np.mean((ratings[given] - predictions[given]) ** 2))
