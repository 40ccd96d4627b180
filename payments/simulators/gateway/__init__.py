"""What payment companies with a page to pay on have in common: payments, acts, notices, pages, control API."""
