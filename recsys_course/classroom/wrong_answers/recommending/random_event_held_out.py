"""It resembles a random event of each user held out: part of what trains the model lies in its
future.

With a random event the model may learn from what the user did after it. What does the exercise hold
out?
"""

import numpy as np

from recsys_course.classroom.wrong_answers.recommending._pipeline import (
    cleaned,
    histories,
    hit_rate_of,
    lists_of,
)

FUNCTION = "run_pipeline"


def run_pipeline(events, make_model, k):
    clean = cleaned(events)
    rng = np.random.default_rng(0)
    training, held_out = [], []
    for history in histories(clean):
        chosen = int(rng.integers(len(history))) if len(history) > 1 else -1
        training += [event for n, event in enumerate(history) if n != chosen]
        held_out += [event for n, event in enumerate(history) if n == chosen]
    lists = lists_of(training, make_model, k)
    return hit_rate_of(held_out, lists), lists_of(clean, make_model, k)
