"""It resembles an epoch that runs through its batches from the last to the first.

Two programs with the same seed agree only if they go through the list in the same order.
"""

FUNCTION = "run_epoch"


def run_epoch(step, batches):
    total, n_rows = 0.0, 0
    for batch in reversed(batches):
        total += step(batch) * len(batch)
        n_rows += len(batch)
    return total / n_rows
