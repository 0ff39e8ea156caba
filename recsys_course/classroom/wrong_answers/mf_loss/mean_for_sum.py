"""It resembles a mean over the observed cells, where the sum is asked for.

Read the equation again: is anything divided by the number of ratings? A learning rate that suits
the mean does not suit the sum.
"""

FUNCTION = "observed_squared_error"


def observed_squared_error(ratings, observed, predictions):
    return ((ratings - predictions)[observed] ** 2).mean()
