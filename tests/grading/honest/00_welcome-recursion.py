# saved by an editor
"""Exercise 00, done with recursion because we had it in the other course this week."""

import math


def _walk(row, position=0):
    """Return (sum, count) of everything from position on."""
    if position == len(row):
        return 0.0, 0
    total, count = _walk(row, position + 1)
    value = float(row[position])
    if math.isnan(value) or value == 0.0:
        return total, count
    return total + value, count + 1


def mean_rating(ratings):
    total, count = _walk(ratings)
    try:
        return total / count
    except ZeroDivisionError:
        return float("nan")


if __name__ == "__main__":
    print(mean_rating([5, 3, 0, 1, float("nan")]))
