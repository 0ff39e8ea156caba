"""It resembles the middle between the lowest and the highest rating.

Where are the other ratings? With 1, 5, 5, 5 and 5 stars the middle is 3; what is the mean?
"""

import numpy as np

FUNCTION = "mean_rating"


def mean_rating(ratings):
    rated = ratings[ratings > 0]
    return (rated.min() + rated.max()) / 2 if len(rated) else np.nan
