"""The screen that looks people up, and its search."""
