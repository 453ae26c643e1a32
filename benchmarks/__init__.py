"""What things cost: CPU time and memory, as ratios where there is a yardstick. `make bench` prints all tables."""
