"""It resembles the sum over all rows: the last division is missing.

You have weighed every batch by its rows. What turns the sum of all rows' losses into their mean?
"""

FUNCTION = "run_epoch"


def run_epoch(step, batches):
    return sum(step(batch) * len(batch) for batch in batches)
