"""It resembles an order from a generator of its own, made anew with a fixed seed in every call.

Call it for two epochs and compare. Which generator should the order be drawn from, and who made it?
"""

import numpy as np

FUNCTION = "epoch_batches"


def epoch_batches(n_rows, batch_size, rng):
    order = np.random.default_rng(0).permutation(n_rows)
    return [order[start : start + batch_size] for start in range(0, n_rows, batch_size)]
