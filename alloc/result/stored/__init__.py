"""What a written result says of itself: the form of its manifest, the digests of its files, and its earlier forms."""
