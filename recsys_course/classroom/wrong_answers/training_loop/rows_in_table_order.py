"""It resembles batches in the order of the table: nothing is shuffled.

Ratings are often sorted by user or by time. What does the model see in the first batch of every
epoch, and what has it seen last when the epoch ends?
"""

import numpy as np

FUNCTION = "epoch_batches"


def epoch_batches(n_rows, batch_size, rng):
    order = np.arange(n_rows)
    return [order[start : start + batch_size] for start in range(0, n_rows, batch_size)]
