"""ZaloPay v2: create, query, refund and callback. Written from docs.zalopay.vn/v2 and beta-docs.zalopay.vn."""
