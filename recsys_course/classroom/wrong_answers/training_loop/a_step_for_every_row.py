"""It resembles a step for every row: the batches are taken apart.

What does step ask for, a row or a batch? The gradient of one rating is much noisier than that of a
batch.
"""

FUNCTION = "run_epoch"


def run_epoch(step, batches):
    losses = [step([row]) for batch in batches for row in batch]
    return sum(losses) / len(losses)
