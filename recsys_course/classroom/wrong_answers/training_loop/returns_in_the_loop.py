"""It resembles a `return` inside the loop: the epoch ends after its first batch.

How often is step called? Look at how far the return is indented.
"""

FUNCTION = "run_epoch"


def run_epoch(step, batches):
    total, n_rows = 0.0, 0
    for batch in batches:
        total += step(batch) * len(batch)
        n_rows += len(batch)
        return total / n_rows
    return 0.0
