"""Lockouts: the System Log becomes attempts, causes and cases."""
