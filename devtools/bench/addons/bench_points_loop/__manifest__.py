{
    "name": "Points in a Plain Loop",
    "summary": "What ./dev bench loyalty measures the points run against",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "author": "Key Account Club founders",
    "license": "LGPL-3",
    "depends": ["crm_club"],
    "data": ["security/ir.model.access.csv"],
}
