"""It resembles a mean of running RMSEs: the error so far is noted after each rating, and the notes
are averaged.

How often does the first rating enter your result, and how often the last? Put the ratings in
another order and look.
"""

import numpy as np

FUNCTION = "rmse"


def rmse(ratings, predictions):
    total, so_far = 0.0, []
    for n, (rating, prediction) in enumerate(zip(ratings, predictions, strict=True), start=1):
        total += (rating - prediction) ** 2
        so_far.append((total / n) ** 0.5)
    return np.mean(so_far)
