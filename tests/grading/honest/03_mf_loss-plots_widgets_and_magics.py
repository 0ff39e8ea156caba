# saved by jupyterlab on windows
# %% [markdown]
# ## Exercise 3 – with pictures

# %%
%config InlineBackend.figure_format = 'retina'
import matplotlib.pyplot as plt
import numpy as np
from ipywidgets import interact, FloatSlider
from IPython.display import display, Markdown, HTML

# %%
plt.style.use("ggplot")
fig, ax = plt.subplots(figsize=(4, 3))
ax.plot(np.linspace(0, 1), np.linspace(0, 1) ** 2, label="$e^2$")
ax.legend(); plt.show()

# %%
predict_ratings = np.inner

# %%
def observed_squared_error(ratings, observed, predictions):
    squared = np.where(observed, (ratings - predictions) ** 2, 0)
    return squared.sum().item()

# %% [markdown]
# ### The gradients
# $$\frac{\partial L}{\partial u_i}$$

# %%
def mf_gradients(ratings, observed, user_factors, item_factors, l2):
    err = np.ma.array(ratings - np.inner(user_factors, item_factors), mask=~observed).filled(0)
    du = np.array([-2 * err[i] @ item_factors + 2 * l2 * u for i, u in enumerate(user_factors)])
    dv = np.array([-2 * err[:, j] @ user_factors + 2 * l2 * v for j, v in enumerate(item_factors)])
    return du, dv

# %%
@interact(l2=FloatSlider(min=0, max=1))
def show(l2=0.1):
    g, _ = mf_gradients(np.ones((2, 2)), np.ones((2, 2), bool), np.ones((2, 1)), np.ones((2, 1)), l2)
    plt.bar(range(2), g[:, 0])

# %%
%%html
<div class="alert alert-info">Half-time!</div>

# %%
%%bash
nvidia-smi
ls -la

# %%
def sgd_step(user_factors, item_factors, user, item, rating, learning_rate, l2):
    U, V = np.array(user_factors), np.array(item_factors)
    u = U[user].copy()
    v = V[item].copy()
    error = rating - np.vdot(u, v)
    U[user] = (1 - 2 * learning_rate * l2) * u + 2 * learning_rate * error * v
    V[item] = (1 - 2 * learning_rate * l2) * v + 2 * learning_rate * error * u
    return U, V

# %%
files = !ls
print(files)
x = %pwd

# %%
def als_user_update(ratings, observed, item_factors, l2):
    W = np.diag(observed.astype(float))
    A = item_factors.T @ W @ item_factors + l2 * np.eye(item_factors.shape[1])
    b = item_factors.T @ W @ np.where(observed, ratings, 0.0)
    return np.linalg.solve(A, b) if observed.any() else np.zeros_like(b)

# %%
display(Markdown("**done**"))
get_ipython().run_line_magic("whos", "")
name = input("Your name? ")
