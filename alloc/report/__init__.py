"""Reports that are handed on: one content, rendered as HTML, Excel, Word and PDF."""
