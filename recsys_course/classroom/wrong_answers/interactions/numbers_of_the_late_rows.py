"""It resembles the list of the tested rows' numbers instead of a mask.

A mask has a True or False for each row of the list, so it is as long as the list.
"""

import numpy as np

FUNCTION = "temporal_split"


def temporal_split(timestamps, test_fraction):
    n_test = round(test_fraction * len(timestamps))
    return np.flatnonzero(timestamps >= np.sort(timestamps)[-n_test])
