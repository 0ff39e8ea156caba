"""It resembles a cut one row too early.

In Python the last element stands at −1. At which place stands the second last, and at which the
one that your function looks up?
"""

import numpy as np

FUNCTION = "temporal_split"


def temporal_split(timestamps, test_fraction):
    n_test = round(test_fraction * len(timestamps))
    return timestamps >= np.sort(timestamps)[-n_test - 1]
