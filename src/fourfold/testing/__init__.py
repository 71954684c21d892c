"""For tests here and in plug-ins: factories, sample companies, conformance suites."""
