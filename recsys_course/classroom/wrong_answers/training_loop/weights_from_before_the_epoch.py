"""It resembles keeping the weights from before the best epoch's training.

Which weights has validate() seen? Take those.
"""

FUNCTION = "fit_with_early_stopping"


def fit_with_early_stopping(train_epoch, validate, get_weights, set_weights, max_epochs, patience):
    values = []
    best, best_weights, waited = float("inf"), None, 0
    for _ in range(max_epochs):
        before = [one.copy() for one in get_weights()]
        train_epoch()
        values.append(validate())
        if values[-1] < best:
            best, waited, best_weights = values[-1], 0, before
        else:
            waited += 1
        if waited >= patience:
            break
    set_weights(best_weights)
    return values
