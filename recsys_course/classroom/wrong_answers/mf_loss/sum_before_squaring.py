"""It resembles the square of a summed error: errors of opposite sign cancel.

Take one error of +1 and one of -1. What should their loss be, and what is yours?
"""

FUNCTION = "observed_squared_error"


def observed_squared_error(ratings, observed, predictions):
    return (ratings - predictions)[observed].sum() ** 2
