"""The annual formulation: one policy lever a module, as Pyomo rules."""
