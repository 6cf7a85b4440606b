"""Groups, the rules that fill them, and the expressions of those rules."""
