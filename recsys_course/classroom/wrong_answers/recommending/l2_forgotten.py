"""It resembles least squares without λ: a few ratings are explained exactly, whatever vector it
takes.

With one rating and three factors many vectors explain it. Which one does λ choose, and where does
it stand in the equation?
"""

import numpy as np

FUNCTION = "fold_in_user"


def fold_in_user(item_factors, item_biases, mean, items, ratings, l2):
    baseline = mean + item_biases
    if len(items) == 0:
        return baseline
    rated = item_factors[items]
    user = np.linalg.lstsq(rated, ratings - baseline[items], rcond=None)[0]
    return baseline + item_factors @ user
