"""It resembles returning the two new rows, where both whole tables are asked for.

The next step will need the other users as well. What are the shapes of the two results?
"""

FUNCTION = "sgd_step"


def sgd_step(user_factors, item_factors, user, item, rating, learning_rate, l2):
    u, v = user_factors[user], item_factors[item]
    error = rating - u @ v
    return u + 2 * learning_rate * (error * v - l2 * u), v + 2 * learning_rate * (
        error * u - l2 * v
    )
