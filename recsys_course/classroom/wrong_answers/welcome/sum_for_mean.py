"""It resembles the sum of the ratings, where their mean is asked for.

Somebody who rates a hundred films with one star would be above everybody else. What comes after the
sum in the equation?
"""

import numpy as np

FUNCTION = "mean_rating"


def mean_rating(ratings):
    rated = ratings[ratings > 0]
    return rated.sum() if len(rated) else np.nan
