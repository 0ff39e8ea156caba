"""It resembles an order that NumPy's global generator or an unseeded one draws: `rng` is not used.

Nobody can repeat such a run. Which argument of the function is the source of chance?
"""

import numpy as np

FUNCTION = "epoch_batches"


def epoch_batches(n_rows, batch_size, rng):
    order = np.random.default_rng().permutation(n_rows)
    return [order[start : start + batch_size] for start in range(0, n_rows, batch_size)]
