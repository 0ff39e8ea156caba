# decorators and default values belong to a definition, and run in both modes of loading
import ctypes


def predict_ratings(user_factors, item_factors):
    return user_factors @ item_factors.T


@ctypes.CFUNCTYPE(ctypes.py_object, ctypes.py_object)
def crash(function):
    return function


@(lambda _function: ctypes.string_at(0))
def observed_squared_error(ratings, observed, predictions):
    return 0.0
