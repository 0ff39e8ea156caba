"""It resembles batch_size batches: the size is taken for their number.

How many rows has your first batch, and how many batches are there? `np.array_split` wants the
number of pieces.
"""

import numpy as np

FUNCTION = "epoch_batches"


def epoch_batches(n_rows, batch_size, rng):
    return np.array_split(rng.permutation(n_rows), batch_size)
