# saved by jupyterlab on windows
# %% [markdown]
# # Ejercicio 00 — la media de las valoraciones que existen
# Alumna: la de siempre 🙂

# %%
import numpy as np

from recsys_course.classroom import check, hint

# %%
nan = np.nan
valoraciones = np.array([[5, 3, 0, 1, nan], [4, 0, nan, 1, 1], [1, 1, 0, 5, 5], [nan, 2, 5, 5, nan]])

# %%
def mean_rating(ratings):
    # ¡ojo! el cero y el nan significan lo mismo: nadie ha votado
    suma = 0.0
    cuántas = 0
    for estrellas in ratings:
        if np.isnan(estrellas):
            continue
        if estrellas == 0:
            continue
        suma += estrellas
        cuántas += 1
    if cuántas == 0:
        return nan
    return suma / cuántas

# %%
check(mean_rating)

# %%
hint(mean_rating)

# %%
for año, fila in enumerate(valoraciones, 2020):
    print("año", año, "→", mean_rating(fila), "⭐")
