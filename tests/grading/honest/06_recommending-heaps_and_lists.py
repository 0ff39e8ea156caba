# saved by colab
# %%
import heapq
import math
from collections import defaultdict
import numpy as np

# %%
def recommend_top_k(scores, seen, k):
    answer = []
    for row, known in zip(scores, seen):
        heap = [(-s, n) for n, s in enumerate(row) if not known[n]]
        heapq.heapify(heap)
        best = [heapq.heappop(heap)[1] for _ in range(min(k, len(heap)))]
        answer.append(best + [-1] * (min(k, len(row)) - len(best)))
    return answer

# %%
def fold_in_user(item_factors, item_biases, mean, items, ratings, l2):
    baseline = [mean + c for c in item_biases]
    if len(items) == 0:
        return baseline
    V = [item_factors[j] for j in items]
    e = [r - baseline[j] for r, j in zip(ratings, items)]
    d = len(V[0])
    A = [[sum(v[f] * v[g] for v in V) + (l2 if f == g else 0) for g in range(d)] for f in range(d)]
    b = [sum(v[f] * x for v, x in zip(V, e)) for f in range(d)]
    u = np.linalg.solve(A, b)
    return [c + sum(x * y for x, y in zip(u, v)) for c, v in zip(baseline, item_factors)]

# %%
def fallback_for_new_users(user_ids, known_ids, scores, popularity):
    own = dict(zip(known_ids, scores))
    return [list(own.get(u, popularity)) for u in user_ids]

# %%
def run_pipeline(events, make_model, k):
    newest = {}
    for place, (user, item, rating, time) in enumerate(events):
        if rating is None or math.isnan(rating) or rating < 0.5 or rating > 5:
            continue
        if (user, item) not in newest or (time, place) > newest[user, item][:2]:
            newest[user, item] = (time, place, rating)
    of_user = defaultdict(list)
    for (user, item), (time, place, rating) in newest.items():
        heapq.heappush(of_user[user], (time, place, item, rating))
    train, test = [], []
    for user, heap in of_user.items():
        history = [heapq.heappop(heap) for _ in range(len(heap))]
        if len(history) > 1:
            test.append((user, history.pop()[2]))
        train += [(user, item, rating) for _, _, item, rating in history]
    full = [(user, item, rating) for (user, item), (_, _, rating) in newest.items()]

    def lists(rows):
        users, items = sorted({r[0] for r in rows}), sorted({r[1] for r in rows})
        scores = make_model(np.array([users.index(r[0]) for r in rows], dtype=int),
                            np.array([items.index(r[1]) for r in rows], dtype=int),
                            np.array([float(r[2]) for r in rows]), len(users), len(items))
        seen = {r[:2] for r in rows}
        return {u: [items[n] for n in heapq.nlargest(k, (n for n, i in enumerate(items) if (u, i) not in seen), key=lambda n: scores[row][n])]
                for row, u in enumerate(users)}

    offered = lists(train)
    rate = sum(item in offered[user] for user, item in test) / len(test) if test else math.nan
    return rate, lists(full)
