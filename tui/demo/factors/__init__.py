"""Factors: what people have enrolled, and how they enrol more."""
