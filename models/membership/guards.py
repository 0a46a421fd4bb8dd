"""What requalification lines name, kept whole by statement instead of by row.

A line names five tiers, and a requalification has as many lines as there are accounts:
checking each of them against the same handful of tiers is most of what writing the
lines costs. So each tier stands once in ``club_tier_reference``, which has the foreign
key: a tier that a line names can't be deleted.
"""

from ..points.guards import refer

TIERS = (
    *("current_tier_id", "earned_tier_id", "floor_tier_id", "proposed_tier_id"),
    "decided_tier_id",
)

CREATE_TIER_GUARDS = f"""
CREATE TABLE IF NOT EXISTS club_tier_reference (
    id serial PRIMARY KEY,
    tier_id integer NOT NULL UNIQUE REFERENCES club_tier ON DELETE RESTRICT);

CREATE OR REPLACE FUNCTION club_requalification_line_refer() RETURNS trigger AS $$
BEGIN
{refer("club_tier_reference", **dict.fromkeys(TIERS, "tier_id"))}
    RETURN NULL;
END $$ LANGUAGE plpgsql;

DROP TRIGGER IF EXISTS club_refer ON club_requalification_line;
CREATE TRIGGER club_refer AFTER INSERT ON club_requalification_line
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION club_requalification_line_refer();
DROP TRIGGER IF EXISTS club_refer_again ON club_requalification_line;
CREATE TRIGGER club_refer_again AFTER UPDATE ON club_requalification_line
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION club_requalification_line_refer();
"""

DROP_TIER_GUARDS = """
DROP FUNCTION IF EXISTS club_requalification_line_refer() CASCADE;
DROP TABLE IF EXISTS club_tier_reference;
"""
