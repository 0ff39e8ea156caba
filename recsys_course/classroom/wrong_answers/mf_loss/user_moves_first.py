"""It resembles two steps one after the other: the item's step already uses the user's new row.

Both gradients are taken at the same point. Which user row must the item's step see, the one
before or the one after the user has moved?
"""

FUNCTION = "sgd_step"


def sgd_step(user_factors, item_factors, user, item, rating, learning_rate, l2):
    new_users, new_items = user_factors.copy(), item_factors.copy()
    u, v = user_factors[user], item_factors[item]
    error = rating - u @ v
    new_users[user] = u + 2 * learning_rate * (error * v - l2 * u)
    new_items[item] = v + 2 * learning_rate * (error * new_users[user] - l2 * v)
    return new_users, new_items
