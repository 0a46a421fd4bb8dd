"""What PostgreSQL itself refuses: to change or delete what was submitted or signed."""

_REFUSE = "RAISE EXCEPTION 'club approval: %s' USING ERRCODE = '23000'"
# What was submitted. Links to users and bodies can't dangle: they restrict deletion.
_SUBMITTED = (
    "res_model",
    "res_id",
    "document_type",
    "round",
    "company_id",
    "applicant_id",
    "author_id",
    "amount",
    "amount_total",
    "band_above",
    "band_to",
    "digest",
    "content",
    "submitted_at",
)


def _row(alias):
    return ", ".join(f"{alias}.{name}" for name in _SUBMITTED)


CREATE_REQUEST_GUARDS = f"""
CREATE OR REPLACE FUNCTION club_approval_request_guard() RETURNS trigger AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        {_REFUSE % "requests are never deleted"};
    ELSIF ({_row("OLD")}) IS DISTINCT FROM ({_row("NEW")}) THEN
        {_REFUSE % "what was submitted is never changed"};
    ELSIF OLD.state IN ('done', 'rejected', 'withdrawn') AND OLD.state <> NEW.state THEN
        {_REFUSE % "a closed request is never opened again"};
    END IF;
    RETURN NEW;
END $$ LANGUAGE plpgsql;
DROP TRIGGER IF EXISTS club_guard_request ON club_approval_request;
CREATE TRIGGER club_guard_request BEFORE UPDATE OR DELETE ON club_approval_request
    FOR EACH ROW EXECUTE FUNCTION club_approval_request_guard();
"""

CREATE_SIGNATURE_GUARDS = f"""
CREATE OR REPLACE FUNCTION club_approval_signature_guard() RETURNS trigger AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        {_REFUSE % "signatures are never deleted"};
    END IF;
    {_REFUSE % "a given signature is never changed"};
END $$ LANGUAGE plpgsql;
DROP TRIGGER IF EXISTS club_guard_signature ON club_approval_signature;
CREATE TRIGGER club_guard_signature BEFORE UPDATE ON club_approval_signature
    FOR EACH ROW WHEN (OLD.state IN ('signed', 'refused', 'omitted'))
    EXECUTE FUNCTION club_approval_signature_guard();
DROP TRIGGER IF EXISTS club_guard_signature_delete ON club_approval_signature;
CREATE TRIGGER club_guard_signature_delete BEFORE DELETE ON club_approval_signature
    FOR EACH ROW EXECUTE FUNCTION club_approval_signature_guard();
"""

DROP_APPROVAL_GUARDS = """
DROP FUNCTION IF EXISTS club_approval_request_guard() CASCADE;
DROP FUNCTION IF EXISTS club_approval_signature_guard() CASCADE;
"""
