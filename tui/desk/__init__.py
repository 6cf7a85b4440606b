"""What a helpdesk does, without Textual and without HTTP."""
