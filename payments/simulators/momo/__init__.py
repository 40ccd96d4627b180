"""MoMo AIO v2: create, query, confirm, refund and IPN. Written from developers.momo.vn/v3."""
