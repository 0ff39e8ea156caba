"""It resembles a sum over rows that is divided by the number of batches.

What did you count in the sum, rows or batches? The divisor must count the same.
"""

FUNCTION = "run_epoch"


def run_epoch(step, batches):
    return sum(step(batch) * len(batch) for batch in batches) / len(batches)
