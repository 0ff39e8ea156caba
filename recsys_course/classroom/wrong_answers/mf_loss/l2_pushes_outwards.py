"""It resembles an L2 with the wrong sign: the rows are pushed away from 0.

With an error of 0, should L2 make a row longer or shorter? Follow the minus of the descent step
through the bracket.
"""

FUNCTION = "sgd_step"


def sgd_step(user_factors, item_factors, user, item, rating, learning_rate, l2):
    new_users, new_items = user_factors.copy(), item_factors.copy()
    u, v = user_factors[user], item_factors[item]
    error = rating - u @ v
    new_users[user] = u + 2 * learning_rate * (error * v + l2 * u)
    new_items[item] = v + 2 * learning_rate * (error * u + l2 * v)
    return new_users, new_items
