"""`make faults`: what the portal promises about work, put to the proof by killing its parts while people use it.

`storm` does it: the whole portal on servers of its own (stack), people who ask for work by HTTP (people, economy),
kills at random moments from a seed that is written down (kills), the same list of work once more in calm, and the
comparison (verdict). `python -m tests.faults` does it in full and writes the figures (report).
"""
