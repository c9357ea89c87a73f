"""What the page shows, made of instances and verified results: rules, outcome, cities, and the effect of an edit."""
