"""Notices to employees: which are due, their texts, and a sender that tells nobody twice."""
