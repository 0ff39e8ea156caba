"""It resembles a sum divided by one less than the number of ratings.

That divisor belongs to the variance of a sample, not to the mean. Try it with two equal ratings.
"""

import numpy as np

FUNCTION = "mean_rating"


def mean_rating(ratings):
    rated = ratings[ratings > 0]
    return rated.sum() / max(len(rated) - 1, 1) if len(rated) else np.nan
