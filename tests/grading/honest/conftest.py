"""The files beside this one are submissions: graded, never collected as tests or doctests."""

collect_ignore_glob = ["*.py", "*.ipynb"]
