"""Many at work at the same time: people who click, workers and connections that die."""
