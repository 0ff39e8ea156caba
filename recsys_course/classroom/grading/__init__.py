"""Grade the submissions of a class: their code runs in a sandbox, the decision falls outside it."""
