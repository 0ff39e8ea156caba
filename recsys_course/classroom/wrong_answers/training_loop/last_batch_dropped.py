"""It resembles whole batches only: the rows that do not fill the last batch are left out.

Count the rows of all your batches when batch_size does not divide n_rows. What does a slice do that
reaches beyond the end of an array?
"""

FUNCTION = "epoch_batches"


def epoch_batches(n_rows, batch_size, rng):
    order = rng.permutation(n_rows)
    whole = n_rows - n_rows % batch_size
    return [order[start : start + batch_size] for start in range(0, whole, batch_size)]
