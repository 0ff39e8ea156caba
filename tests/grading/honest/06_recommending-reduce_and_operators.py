# saved by the classic notebook
# %%
from functools import partial, reduce
from itertools import chain, compress, islice
from operator import attrgetter, itemgetter, methodcaller, not_
import numpy as np

# %%
pipe = lambda x, *functions: reduce(lambda value, f: f(value), functions, x)
USER, ITEM, RATING, TIME = map(itemgetter, range(4))

# %%
def pad(row, width):
    return list(islice(chain(row, iter(lambda: -1, 0)), width))

def recommend_top_k(scores, seen, k):
    n_items = len(scores[0])
    def one(row, known):
        return pipe(range(n_items), lambda items: compress(items, map(not_, known)), lambda items: sorted(items, key=lambda i: -row[i]), lambda items: pad(items[:k], min(k, n_items)))
    return np.array(list(map(one, scores, seen)))

# %%
def fold_in_user(item_factors, item_biases, mean, items, ratings, l2):
    base = np.add(mean, item_biases)
    V = np.take(item_factors, np.asarray(items, dtype=int), axis=0)
    if not V.size:
        return base
    gram = reduce(np.add, (np.outer(v, v) for v in V)) + l2 * np.eye(V.shape[1])
    return pipe(ratings - base[items], V.T.dot, partial(np.linalg.solve, gram), item_factors.dot, base.__add__)

# %%
def fallback_for_new_users(user_ids, known_ids, scores, popularity):
    find = dict(zip(known_ids, map(tuple, scores))).get
    return [find(user, tuple(popularity)) for user in user_ids]

# %%
def latest(chosen, event):
    key = event[:2]
    if key in chosen and TIME(chosen[key]) > TIME(event):
        return chosen
    return {**{k: v for k, v in chosen.items() if k != key}, key: event}

def run_pipeline(events, make_model, k):
    possible = lambda e: RATING(e) is not None and 0.5 <= RATING(e) <= 5
    clean = pipe(events, partial(filter, possible), lambda es: reduce(latest, es, {}), dict.values, partial(sorted, key=TIME))
    last = {USER(e): e for e in clean}
    count = reduce(lambda c, e: {**c, USER(e): c.get(USER(e), 0) + 1}, clean, {})
    held_out = [e for u, e in last.items() if count[u] > 1]

    def lists(es):
        users, items = sorted(set(map(USER, es))), sorted(set(map(ITEM, es)))
        columns = [users.index(USER(e)) for e in es], [items.index(ITEM(e)) for e in es], [float(RATING(e)) for e in es]
        scores = make_model(*map(np.array, columns), len(users), len(items))
        mine = lambda u: {items.index(ITEM(e)) for e in es if USER(e) == u}
        order = lambda row: sorted(range(len(items)), key=lambda i: -scores[row][i])
        return {u: [items[i] for i in order(row) if i not in mine(u)][:k] for row, u in enumerate(users)}

    offered = lists([e for e in clean if e not in held_out])
    hits = [ITEM(e) in offered[USER(e)] for e in held_out]
    return np.divide(sum(hits), len(hits)) if hits else float("nan"), lists(clean)
