"""It resembles the mask turned round: true where a row trains.

Read the docstring again: what does a True say about its row?
"""

import numpy as np

FUNCTION = "temporal_split"


def temporal_split(timestamps, test_fraction):
    n_test = round(test_fraction * len(timestamps))
    return timestamps < np.sort(timestamps)[-n_test]
