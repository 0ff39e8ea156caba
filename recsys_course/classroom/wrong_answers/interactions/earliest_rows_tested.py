"""It resembles a cut the wrong way round: the earliest rows are tested.

Would you like to predict the past from the future, or the future from the past?
"""

import numpy as np

FUNCTION = "temporal_split"


def temporal_split(timestamps, test_fraction):
    n_test = round(test_fraction * len(timestamps))
    return timestamps <= np.sort(timestamps)[n_test - 1]
