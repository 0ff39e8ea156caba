"""It resembles a root of the squared mean error: errors of opposite sign cancel.

What comes out if one prediction is a star too high and another a star too low?
"""

import numpy as np

FUNCTION = "rmse"


def rmse(ratings, predictions):
    return np.sqrt(np.mean(np.asarray(ratings, dtype=float) - predictions) ** 2)
