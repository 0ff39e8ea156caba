"""It resembles batches of nearly equal size: the rows are dealt out, and several batches are short.

All batches but the last have exactly batch_size rows. Where do the cuts lie?
"""

import numpy as np

FUNCTION = "epoch_batches"


def epoch_batches(n_rows, batch_size, rng):
    n_batches = -(-n_rows // batch_size)
    return np.array_split(rng.permutation(n_rows), n_batches)
