"""It resembles the gradient of a full table: empty cells pull the predictions towards 0.

Which cells have an error at all? Compare the number of terms in one user's sum with the number
of films that the user has rated.
"""

FUNCTION = "mf_gradients"


def mf_gradients(ratings, observed, user_factors, item_factors, l2):
    errors = ratings - user_factors @ item_factors.T
    user_gradient = -2 * errors @ item_factors + 2 * l2 * user_factors
    item_gradient = -2 * errors.T @ user_factors + 2 * l2 * item_factors
    return user_gradient, item_gradient
