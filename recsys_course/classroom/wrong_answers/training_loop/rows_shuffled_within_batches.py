"""It resembles a shuffle inside each batch: its rows change places, but the same rows stay
together.

A batch is summed up in one mean. Does the order of the rows inside it matter at all?
"""

import numpy as np

FUNCTION = "epoch_batches"


def epoch_batches(n_rows, batch_size, rng):
    rows = np.arange(n_rows)
    return [
        rng.permutation(rows[start : start + batch_size]) for start in range(0, n_rows, batch_size)
    ]
