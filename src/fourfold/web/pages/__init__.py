"""One module per page: a function view that names its permission and its query first."""
