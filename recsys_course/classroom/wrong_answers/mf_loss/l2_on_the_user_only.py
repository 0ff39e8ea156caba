"""It resembles an L2 on the user's row alone: the item's row is free to grow.

The loss of one rating adds the squares of two rows. Which of your two steps is missing one?
"""

FUNCTION = "sgd_step"


def sgd_step(user_factors, item_factors, user, item, rating, learning_rate, l2):
    new_users, new_items = user_factors.copy(), item_factors.copy()
    u, v = user_factors[user], item_factors[item]
    error = rating - u @ v
    new_users[user] = u + 2 * learning_rate * (error * v - l2 * u)
    new_items[item] = v + 2 * learning_rate * error * u
    return new_users, new_items
