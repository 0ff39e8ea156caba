"""It resembles taking the fraction for that of the training part.

With a fraction of 0.2, are there more test rows or more training rows?
"""

import numpy as np

FUNCTION = "temporal_split"


def temporal_split(timestamps, test_fraction):
    n_test = len(timestamps) - round(test_fraction * len(timestamps))
    return timestamps >= np.sort(timestamps)[-n_test]
