"""Screens of people: the lookup and its search."""
