"""keydesk: the terminal desk for the people who answer “I can't sign in”."""

__version__ = "0.1.0"
