# saved by jupyterlab
# %%
from __future__ import annotations

# %%
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Generic, Iterable, TypeVar
import numpy as np
import numpy.typing as npt

K = TypeVar("K")

# %%
class Fate(Enum):
    STAYS = auto()
    GOES = auto()

@dataclass(order=True, frozen=True)
class Event:
    time: float
    row: int
    user: int = field(compare=False)
    item: int = field(compare=False, default=-1)
    previous: Event | None = field(compare=False, default=None)

# %%
from __future__ import annotations
@dataclass
class Groups(Generic[K]):
    members: dict[K, list[Event]] = field(default_factory=dict)

    def add(self, key: K, event: Event) -> Groups[K]:
        self.members.setdefault(key, []).append(event)
        return self

    def last(self, at_least: int = 1) -> Iterable[Event]:
        return (max(events) for events in self.members.values() if len(events) >= at_least)

# %%
Mask = npt.NDArray[np.bool_]

def drop_duplicate_events(users: np.ndarray, items: np.ndarray, ratings: np.ndarray, timestamps: np.ndarray) -> Mask:
    groups: Groups[tuple[int, int]] = Groups()
    for row, (u, i, t) in enumerate(zip(users.tolist(), items.tolist(), timestamps.tolist())):
        groups.add((u, i), Event(t, row, u, i))
    fates = [Fate.GOES] * len(users)
    for event in groups.last():
        fates[event.row] = Fate.STAYS
    return np.array([fate is Fate.STAYS for fate in fates])

# %%
def leave_last_out(users: np.ndarray, timestamps: np.ndarray) -> Mask:
    groups: Groups[int] = Groups()
    for row, (u, t) in enumerate(zip(users.tolist(), timestamps.tolist())):
        groups.add(u, Event(t, row, u))
    rows = [event.row for event in groups.last(at_least=2)]
    return np.isin(np.arange(len(users)), rows)

# %%
@dataclass
class Core:
    users: np.ndarray
    items: np.ndarray
    k: int

    def __post_init__(self) -> None:
        self.keep: Mask = np.ones(len(self.users), dtype=bool)

    def enough(self, column: np.ndarray) -> Mask:
        counts = (column[:, None] == column[self.keep][None, :]).sum(axis=1)
        return counts >= self.k

    def solve(self) -> Mask:
        before: int = -1
        while before != (now := int(self.keep.sum())):
            before = now
            self.keep &= self.enough(self.users)
            self.keep &= self.enough(self.items)
        return self.keep

def k_core(users: np.ndarray, items: np.ndarray, k: int) -> Mask:
    return Core(users, items, k).solve()

# %%
def center_by_user(train_users: np.ndarray, train_ratings: np.ndarray, test_users: np.ndarray, test_ratings: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    overall: float = float(np.mean(train_ratings))
    def mean_of(user: int) -> float:
        own = train_ratings[train_users == user]
        return float(own.mean()) if own.size else overall
    def centred(us: np.ndarray, rs: np.ndarray) -> np.ndarray:
        return rs - np.array([mean_of(u) for u in us], dtype=float)
    return centred(train_users, train_ratings), centred(test_users, test_ratings)

# %%
def temporal_split(timestamps: np.ndarray, test_fraction: float) -> Mask:
    wanted: int = round(test_fraction * timestamps.size)
    moment = timestamps[np.argsort(timestamps)[-wanted]]
    return np.greater_equal(timestamps, moment)
