"""It resembles two calls of step for each batch, one to train and one for the loss.

Every call of step trains. How do you use its result twice without calling it twice?
"""

FUNCTION = "run_epoch"


def run_epoch(step, batches):
    total, n_rows = 0.0, 0
    for batch in batches:
        step(batch)
        total += step(batch) * len(batch)
        n_rows += len(batch)
    return total / n_rows
