"""The subcommands: the desk without Textual."""
