"""It resembles emptying the caller's table: the loss is right, but an input is changed.

Print the predictions before and after the call. Which line writes into them, and how could the
empty cells be left out without it?
"""

FUNCTION = "observed_squared_error"


def observed_squared_error(ratings, observed, predictions):
    predictions[~observed] = ratings[~observed]
    return ((ratings - predictions) ** 2).sum()
