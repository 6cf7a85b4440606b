"""Why somebody cannot sign in: evidence, rules, one verdict and the next step."""
