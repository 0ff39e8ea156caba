"""It resembles a step of the user alone: the item's row stays where it is.

Whose row does one rating speak of? How many gradients has the loss of one cell?
"""

FUNCTION = "sgd_step"


def sgd_step(user_factors, item_factors, user, item, rating, learning_rate, l2):
    new_users, new_items = user_factors.copy(), item_factors.copy()
    u, v = user_factors[user], item_factors[item]
    error = rating - u @ v
    new_users[user] = u + 2 * learning_rate * (error * v - l2 * u)
    new_items[item] = v
    return new_users, new_items
