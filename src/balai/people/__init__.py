"""Local governments, offices, accounts, memberships, roles, partners; who may do what."""
