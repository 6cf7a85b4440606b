"""Apps, who has them, and what follows from changes of people."""
