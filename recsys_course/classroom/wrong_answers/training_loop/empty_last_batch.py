"""It resembles one cut too many: when batch_size divides n_rows, an empty batch comes last.

Print the list for six rows in batches of three. What is the mean loss of no rows?
"""

FUNCTION = "epoch_batches"


def epoch_batches(n_rows, batch_size, rng):
    order = rng.permutation(n_rows)
    n_batches = n_rows // batch_size + 1
    return [order[batch_size * n : batch_size * (n + 1)] for n in range(n_batches)]
