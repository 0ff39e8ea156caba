"""It resembles batches of neighbours: they are cut from the table first, and then put in a random
order.

Can the first and the last row of the table ever meet in a batch? What has to be shuffled, and when
is it cut?
"""

import numpy as np

FUNCTION = "epoch_batches"


def epoch_batches(n_rows, batch_size, rng):
    rows = np.arange(n_rows)
    batches = [rows[start : start + batch_size] for start in range(0, n_rows, batch_size)]
    return [batches[k] for k in rng.permutation(len(batches))]
