"""What reaches the terminal: of each frame of Textual's only the cells that changed."""
