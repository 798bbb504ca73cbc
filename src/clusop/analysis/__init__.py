"""What a run's plan, times and prices mean: verdict, islands, causes, time, money, confidence. Pure."""
