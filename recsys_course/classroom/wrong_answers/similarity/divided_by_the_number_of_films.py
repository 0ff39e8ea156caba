"""It resembles a division by the number of films, where the sum of the weights is asked for.

One single similar film of similarity 0.2 got 5 stars. What should be predicted, and what do you
predict?
"""

import numpy as np

FUNCTION = "predict_item_based"


def predict_item_based(ratings, observed, similarities, user, item):
    if not observed[user].any():
        return ratings[observed].mean()
    rated = np.flatnonzero(observed[user])
    others = rated[rated != item]
    weights = np.maximum(similarities[item, others], 0.0)
    if weights.sum() == 0:
        return ratings[user, rated].mean()
    return weights @ ratings[user, others] / np.count_nonzero(weights)
