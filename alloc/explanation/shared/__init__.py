"""What several questions need: answers, parameters, drivers, similar cities."""
