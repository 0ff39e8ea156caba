"""It resembles going back to the best weights after every bad epoch, so that patience tries the
same thing again.

Patience gives training the chance to get through a bad stretch. From where does the next epoch
start?
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
            best_weights = [one.copy() for one in get_weights()]
        else:
            waited += 1
            set_weights(best_weights)
        if waited >= patience:
            break
    set_weights(best_weights)
    return values
