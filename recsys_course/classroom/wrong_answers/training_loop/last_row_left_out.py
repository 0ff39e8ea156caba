"""It resembles an order of all rows but the last: the range ends one too early.

Which number is the last of `range(n)`, and which is the last row?
"""

FUNCTION = "epoch_batches"


def epoch_batches(n_rows, batch_size, rng):
    order = rng.permutation(n_rows - 1)
    return [order[start : start + batch_size] for start in range(0, n_rows - 1, batch_size)]
