"""Actions: the grammar, the catalogue, what stands in the way, and what they need of Okta."""
