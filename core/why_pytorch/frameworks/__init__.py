"""The two trainings in one framework after the other, each the smallest program that its users would write.

A framework is a file of `programs/`, with a class `Program`; its line in `catalogue.py` says what it is and how to install it. `race.py`
runs one in a process of its own and tells on standard output how it fares. `task.py`, `race.py` and the programs of frameworks that are no
longer made keep to Python 3.6 and NumPy, because nothing newer runs those.
"""
