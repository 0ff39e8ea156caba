"""It resembles a mean that leaves the zeros out and keeps nan.

What is 5 + nan? A gap can be written in two ways; which of them has passed your condition? A nan is
also different from 0.
"""

import numpy as np

FUNCTION = "mean_rating"


def mean_rating(ratings):
    rated = ratings[ratings != 0]
    return rated.mean() if len(rated) else np.nan
