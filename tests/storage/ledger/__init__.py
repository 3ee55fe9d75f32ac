"""The ledger: tree, tables, signatures, proofs."""
