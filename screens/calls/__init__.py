"""The screen of the API calls."""
