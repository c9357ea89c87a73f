"""Tables of a result as a person wants them: indexed by code with names, or with titles and units for heads."""
