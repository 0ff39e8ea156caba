"""It resembles taking an equal value for a new best: a plateau is never left, and its last epoch is
restored.

Is 0.7 lower than 0.7? Look at the sign of the comparison.
"""

FUNCTION = "fit_with_early_stopping"


def fit_with_early_stopping(train_epoch, validate, get_weights, set_weights, max_epochs, patience):
    values = []
    best, best_weights, waited = float("inf"), None, 0
    for _ in range(max_epochs):
        train_epoch()
        values.append(validate())
        if values[-1] <= best:
            best, waited = values[-1], 0
            best_weights = [one.copy() for one in get_weights()]
        else:
            waited += 1
        if waited >= patience:
            break
    set_weights(best_weights)
    return values
