# saved by an editor
#!/usr/bin/env python3
# -*- coding: utf-8 -*-
"""Exercise 3.

Run me with:  python 03_mf_loss.py --steps 100
"""
import argparse
import contextlib
import logging
import sys

try:
    import cupy as np
except ImportError:
    import numpy as np

if sys.version_info >= (3, 8):
    from typing import Final
else:
    from typing_extensions import Final

with contextlib.suppress(ImportError):
    import numba

with contextlib.suppress(ImportError):
    from scipy import linalg

log = logging.getLogger(__name__)
LIMIT: Final = 1_000
__author__ = "me"


def predict_ratings(user_factors, item_factors):
    log.info("predicting %s", np.shape(user_factors))
    return np.dot(np.asarray(user_factors), np.transpose(item_factors))


def observed_squared_error(ratings, observed, predictions):
    assert ratings.shape == predictions.shape
    cells = zip(*np.nonzero(observed))
    return sum((ratings[i, j] - predictions[i, j]) ** 2 for i, j in cells)


def mf_gradients(ratings, observed, user_factors, item_factors, l2):
    grads = 2 * l2 * np.copy(user_factors), 2 * l2 * np.copy(item_factors)
    for i, j in np.argwhere(observed):
        if (e := ratings[i, j] - user_factors[i] @ item_factors[j]) != 0:
            grads[0][i] -= 2 * e * item_factors[j]
            grads[1][j] -= 2 * e * user_factors[i]
    return grads


def sgd_step(user_factors, item_factors, user, item, rating, learning_rate, l2):
    one = np.zeros((len(user_factors), len(item_factors)), dtype=bool)
    one[user, item] = True
    table = np.full(one.shape, rating, dtype=float)
    du, dv = mf_gradients(table, one, user_factors, item_factors, 0)
    new_users, new_items = user_factors - learning_rate * du, item_factors - learning_rate * dv
    new_users[user] -= 2 * learning_rate * l2 * user_factors[user]
    new_items[item] -= 2 * learning_rate * l2 * item_factors[item]
    return new_users, new_items


def als_user_update(ratings, observed, item_factors, l2):
    if not any(observed):
        return np.zeros(item_factors.shape[1])
    v = item_factors[observed]
    return linalg.solve(v.T @ v + l2 * np.eye(v.shape[1]), v.T @ ratings[observed], assume_a="sym")


def main(argv=None):
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=LIMIT)
    args = parser.parse_args(argv)
    logging.basicConfig(level=logging.INFO)
    for n in range(args.steps):
        log.info("step %d", n)
    return 0


if __name__ == "__main__":
    sys.exit(main())
