"""It resembles writing into the caller's tables: the old factors are lost.

After the call, print the factors that you passed in. What does `new = old` do for an array, and
what makes a second one?
"""

FUNCTION = "sgd_step"


def sgd_step(user_factors, item_factors, user, item, rating, learning_rate, l2):
    u, v = user_factors[user].copy(), item_factors[item].copy()
    error = rating - u @ v
    user_factors[user] = u + 2 * learning_rate * (error * v - l2 * u)
    item_factors[item] = v + 2 * learning_rate * (error * u - l2 * v)
    return user_factors, item_factors
