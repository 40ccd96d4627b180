"""VNPAY 2.1.0: pay page, IPN and return, querydr and refund, from sandbox.vnpayment.vn/apis/docs."""
