"""It resembles a share of the time that has passed instead of a share of the rows.

If most of the rows are old, how many are tested? What is the fraction a fraction of?
"""

FUNCTION = "temporal_split"


def temporal_split(timestamps, test_fraction):
    first, last = timestamps.min(), timestamps.max()
    return timestamps >= last - test_fraction * (last - first)
