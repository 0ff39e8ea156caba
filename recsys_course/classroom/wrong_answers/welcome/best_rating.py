"""It resembles the highest rating, where the mean is asked for.

A single film that somebody loved does not make them generous. Which of the ratings enter your
number?
"""

import numpy as np

FUNCTION = "mean_rating"


def mean_rating(ratings):
    rated = ratings[ratings > 0]
    return rated.max() if len(rated) else np.nan
