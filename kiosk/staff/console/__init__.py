"""The console window of the staff: shows what journal and counter say, sends what staff press, decides nothing."""
