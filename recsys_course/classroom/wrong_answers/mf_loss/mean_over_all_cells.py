"""It resembles a sum over the observed cells divided by the size of the whole table.

Is anything divided in the equation, and what would empty cells have to do with it?
"""

import numpy as np

FUNCTION = "observed_squared_error"


def observed_squared_error(ratings, observed, predictions):
    errors = np.where(observed, ratings - predictions, 0.0)
    return (errors**2).mean()
