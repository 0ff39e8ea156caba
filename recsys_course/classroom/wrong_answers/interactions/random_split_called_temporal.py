"""It resembles a random split: chance decides which rows are tested.

Then the model learns from rows that are later than those it is asked about. Is every training row
earlier than every test row?
"""

import numpy as np

FUNCTION = "temporal_split"


def temporal_split(timestamps, test_fraction):
    n_test = round(test_fraction * len(timestamps))
    tested = np.zeros(len(timestamps), dtype=bool)
    tested[np.random.default_rng(0).permutation(len(timestamps))[:n_test]] = True
    return tested
