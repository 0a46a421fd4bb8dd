"""What a dashboard asks for when the browser opens it."""


def get_sources(book):
    """Yield model, domain, groups, measures and the thing itself, of each pivot and
    chart of a dashboard's JSON.
    """
    for pivot in book["pivots"].values():
        groups = [
            ":".join(filter(None, (row["fieldName"], row.get("granularity"))))
            for row in (*pivot["rows"], *pivot["columns"])
        ]
        measures = [
            f"{measure['fieldName']}:{measure['aggregator']}"
            for measure in pivot["measures"]
        ]
        yield pivot["model"], pivot["domain"], groups, measures, pivot
    for figure in book["sheets"][0]["figures"]:
        chart = figure["data"]
        if chart["type"].startswith("odoo_"):
            meta = chart["metaData"]
            measures = [f"{meta['measure']}:sum"]
            domain = chart["searchParams"]["domain"]
            yield meta["resModel"], domain, meta["groupBy"], measures, chart
