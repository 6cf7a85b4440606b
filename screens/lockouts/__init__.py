"""Screens of the lockouts: the feed and its evidence."""
