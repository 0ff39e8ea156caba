"""It resembles a running average of two: each new loss counts half, the first almost nothing.

Write down how much each of four batches weighs in your result.
"""

FUNCTION = "run_epoch"


def run_epoch(step, batches):
    mean = step(batches[0])
    for batch in batches[1:]:
        mean = (mean + step(batch)) / 2
    return mean
