"""It resembles a mean squared error: its root is missing.

In which unit is your number, and in which the ratings? If every prediction is 2 stars off, what
should come out?
"""

import numpy as np

FUNCTION = "rmse"


def rmse(ratings, predictions):
    return np.mean((np.asarray(ratings, dtype=float) - predictions) ** 2)
