"""The ledger's guards in PostgreSQL: what is posted stays as it was posted.

Statement-level triggers see all rows of a statement at once, so they cost next to
nothing, and together they close the ways round a plain update/delete trigger:
TRUNCATE, an insert into a posted run, and putting the run back to draft.
Merging partners may move the account of a posted entry, when the merge is recorded.
They also keep the links of an entry, set by set: a foreign key would check them row by
row, which is what inserting waits for. Whatever accounts, units and categories entries
name stands once in ``club_points_reference``, and that table has the foreign keys: what
is named in the ledger can't be deleted.
"""

from odoo import fields


class GuardedMany2one(fields.Many2one):
    """A many2one that triggers keep whole instead of a foreign key."""

    def update_db_foreign_key(self, model, column):
        pass


REFERRED = ("account_id", "unit_id", "category_id")

_REFUSE = "RAISE EXCEPTION 'club ledger: %s' USING ERRCODE = '23000'"


def refer(table: str, **columns: str) -> str:
    """Return the statements of a trigger that name in ``table`` what its rows name.

    One look into a small table for each record that a statement names, however many
    rows it has.

    :param columns: of the new rows, with the column of ``table`` that each goes into
    """
    return "\n".join(
        f"""
    INSERT INTO {table} ({target})
         SELECT DISTINCT n.{column} FROM new_rows n
          WHERE n.{column} IS NOT NULL AND NOT EXISTS (
                SELECT FROM {table} f WHERE f.{target} = n.{column})
    ON CONFLICT DO NOTHING;"""
        for column, target in columns.items()
    )


_REFER = refer("club_points_reference", **{column: column for column in REFERRED})


def create_guards(columns):
    """Return the statements that create the guards, or replace them.

    :param columns: what of a run stays as it is once that is posted
    """
    old, new = (
        ", ".join(f"{row}.{name}" for name in columns) for row in ("OLD", "NEW")
    )
    return f"""
CREATE TABLE IF NOT EXISTS club_points_merge (
    -- plain integers: a foreign key would be rewritten by the merge itself
    src integer NOT NULL, dst integer NOT NULL, merged_by integer,
    merged_at timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'UTC'));

-- A row for each record that entries name; it stays when they are computed anew. The
-- constraint on accounts is UNIQUE on purpose: merging partners then drops the row of
-- the source, whose entries have moved by then.
CREATE TABLE IF NOT EXISTS club_points_reference (
    id serial PRIMARY KEY,
    account_id integer UNIQUE REFERENCES res_partner ON DELETE RESTRICT,
    unit_id integer UNIQUE REFERENCES crm_team ON DELETE RESTRICT,
    category_id integer UNIQUE REFERENCES product_category ON DELETE RESTRICT);

CREATE OR REPLACE FUNCTION club_points_entry_guard_insert() RETURNS trigger AS $$
BEGIN
{_REFER}
    IF EXISTS (SELECT FROM new_rows n LEFT JOIN club_points_run r ON r.id = n.run_id
                WHERE r.id IS NULL OR r.state = 'posted') THEN
        {_REFUSE % "only a run that is there and not posted takes entries"};
    END IF;
    RETURN NULL;
END $$ LANGUAGE plpgsql;

CREATE OR REPLACE FUNCTION club_points_entry_guard_delete() RETURNS trigger AS $$
BEGIN
    IF EXISTS (SELECT FROM old_rows o JOIN club_points_run r
                   ON r.id = o.run_id AND r.state = 'posted') THEN
        {_REFUSE % "posted entries are never deleted"};
    END IF;
    RETURN NULL;
END $$ LANGUAGE plpgsql;

CREATE OR REPLACE FUNCTION club_points_entry_guard_update() RETURNS trigger AS $$
BEGIN
{_REFER}
    IF EXISTS (
        SELECT FROM new_rows n LEFT JOIN club_points_run r ON r.id = n.run_id
         WHERE r.id IS NULL) OR EXISTS (
        SELECT FROM old_rows o LEFT JOIN new_rows n USING (id)
          JOIN club_points_run r ON r.id IN (o.run_id, n.run_id) AND r.state = 'posted'
         WHERE to_jsonb(o) - 'account_id' IS DISTINCT FROM to_jsonb(n) - 'account_id'
            OR (o.account_id IS DISTINCT FROM n.account_id
                AND NOT EXISTS (SELECT FROM club_points_merge m
                                 WHERE m.src = o.account_id AND m.dst = n.account_id)))
    THEN
        {_REFUSE % "posted entries are never changed"};
    END IF;
    RETURN NULL;
END $$ LANGUAGE plpgsql;

CREATE OR REPLACE FUNCTION club_points_entry_guard_truncate() RETURNS trigger AS $$
BEGIN
    {_REFUSE % "the ledger is never emptied"};
END $$ LANGUAGE plpgsql;

CREATE OR REPLACE FUNCTION club_points_reference_guard() RETURNS trigger AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        {_REFUSE % "what entries name is never let go"};
    ELSIF EXISTS (
        SELECT FROM club_points_entry e
         WHERE e.account_id = OLD.account_id OR e.unit_id = OLD.unit_id
            OR e.category_id = OLD.category_id) THEN
        {_REFUSE % "what entries name is never let go"};
    ELSIF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$ LANGUAGE plpgsql;

CREATE OR REPLACE FUNCTION club_points_run_guard_delete() RETURNS trigger AS $$
BEGIN
    IF EXISTS (SELECT FROM club_points_entry WHERE run_id = OLD.id) THEN
        {_REFUSE % "a run with entries is never deleted"};
    END IF;
    RETURN OLD;
END $$ LANGUAGE plpgsql;

CREATE OR REPLACE FUNCTION club_points_run_guard() RETURNS trigger AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        {_REFUSE % "posted runs are never deleted"};
    ELSIF ({old}) IS DISTINCT FROM ({new}) THEN
        {_REFUSE % "posted runs are never changed"};
    END IF;
    RETURN NEW;
END $$ LANGUAGE plpgsql;

DROP TRIGGER IF EXISTS club_guard_insert ON club_points_entry;
CREATE TRIGGER club_guard_insert AFTER INSERT ON club_points_entry
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION club_points_entry_guard_insert();
DROP TRIGGER IF EXISTS club_guard_delete ON club_points_entry;
CREATE TRIGGER club_guard_delete AFTER DELETE ON club_points_entry
    REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION club_points_entry_guard_delete();
DROP TRIGGER IF EXISTS club_guard_update ON club_points_entry;
CREATE TRIGGER club_guard_update AFTER UPDATE ON club_points_entry
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION club_points_entry_guard_update();
DROP TRIGGER IF EXISTS club_guard_truncate ON club_points_entry;
CREATE TRIGGER club_guard_truncate BEFORE TRUNCATE ON club_points_entry
    FOR EACH STATEMENT EXECUTE FUNCTION club_points_entry_guard_truncate();
DROP TRIGGER IF EXISTS club_guard_reference ON club_points_reference;
CREATE TRIGGER club_guard_reference BEFORE UPDATE OR DELETE ON club_points_reference
    FOR EACH ROW EXECUTE FUNCTION club_points_reference_guard();
DROP TRIGGER IF EXISTS club_guard_truncate ON club_points_reference;
CREATE TRIGGER club_guard_truncate BEFORE TRUNCATE ON club_points_reference
    FOR EACH STATEMENT EXECUTE FUNCTION club_points_reference_guard();
DROP TRIGGER IF EXISTS club_guard_run_delete ON club_points_run;
CREATE TRIGGER club_guard_run_delete BEFORE DELETE ON club_points_run
    FOR EACH ROW EXECUTE FUNCTION club_points_run_guard_delete();
DROP TRIGGER IF EXISTS club_guard_run ON club_points_run;
CREATE TRIGGER club_guard_run BEFORE UPDATE OR DELETE ON club_points_run
    FOR EACH ROW WHEN (OLD.state = 'posted') EXECUTE FUNCTION club_points_run_guard();
"""


DROP_GUARDS = """
DROP FUNCTION IF EXISTS club_points_entry_guard_insert() CASCADE;
DROP FUNCTION IF EXISTS club_points_entry_guard_delete() CASCADE;
DROP FUNCTION IF EXISTS club_points_entry_guard_update() CASCADE;
DROP FUNCTION IF EXISTS club_points_entry_guard_truncate() CASCADE;
DROP FUNCTION IF EXISTS club_points_run_guard_delete() CASCADE;
DROP FUNCTION IF EXISTS club_points_run_guard() CASCADE;
DROP FUNCTION IF EXISTS club_points_reference_guard() CASCADE;
DROP TABLE IF EXISTS club_points_merge, club_points_reference;
"""
