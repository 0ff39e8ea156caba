"""It resembles a root mean squared error: a mean and a root are taken of the squared errors.

The RMSE is made for reading, in stars. What is asked for here, before any mean or root?
"""

import numpy as np

FUNCTION = "observed_squared_error"


def observed_squared_error(ratings, observed, predictions):
    return np.sqrt(((ratings - predictions)[observed] ** 2).mean())
