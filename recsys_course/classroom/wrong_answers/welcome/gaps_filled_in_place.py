"""It resembles a right mean that changes the row of the caller on the way.

The number is right. But print the row before and after the call: whose array is it? Which line
assigns into it?
"""

import numpy as np

FUNCTION = "mean_rating"


def mean_rating(ratings):
    ratings[np.isnan(ratings)] = 0
    rated = ratings[ratings > 0]
    return rated.mean() if len(rated) else np.nan
