# saved by vscode
# %%
from __future__ import annotations
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, ParamSpec, Protocol, TypeVar, overload
import numpy as np

# %%
P = ParamSpec("P")
T = TypeVar("T", bound="SupportsMean")

class SupportsMean(Protocol):
    def mean(self: T) -> T: ...

class Pair(NamedTuple):
    precision: float
    recall: float

# %%
def nan_if_empty(function: Callable[P, float]) -> Callable[P, float]:
    def inner(*args: P.args, **kwargs: P.kwargs) -> float:
        if len(args[1]) == 0:  # type: ignore
            return float("nan")
        return function(*args, **kwargs)
    return inner

def hits(ranked: Sequence[int], relevant: set[int], k: int, *, once: bool) -> Iterator[tuple[int, bool]]:
    """Yield (place, hit)."""
    said: set[int] = set()
    for place, item in enumerate(ranked[:k], start=1):
        yield place, item in relevant and not (once and item in said)
        said.add(item)

# %%
from __future__ import annotations

def rmse(ratings: np.ndarray, predictions: np.ndarray) -> np.floating:
    return np.sqrt(np.var(ratings - predictions) + np.mean(ratings - predictions) ** 2)

# %%
def precision_recall_at_k(scores: np.ndarray, seen: np.ndarray, relevant: Sequence[int], k: int) -> Pair:
    wanted: set[int] = set(np.asarray(relevant).tolist())
    if not wanted:
        return Pair(float("nan"), float("nan"))
    free = [n for n, known in enumerate(seen) if not known]
    def chance(item: int) -> float:
        above = sum(scores[other] > scores[item] for other in free)
        equal = sum(scores[other] == scores[item] for other in free)
        return min(max(k - above, 0) / equal, 1.0)
    total = sum(chance(item) for item in wanted)
    return Pair(precision=total / k, recall=total / len(wanted))

# %%
@nan_if_empty
def ndcg_at_k(ranked: Sequence[int], relevant: Sequence[int], k: int) -> float:
    wanted = set(np.asarray(relevant).tolist())
    ideal = list(wanted)
    gain = lambda order: sum(hit / np.log2(place + 1) for place, hit in hits(order, wanted, k, once=False))
    return gain(np.asarray(ranked).tolist()) / gain(ideal)

# %%
@nan_if_empty
def average_precision_at_k(ranked: Sequence[int], relevant: Sequence[int], k: int) -> float:
    wanted, n, total = set(np.asarray(relevant).tolist()), 0, 0.0
    for place, hit in hits(np.asarray(ranked).tolist(), wanted, k, once=True):
        n += hit
        total += hit * n / place
    return total / min(k, len(wanted))

# %%
def bootstrap_interval(values: np.ndarray, users: np.ndarray, n_resamples: int, rng: np.random.Generator) -> tuple[float, float]:
    means: np.ndarray = np.array([values[users == u].mean() for u in np.unique(users)])
    def resamples() -> Iterator[float]:
        for _ in range(n_resamples):
            yield means[rng.integers(0, means.size, means.size)].mean()
    low, high = np.quantile(np.fromiter(resamples(), float), (0.025, 0.975))
    return low, high
