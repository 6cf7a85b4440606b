"""The screen of password expiry."""
