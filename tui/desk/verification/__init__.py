"""Verification of a caller: which ways a person has, what happened on the phone, and what of it is kept."""
