"""The learner's own folder: what was delivered, what was changed in it, how far its owner is."""
