"""It resembles a mean of ratings whose half stars were cut off.

Is something turned into whole numbers on the way? Then 4.5 becomes 4, and half a star becomes
nothing.
"""

import numpy as np

FUNCTION = "mean_rating"


def mean_rating(ratings):
    rated = ratings[ratings > 0]
    return rated.astype(int).mean() if len(rated) else np.nan
