"""Mutation testing: does some test fail when a line of the code that guards people is wrong? See `make mutants`."""
