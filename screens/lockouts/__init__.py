"""Screens of the lockouts: the feed, and the evidence of a wave."""
