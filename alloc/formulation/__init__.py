"""What a formulation is: its levers, and the catalogue in which every room looks them up."""
