"""The two organisations of the tests of pages, and somebody for every role in one of them."""

from __future__ import annotations

from tests.web.conftest import loaded as loaded
