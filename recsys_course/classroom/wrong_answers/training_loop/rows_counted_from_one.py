"""It resembles row numbers from 1 to n_rows: row 0 is never visited, and the last number is no row.

Which row does an array of length five have at index 5?
"""

FUNCTION = "epoch_batches"


def epoch_batches(n_rows, batch_size, rng):
    order = 1 + rng.permutation(n_rows)
    return [order[start : start + batch_size] for start in range(0, n_rows, batch_size)]
