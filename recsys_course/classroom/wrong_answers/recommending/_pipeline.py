"""The right steps of the program; a wrong answer goes wrong at one of them and borrows the rest."""

import numpy as np


def cleaned(events):
    """The valid events, the latest of each user and item, in the order of the list."""
    latest = {}
    for event in events:
        user, item, rating, timestamp = event
        valid = rating is not None and 0.5 <= rating <= 5
        if valid and timestamp >= latest.get((user, item), event)[3]:
            latest.pop((user, item), None)
            latest[user, item] = event
    return list(latest.values())


def histories(events):
    """The events of each user, oldest first."""
    by_user = {}
    for event in sorted(events, key=lambda event: event[3]):
        by_user.setdefault(event[0], []).append(event)
    return list(by_user.values())


def split(events):
    """The training events, and each user's last one where there are two or more."""
    training, held_out = [], []
    for history in histories(events):
        training += history[:-1] or history
        held_out += history[1:][-1:]
    return training, held_out


def ids_of(events):
    """The ids of users and of items, sorted."""
    return sorted({event[0] for event in events}), sorted({event[1] for event in events})


def scored(events, user_ids, item_ids, make_model):
    """The scores of a model that is fitted to some events."""
    users = np.array([user_ids.index(event[0]) for event in events], dtype=int)
    items = np.array([item_ids.index(event[1]) for event in events], dtype=int)
    ratings = np.array([event[2] for event in events], dtype=float)
    return make_model(users, items, ratings, len(user_ids), len(item_ids))


def listed(scores, seen_events, user_ids, item_ids, k):
    """The k best ids of each user, without those of some events."""
    seen = {event[:2] for event in seen_events}
    lists = {}
    for row, user in enumerate(user_ids):
        ranked = [item_ids[item] for item in np.argsort(-scores[row])]
        lists[user] = [item for item in ranked if (user, item) not in seen][:k]
    return lists


def lists_of(events, make_model, k):
    """Fit a model to some events and list what is new to each of their users."""
    ids = ids_of(events)
    return listed(scored(events, *ids, make_model), events, *ids, k)


def hit_rate_of(held_out, lists):
    """The share of held-out events whose item is on its user's list."""
    found = [event[1] in lists.get(event[0], []) for event in held_out]
    return sum(found) / len(found) if found else float("nan")


def evaluated(events, make_model, k):
    """The hit rate on clean events."""
    training, held_out = split(events)
    return hit_rate_of(held_out, lists_of(training, make_model, k))
