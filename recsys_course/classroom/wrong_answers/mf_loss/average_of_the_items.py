"""It resembles an average of the rated items' rows, weighted by the ratings.

Is a user who gives five stars to two similar films twice as long as one of them, or near it?
Predict the ratings back from your vector: what minimises the error is found from a linear
system.
"""

FUNCTION = "als_user_update"


def als_user_update(ratings, observed, item_factors, l2):
    rated = item_factors[observed]
    n_rated = max(1, observed.sum())
    return (ratings[observed][:, None] * rated).sum(axis=0) / n_rated
