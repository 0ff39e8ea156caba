"""It resembles the median, the rating in the middle, where the mean is asked for.

Half of the ratings lie below the median, half above it. For 1, 1 and 4 stars that is 1. What is the
mean of these three?
"""

import numpy as np

FUNCTION = "mean_rating"


def mean_rating(ratings):
    rated = ratings[ratings > 0]
    return np.median(rated) if len(rated) else np.nan
