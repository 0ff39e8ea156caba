"""It resembles a new draw for each batch: no row comes twice in a batch, but it may come in
several.

When the second batch is drawn, does it know which rows the first one has taken?
"""

FUNCTION = "epoch_batches"


def epoch_batches(n_rows, batch_size, rng):
    sizes = [batch_size] * (n_rows // batch_size)
    if n_rows % batch_size:
        sizes.append(n_rows % batch_size)
    return [rng.choice(n_rows, size, replace=False) for size in sizes]
