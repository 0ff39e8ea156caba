"""It resembles a last batch that is filled up with rows that the epoch has visited already.

These rows count twice in this epoch, and again others in the next. Does anything ask for full
batches?
"""

import numpy as np

FUNCTION = "epoch_batches"


def epoch_batches(n_rows, batch_size, rng):
    order = rng.permutation(n_rows)
    missing = -n_rows % batch_size
    order = np.concatenate([order, np.resize(order, missing)])
    return [order[start : start + batch_size] for start in range(0, len(order), batch_size)]
