"""It resembles testing the rows at the end of the list, whatever their time.

Are the rows sorted by time? Where in your function are the timestamps used?
"""

import numpy as np

FUNCTION = "temporal_split"


def temporal_split(timestamps, test_fraction):
    n_test = round(test_fraction * len(timestamps))
    return np.arange(len(timestamps)) >= len(timestamps) - n_test
