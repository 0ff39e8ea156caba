"""Hand results on: to Gradescope, to a GitHub workflow, to the gradebook of a learning platform."""
