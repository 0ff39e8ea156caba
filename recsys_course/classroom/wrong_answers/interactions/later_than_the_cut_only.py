"""It resembles "later than" instead of "at or after": the rows of the cut itself train.

To which part does the moment belong at which the test part begins?
"""

import numpy as np

FUNCTION = "temporal_split"


def temporal_split(timestamps, test_fraction):
    n_test = round(test_fraction * len(timestamps))
    return timestamps > np.sort(timestamps)[-n_test]
