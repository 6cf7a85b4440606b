"""Tests of the texts to copy."""
