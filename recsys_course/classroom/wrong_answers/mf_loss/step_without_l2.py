"""It resembles a step without L2: a rating that is predicted exactly moves nothing.

Which terms of this rating's loss contain the user's row? Does your step depend on `l2`?
"""

FUNCTION = "sgd_step"


def sgd_step(user_factors, item_factors, user, item, rating, learning_rate, l2):
    new_users, new_items = user_factors.copy(), item_factors.copy()
    u, v = user_factors[user], item_factors[item]
    error = rating - u @ v
    new_users[user] = u + 2 * learning_rate * error * v
    new_items[item] = v + 2 * learning_rate * error * u
    return new_users, new_items
