"""It resembles a mean of the batch means: a short last batch weighs as much as a full one.

Batches of 2, 2 and 1 rows have the losses 1, 1 and 9. Add up what all rows lost, then divide by the
number of rows.
"""

FUNCTION = "run_epoch"


def run_epoch(step, batches):
    losses = [step(batch) for batch in batches]
    return sum(losses) / len(losses)
