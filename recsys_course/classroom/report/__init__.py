"""One page about a learner's own file: what is in it, what is odd in it, what models make of it.

``looking`` turns the text of a file into ratings and keeps count of what it had to leave out;
``of_file``, ``of_rows`` and ``of_people`` say what is odd, ``notices`` what is merely special;
``judging`` compares the models and picks the example lists; ``figures`` draws; ``page`` puts it all
on one page of HTML; ``writing`` decides where the page goes.
"""
