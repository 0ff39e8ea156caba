"""It resembles half the loss: a factor 1/2 stands in front of the sum.

Many books write the 1/2 so that the 2 of the derivative disappears. Does the equation of this
exercise have it?
"""

FUNCTION = "observed_squared_error"


def observed_squared_error(ratings, observed, predictions):
    return 0.5 * ((ratings - predictions)[observed] ** 2).sum()
