"""It resembles counting empty cells as ratings of 0: every cell of the table enters the sum.

What does a 0 in `ratings` mean where `observed` is false? Did the user dislike the film, or
never see it?
"""

FUNCTION = "observed_squared_error"


def observed_squared_error(ratings, observed, predictions):
    return ((ratings - predictions) ** 2).sum()
