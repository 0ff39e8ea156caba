"""It resembles stopping by what train_epoch returns: the training loss takes the place of
validation.

The training loss goes on falling while the model learns its rows by heart. Which of the functions
looks at other rows?
"""

FUNCTION = "fit_with_early_stopping"


def fit_with_early_stopping(train_epoch, validate, get_weights, set_weights, max_epochs, patience):
    values = []
    best, best_weights, waited = float("inf"), None, 0
    for _ in range(max_epochs):
        values.append(train_epoch())
        if values[-1] < best:
            best, waited = values[-1], 0
            best_weights = [one.copy() for one in get_weights()]
        else:
            waited += 1
        if waited >= patience:
            break
    set_weights(best_weights)
    return values
