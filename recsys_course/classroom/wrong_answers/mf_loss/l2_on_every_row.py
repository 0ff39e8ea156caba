"""It resembles an L2 that shrinks all rows at every step, also those the rating does not speak of.

Which rows occur in the loss of this one rating? After an epoch of many steps, how often would
each row have been shrunk?
"""

FUNCTION = "sgd_step"


def sgd_step(user_factors, item_factors, user, item, rating, learning_rate, l2):
    u, v = user_factors[user], item_factors[item]
    error = rating - u @ v
    new_users = user_factors - 2 * learning_rate * l2 * user_factors
    new_items = item_factors - 2 * learning_rate * l2 * item_factors
    new_users[user] += 2 * learning_rate * error * v
    new_items[item] += 2 * learning_rate * error * u
    return new_users, new_items
