"""What the app remembers from one start to the next: the last view, the recent people, what was read."""
