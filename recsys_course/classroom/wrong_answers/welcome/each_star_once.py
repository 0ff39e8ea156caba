"""It resembles a mean in which each number of stars counts once, however often it was given.

A set forgets how often. Somebody with 5, 5, 5 and 1 stars likes more than they dislike: what should
their mean be, and what is yours?
"""

import numpy as np

FUNCTION = "mean_rating"


def mean_rating(ratings):
    distinct = {float(stars) for stars in ratings if stars > 0}
    return sum(distinct) / len(distinct) if distinct else np.nan
