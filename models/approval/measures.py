"""What amounts of documents are in: the bands of policies go by it."""

MONEY, POINTS = "money", "points"
MEASURES = [(MONEY, "Company currency"), (POINTS, "Points")]
