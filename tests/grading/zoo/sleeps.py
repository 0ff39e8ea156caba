import time


def predict_ratings(user_factors, item_factors):
    return user_factors @ item_factors.T


def observed_squared_error(ratings, observed, predictions):
    time.sleep(3600)


def als_user_update(ratings, observed, item_factors, l2):
    return 0


time.sleep(3600)
