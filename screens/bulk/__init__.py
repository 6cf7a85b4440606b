"""The dialog of one action for several people."""
