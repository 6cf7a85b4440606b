"""Mutated conversations with Okta through every read, verdict and card: nothing may crash."""
