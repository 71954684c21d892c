"""SCIM 2.0 (RFC 7643, RFC 7644): a directory says who is there. The protocol is scim2-server's, the people are ours."""
