"""It resembles drawing each row from all rows: some come twice, some never.

Of n draws with replacement about a third of the rows is missed. What is drawn once for the whole
epoch?
"""

FUNCTION = "epoch_batches"


def epoch_batches(n_rows, batch_size, rng):
    order = rng.integers(0, n_rows, n_rows)
    return [order[start : start + batch_size] for start in range(0, n_rows, batch_size)]
