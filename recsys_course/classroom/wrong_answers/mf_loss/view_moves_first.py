"""It resembles moving rows through a view: the caller's tables change, and the item sees it.

What does `u = user_factors[user]` copy, and what does `u +=` write into? Two things go wrong
here: the inputs are lost, and the item's step uses a user row that has already moved.
"""

FUNCTION = "sgd_step"


def sgd_step(user_factors, item_factors, user, item, rating, learning_rate, l2):
    u, v = user_factors[user], item_factors[item]
    error = rating - u @ v
    u += 2 * learning_rate * (error * v - l2 * u)
    v += 2 * learning_rate * (error * u - l2 * v)
    return user_factors, item_factors
