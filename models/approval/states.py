"""The states of a document that is signed, of its requests and of signatures."""

# Of the document.
DRAFT, WAITING, APPROVED, DONE = "draft", "waiting", "approved", "done"
REJECTED, WITHDRAWN = "rejected", "withdrawn"
STATES = [
    (DRAFT, "Draft"),
    (WAITING, "Waiting for Signatures"),
    (APPROVED, "Approved"),
    (DONE, "In Effect"),
    (REJECTED, "Rejected"),
    (WITHDRAWN, "Withdrawn"),
]
EDITABLE = (DRAFT, REJECTED, WITHDRAWN)

# Of a request: one round of a document.
REQUEST_STATES = [
    (WAITING, "Waiting"),
    (APPROVED, "Approved"),
    (DONE, "Carried Out"),
    (REJECTED, "Rejected"),
    (WITHDRAWN, "Withdrawn"),
]

# Of a signature: asked later, asked now, given, refused, never given.
LATER, OPEN, SIGNED, REFUSED, VOID = "later", "open", "signed", "refused", "void"
OMITTED = "omitted"
SIGNATURE_STATES = [
    (LATER, "Later"),
    (OPEN, "Waiting"),
    (SIGNED, "Signed"),
    (REFUSED, "Rejected"),
    (VOID, "Not Given"),
    (OMITTED, "Skipped"),
]
