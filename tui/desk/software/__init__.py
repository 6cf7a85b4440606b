"""Software: what can be given to a person or taken away, and through what."""
