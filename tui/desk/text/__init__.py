"""Text: what is untrusted made harmless, Okta's terms in words, links, tones."""
