"""A simulated day: made-up people come to the real application on simulated time; every promise is checked after."""
