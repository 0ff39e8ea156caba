"""It resembles a cut one row too late.

How many rows are at or after your cut, when no two times are equal?
"""

import numpy as np

FUNCTION = "temporal_split"


def temporal_split(timestamps, test_fraction):
    n_test = round(test_fraction * len(timestamps))
    return timestamps >= np.sort(timestamps)[-max(1, n_test - 1)]
