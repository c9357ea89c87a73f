"""Documents rendered: HTML, Excel, Word and PDF."""
