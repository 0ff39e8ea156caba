"""It resembles the mean, rounded to half stars.

Ratings come in half stars, but their mean need not. What is lost when two people with 3.3 and 3.6
stars get the same number?
"""

import numpy as np

FUNCTION = "mean_rating"


def mean_rating(ratings):
    rated = ratings[ratings > 0]
    return np.round(2 * rated.mean()) / 2 if len(rated) else np.nan
