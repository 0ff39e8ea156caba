"""It resembles training for max_epochs in any case: patience is not used.

The best weights come back, but what was saved? Which line could leave the loop?
"""

FUNCTION = "fit_with_early_stopping"


def fit_with_early_stopping(train_epoch, validate, get_weights, set_weights, max_epochs, patience):
    values = []
    best, best_weights = float("inf"), None
    for _ in range(max_epochs):
        train_epoch()
        values.append(validate())
        if values[-1] < best:
            best = values[-1]
            best_weights = [one.copy() for one in get_weights()]
    set_weights(best_weights)
    return values
