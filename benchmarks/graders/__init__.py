"""What `grading.py` gives to each grader, and how it runs them."""
