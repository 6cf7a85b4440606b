"""The screen that says why somebody cannot sign in."""
