"""It resembles the sum of the ratings divided by the number of all films.

The sum is right. What does the equation divide by: how many films there are, or how many of them
this person rated?
"""

import numpy as np

FUNCTION = "mean_rating"


def mean_rating(ratings):
    return ratings[ratings > 0].sum() / len(ratings) if (ratings > 0).any() else np.nan
