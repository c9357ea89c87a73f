"""Inputs damaged at random, by kinds of input ("lanes"); every one is made from its number alone and can be made again.

python -m fuzzing LANE NUMBER FOLDER        # in tests/: makes one input in FOLDER again and tries it
"""
