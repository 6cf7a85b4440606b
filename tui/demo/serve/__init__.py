"""The org as a server: the ASGI application, its control endpoint, the command, the child process."""
