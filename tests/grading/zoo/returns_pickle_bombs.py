# whoever pickles or copies the answer runs a command
import os


class Bomb:
    def __reduce__(self):
        return os.system, ("touch @CANARY@/bomb",)

    def __deepcopy__(self, memo):
        os.system("touch @CANARY@/bomb")

    __copy__ = lambda self: self.__deepcopy__({})  # noqa: E731


class Rows(list):
    __reduce__ = Bomb.__reduce__


def predict_ratings(user_factors, item_factors):
    return Bomb()


def observed_squared_error(ratings, observed, predictions):
    return Rows([Bomb()])
