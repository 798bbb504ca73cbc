"""From facts to pages: one view model, rendered as terminal text, HTML and JSON."""
