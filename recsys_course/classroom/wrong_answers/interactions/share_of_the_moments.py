"""It resembles a share of the different moments: rows of the same time count once.

Is the fraction one of the rows, or one of the different timestamps?
"""

import numpy as np

FUNCTION = "temporal_split"


def temporal_split(timestamps, test_fraction):
    moments = np.unique(timestamps)
    n_test = max(1, round(test_fraction * len(moments)))
    return timestamps >= moments[-n_test]
