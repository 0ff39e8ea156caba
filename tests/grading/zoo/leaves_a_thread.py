import threading
import time


def wait():
    while True:
        time.sleep(0.1)


threading.Thread(target=wait, daemon=False).start()


def predict_ratings(user_factors, item_factors):
    threading.Thread(target=wait, daemon=False).start()
    return user_factors @ item_factors.T
