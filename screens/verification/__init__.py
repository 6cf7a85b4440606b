"""Who is calling: the dialog in which a caller is proven."""
