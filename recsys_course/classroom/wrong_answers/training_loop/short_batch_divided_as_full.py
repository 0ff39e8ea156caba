"""It resembles a division by full batches: the rows are counted as batches times the first size.

How many rows are there in all? Do not guess it from the first batch.
"""

FUNCTION = "run_epoch"


def run_epoch(step, batches):
    total = sum(step(batch) * len(batch) for batch in batches)
    return total / (len(batches) * len(batches[0]))
