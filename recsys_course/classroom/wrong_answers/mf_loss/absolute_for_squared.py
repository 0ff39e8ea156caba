"""It resembles a sum of absolute errors: an error of 2 costs twice as much as an error of 1.

How much more than an error of 1 should an error of 2 cost here?
"""

import numpy as np

FUNCTION = "observed_squared_error"


def observed_squared_error(ratings, observed, predictions):
    return np.abs((ratings - predictions)[observed]).sum()
