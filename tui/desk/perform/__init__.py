"""Performing: one confirmed plan is recorded, sent, and its result read back."""
