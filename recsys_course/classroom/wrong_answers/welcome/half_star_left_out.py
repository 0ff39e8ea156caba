"""It resembles a mean that leaves out what is below one star.

The scale of the films begins at half a star. Which ratings does your condition let through, and
which should it?
"""

import numpy as np

FUNCTION = "mean_rating"


def mean_rating(ratings):
    rated = ratings[ratings >= 1]
    return rated.mean() if len(rated) else np.nan
