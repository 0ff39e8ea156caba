# errors that cannot be made from a text alone
def predict_ratings(user_factors, item_factors):
    raise ExceptionGroup("LEAK", [ValueError("LEAK"), TypeError("LEAK")])


def observed_squared_error(ratings, observed, predictions):
    raise UnicodeTranslateError("LEAK", 0, 1, "LEAK")


def mf_gradients(ratings, observed, user_factors, item_factors, l2):
    raise type("class", (UnicodeDecodeError,), {})("utf-8", b"LEAK", 0, 1, "LEAK")


def sgd_step(user_factors, item_factors, user, item, rating, learning_rate, l2):
    raise type("", (OSError, KeyError), {})(1, 2, 3, 4, 5)


def als_user_update(ratings, observed, item_factors, l2):
    raise MemoryError("LEAK")
