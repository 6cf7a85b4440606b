"""Screens that give software and take it away."""
