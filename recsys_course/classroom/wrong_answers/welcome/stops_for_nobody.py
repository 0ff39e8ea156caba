"""It resembles a mean that stops with an error for somebody who rated nothing.

What is the divisor for a row of gaps only? Look at that case before you divide.
"""

FUNCTION = "mean_rating"


def mean_rating(ratings):
    rated = [float(stars) for stars in ratings if stars > 0]
    return sum(rated) / len(rated)
