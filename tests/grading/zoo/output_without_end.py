import sys


def predict_ratings(user_factors, item_factors):
    return user_factors @ item_factors.T


def observed_squared_error(ratings, observed, predictions):
    while True:
        sys.stdout.write("LEAK\n")
