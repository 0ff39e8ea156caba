"""It resembles a cosine similarity: the rows are divided by their lengths first.

How large can a cosine be, and how large is the best rating? The length of a user's row carries
information here.
"""

import numpy as np

FUNCTION = "predict_ratings"


def predict_ratings(user_factors, item_factors):
    user_lengths = np.linalg.norm(user_factors, axis=1, keepdims=True)
    item_lengths = np.linalg.norm(item_factors, axis=1, keepdims=True)
    return (user_factors / user_lengths) @ (item_factors / item_lengths).T
