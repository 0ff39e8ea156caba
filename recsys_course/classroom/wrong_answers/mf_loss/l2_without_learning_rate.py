"""It resembles an L2 that is not multiplied by the learning rate: it acts in full at every step.

With a learning rate of 0, where do the rows go? Look at what the bracket of your step encloses.
"""

FUNCTION = "sgd_step"


def sgd_step(user_factors, item_factors, user, item, rating, learning_rate, l2):
    new_users, new_items = user_factors.copy(), item_factors.copy()
    u, v = user_factors[user], item_factors[item]
    error = rating - u @ v
    new_users[user] = u + 2 * learning_rate * error * v - 2 * l2 * u
    new_items[item] = v + 2 * learning_rate * error * u - 2 * l2 * v
    return new_users, new_items
