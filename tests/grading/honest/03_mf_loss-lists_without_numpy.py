# saved by the classic notebook
# %%
# no numpy on the train wifi, so plain Python

# %%
def dot(a, b):
    return sum(x * y for x, y in zip(a, b))

def predict_ratings(user_factors, item_factors):
    return [[dot(u, v) for v in item_factors] for u in user_factors]

# %%
def observed_squared_error(ratings, observed, predictions):
    loss = 0
    for r_row, o_row, p_row in zip(ratings, observed, predictions):
        for r, o, p in zip(r_row, o_row, p_row):
            if o:
                loss += (r - p) ** 2
    return loss

# %%
def mf_gradients(ratings, observed, user_factors, item_factors, l2):
    n_f = len(user_factors[0])
    dU = [[2 * l2 * x for x in u] for u in user_factors]
    dV = [[2 * l2 * x for x in v] for v in item_factors]
    for i, u in enumerate(user_factors):
        for j, v in enumerate(item_factors):
            if observed[i][j]:
                e = ratings[i][j] - dot(u, v)
                for f in range(n_f):
                    dU[i][f] -= 2 * e * v[f]
                    dV[j][f] -= 2 * e * u[f]
    return dU, dV

# %%
def sgd_step(user_factors, item_factors, user, item, rating, learning_rate, l2):
    U = [list(row) for row in user_factors]
    V = [list(row) for row in item_factors]
    u, v = list(U[user]), list(V[item])
    e = rating - dot(u, v)
    U[user] = [x + 2 * learning_rate * (e * y - l2 * x) for x, y in zip(u, v)]
    V[item] = [y + 2 * learning_rate * (e * x - l2 * y) for x, y in zip(u, v)]
    return U, V

# %%
def solve(A, b):
    """Gauss with pivoting, from school."""
    n = len(b)
    M = [list(row) + [x] for row, x in zip(A, b)]
    for c in range(n):
        p = max(range(c, n), key=lambda r: abs(M[r][c]))
        M[c], M[p] = M[p], M[c]
        for r in range(n):
            if r != c:
                q = M[r][c] / M[c][c]
                M[r] = [x - q * y for x, y in zip(M[r], M[c])]
    return [M[r][n] / M[r][r] for r in range(n)]

def als_user_update(ratings, observed, item_factors, l2):
    n_f = len(item_factors[0])
    mine = [j for j, o in enumerate(observed) if o]
    if not mine:
        return [0.0] * n_f
    A = [[sum(item_factors[j][f] * item_factors[j][g] for j in mine) + (l2 if f == g else 0) for g in range(n_f)] for f in range(n_f)]
    b = [sum(item_factors[j][f] * ratings[j] for j in mine) for f in range(n_f)]
    return solve(A, b)
