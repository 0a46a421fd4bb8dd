# the monthly figures

# targets, scorecards

# bulletins, dashboards

# overview
