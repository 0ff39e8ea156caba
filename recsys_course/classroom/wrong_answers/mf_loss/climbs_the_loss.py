"""It resembles climbing: the errors' part of the step goes towards a larger loss.

The prediction is too low. Should the user's row move towards the item's row or away from it?
"""

FUNCTION = "sgd_step"


def sgd_step(user_factors, item_factors, user, item, rating, learning_rate, l2):
    new_users, new_items = user_factors.copy(), item_factors.copy()
    u, v = user_factors[user], item_factors[item]
    error = rating - u @ v
    new_users[user] = u - 2 * learning_rate * (error * v + l2 * u)
    new_items[item] = v - 2 * learning_rate * (error * u + l2 * v)
    return new_users, new_items
