"""It resembles a sum of the batch means: the result grows with the number of batches.

Cut the same rows into twice as many batches. Should the loss of the epoch double?
"""

FUNCTION = "run_epoch"


def run_epoch(step, batches):
    return sum(step(batch) for batch in batches)
