import sys

calls = []


def predict_ratings(user_factors, item_factors):
    return user_factors @ item_factors.T


def observed_squared_error(ratings, observed, predictions):
    calls.append(1)
    if len(calls) == 1:
        attack()
    return ((ratings - predictions)[observed] ** 2).sum()


def attack():
    line = "LEAK " * 200_000
    for _ in range(25):  # 50 MB
        sys.stdout.write(line)
        sys.stderr.write(line)
