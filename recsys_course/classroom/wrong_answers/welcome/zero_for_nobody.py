"""It resembles a mean that is 0 for somebody who rated nothing.

All else may be right. But 0 stars is less than the lowest rating: what would a reader of your
number think of this person?
"""

FUNCTION = "mean_rating"


def mean_rating(ratings):
    rated = ratings[ratings > 0]
    return rated.mean() if len(rated) else 0.0
