"""It resembles a mask taken from the ratings: cells count where the rating is not 0.

Which argument says what was observed? On a scale that begins at 0, what happens to the worst
rating?
"""

FUNCTION = "observed_squared_error"


def observed_squared_error(ratings, observed, predictions):
    rated = ratings != 0
    return ((ratings - predictions)[rated] ** 2).sum()
