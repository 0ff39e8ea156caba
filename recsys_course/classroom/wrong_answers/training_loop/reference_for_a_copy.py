"""It resembles a name for the live arrays, kept as if it were a copy: training goes on inside it.

Print the kept weights after one more epoch. A new list with the same arrays in it copies none of
them.
"""

FUNCTION = "fit_with_early_stopping"


def fit_with_early_stopping(train_epoch, validate, get_weights, set_weights, max_epochs, patience):
    values = []
    best, best_weights, waited = float("inf"), None, 0
    for _ in range(max_epochs):
        train_epoch()
        values.append(validate())
        if values[-1] < best:
            best, waited = values[-1], 0
            best_weights = list(get_weights())
        else:
            waited += 1
        if waited >= patience:
            break
    set_weights(best_weights)
    return values
