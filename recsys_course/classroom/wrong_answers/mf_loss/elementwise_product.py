"""It resembles an elementwise product: components are multiplied in place, and nothing is summed.

What is the difference between `*` and `@` for two arrays? A prediction is one number for each
pair of a user and an item.
"""

FUNCTION = "predict_ratings"


def predict_ratings(user_factors, item_factors):
    return user_factors * item_factors
