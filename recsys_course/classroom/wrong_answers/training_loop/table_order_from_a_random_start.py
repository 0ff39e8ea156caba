"""It resembles the order of the table, begun at a random row and wrapped around.

How many different orders can your function return, and how many are there? Neighbours in the table
remain neighbours.
"""

import numpy as np

FUNCTION = "epoch_batches"


def epoch_batches(n_rows, batch_size, rng):
    order = np.roll(np.arange(n_rows), rng.integers(n_rows))
    return [order[start : start + batch_size] for start in range(0, n_rows, batch_size)]
