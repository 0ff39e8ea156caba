# saved by vscode
# %%
import enum
import math
from dataclasses import dataclass, replace, astuple
from typing import Any, Hashable, NamedTuple
import numpy as np

# %%
class Why(enum.StrEnum):
    MISSING = "no rating"
    IMPOSSIBLE = "outside the scale"
    REPLACED = "rated again"

class Key(NamedTuple):
    user: Hashable
    item: Hashable

@dataclass(frozen=True, slots=True)
class Event:
    user: Any
    item: Any
    rating: float | None
    time: float
    place: int = 0

    @property
    def key(self):
        return Key(self.user, self.item)

    @property
    def when(self):
        return self.time, self.place

    def fault(self):
        if self.rating is None or math.isnan(self.rating):
            return Why.MISSING
        return None if 0.5 <= self.rating <= 5 else Why.IMPOSSIBLE

# %%
@dataclass
class Numbering:
    users: list
    items: list

    @classmethod
    def of(cls, events):
        return cls(sorted({e.user for e in events}), sorted({e.item for e in events}))

    def __post_init__(self):
        self.row = {user: n for n, user in enumerate(self.users)}
        self.column = {item: n for n, item in enumerate(self.items)}

# %%
def recommend_top_k(scores, seen, k):
    n_users, n_items = np.shape(scores)
    k = min(k, n_items)
    lists = -np.ones((n_users, k), dtype=np.int64)
    for u in range(n_users):
        new = np.flatnonzero(np.logical_not(seen[u]))
        best = sorted(new, key=lambda i: (-scores[u][i], i))[:k]
        lists[u, : len(best)] = best
    return lists

# %%
def clean(events):
    latest, dropped = {}, []
    for event in events:
        if why := event.fault():
            dropped.append((event, why))
        elif event.key not in latest or event.when > latest[event.key].when:
            if event.key in latest:
                dropped.append((latest[event.key], Why.REPLACED))
            latest[event.key] = event
    print(len(dropped), "events dropped")
    return sorted(latest.values(), key=lambda e: e.when)

def lists_for_all(events, make_model, k):
    numbers = Numbering.of(events)
    users = np.array([numbers.row[e.user] for e in events], dtype=np.int64)
    items = np.array([numbers.column[e.item] for e in events], dtype=np.int64)
    stars = np.array([e.rating for e in events], dtype=np.float64)
    scores = make_model(users, items, stars, len(numbers.users), len(numbers.items))
    seen = np.zeros((len(numbers.users), len(numbers.items)), dtype=bool)
    seen[users, items] = True
    return {user: [numbers.items[i] for i in row if i != -1] for user, row in zip(numbers.users, recommend_top_k(scores, seen, k))}

def run_pipeline(events, make_model, k):
    events = clean([replace(Event(*event), place=n) for n, event in enumerate(events)])
    last = {e.user: e for e in events}
    held_out = [e for e in last.values() if sum(other.user == e.user for other in events) > 1]
    lists = lists_for_all([e for e in events if e not in held_out], make_model, k)
    hits = [e.item in lists[e.user] for e in held_out]
    rate = sum(hits) / len(hits) if hits else math.nan
    return rate, lists_for_all(events, make_model, k)

# %%
@dataclass
class Newcomer:
    factors: np.ndarray
    base: np.ndarray

    def solve(self, items, residuals, l2):
        V = self.factors[items]
        return np.linalg.solve(V.T @ V + np.diag([l2] * V.shape[1]), V.T @ residuals)

def fold_in_user(item_factors, item_biases, mean, items, ratings, l2):
    someone = Newcomer(item_factors, mean + item_biases)
    taste = someone.solve(items, ratings - someone.base[items], l2) if len(items) else np.zeros(item_factors.shape[1])
    return someone.base + item_factors @ taste

# %%
def fallback_for_new_users(user_ids, known_ids, scores, popularity):
    @dataclass(frozen=True)
    class Id:
        value: Hashable
        kind: type
    rows = {Id(known, type(known)): row for known, row in zip(known_ids, scores)}
    return np.reshape([rows.get(Id(user, type(user)), popularity) for user in user_ids], (-1, len(popularity)))
