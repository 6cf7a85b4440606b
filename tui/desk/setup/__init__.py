"""Set-up: the wizard's form, its checklist for the admin, and drafts."""
