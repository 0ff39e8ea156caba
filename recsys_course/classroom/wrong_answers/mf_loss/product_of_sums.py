"""It resembles a product of two sums: every user component meets every item component.

Take the rows (1, 0) and (0, 1). They share no factor, so what should be predicted? In the
equation, how many sums are there, and do both rows use the same index?
"""

FUNCTION = "predict_ratings"


def predict_ratings(user_factors, item_factors):
    return user_factors.sum(axis=1)[:, None] * item_factors.sum(axis=1)[None, :]
