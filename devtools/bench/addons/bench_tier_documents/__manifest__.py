{
    "name": "Documents for Tier Validation",
    "summary": "What ./dev bench approvals measures OCA's base_tier_validation on",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "author": "Key Account Club founders",
    # It extends base_tier_validation, whose licence this is.
    "license": "AGPL-3",
    "depends": ["base_tier_validation", "crm_club"],
    "data": [
        "security/ir.model.access.csv",
        "security/bench_tier_document_rules.xml",
    ],
}
