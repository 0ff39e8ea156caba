"""It resembles a sum that ends one factor too early.

Which is the last value that `range(n)` gives, and what does a slice up to `-1` leave out?
"""

import numpy as np

FUNCTION = "predict_ratings"


def predict_ratings(user_factors, item_factors):
    predictions = np.zeros((len(user_factors), len(item_factors)))
    for factor in range(user_factors.shape[1] - 1):
        predictions += np.outer(user_factors[:, factor], item_factors[:, factor])
    return predictions
