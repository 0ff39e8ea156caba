"""What runs in the sandbox: the zygote, and the process that holds a submission.

These modules need NumPy and the standard library alone, and of the course cells.py,
deadlines.py, loading.py and nesting.py: nothing else of it exists where they run.
"""
