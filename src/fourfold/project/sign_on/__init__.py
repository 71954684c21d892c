"""Signing in with a directory: OpenID Connect, SAML, LDAP. Nothing here is imported where none is set up."""
