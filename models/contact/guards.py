"""What PostgreSQL itself refuses: to change or delete the log of anonymisations."""

CREATE_CARE_GUARDS = """
CREATE OR REPLACE FUNCTION club_anonymisation_guard() RETURNS trigger AS $$
BEGIN
    RAISE EXCEPTION 'club care: the log of anonymisations is never changed'
        USING ERRCODE = '23000';
END $$ LANGUAGE plpgsql;
DROP TRIGGER IF EXISTS club_guard_anonymisation ON club_anonymisation;
CREATE TRIGGER club_guard_anonymisation BEFORE UPDATE OR DELETE ON club_anonymisation
    FOR EACH ROW EXECUTE FUNCTION club_anonymisation_guard();
DROP TRIGGER IF EXISTS club_guard_anonymisation_truncate ON club_anonymisation;
CREATE TRIGGER club_guard_anonymisation_truncate BEFORE TRUNCATE ON club_anonymisation
    FOR EACH STATEMENT EXECUTE FUNCTION club_anonymisation_guard();
"""

DROP_CARE_GUARDS = """
DROP FUNCTION IF EXISTS club_anonymisation_guard() CASCADE;
"""
