"""How the market is paid, and pays: rails, who reports transfers, limits and waiting times. Amounts are đồng."""

from . import env

#: code -> provider class, for every way to pay there is. Nothing is imported before it is needed.
PAYMENT_PROVIDERS = {
    "vietqr": "payments.providers.vietqr.provider.VietQRProvider",
    "momo": "payments.providers.momo.provider.MoMoProvider",
    "zalopay": "payments.providers.zalopay.provider.ZaloPayProvider",
    "vnpay": "payments.providers.vnpay.provider.VNPayProvider",
    "stripe": "payments.providers.stripe.provider.StripeProvider",
    "cash_on_delivery": "payments.providers.cash_on_delivery.provider.CashOnDeliveryProvider",
}
#: The ways buyers are offered, in this order.
PAYMENT_RAILS = env.choices("PAYMENT_RAILS", "vietqr,cash_on_delivery", PAYMENT_PROVIDERS)
#: code in /thanh-toan/<code>/ipn -> class that verifies and reads what is sent there.
PAYMENT_NOTIFIERS = {
    "sepay": "payments.providers.sepay.notifier.SePayNotifier",
    "payos": "payments.providers.payos.notifier.PayOSNotifier",
    "casso": "payments.providers.casso.notifier.CassoNotifier",
    "momo": "payments.providers.momo.report.MoMoNotifier",
    "zalopay": "payments.providers.zalopay.report.ZaloPayNotifier",
    "vnpay": "payments.providers.vnpay.report.VNPayNotifier",
    "stripe": "payments.providers.stripe.provider.StripeProvider",
}
BANK_NOTIFIER_CODES = ("sepay", "payos", "casso")
#: Who reports the transfers of vietqr. Two of them on one account would report each transfer twice.
BANK_NOTIFIERS = env.choices("BANK_NOTIFIERS", "sepay", BANK_NOTIFIER_CODES)
#: The account that buyers transfer to: BIN of the bank (NAPAS list), account number, holder.
BANK_BIN = env.text("BANK_BIN", "970436")
DEMO_BANK_ACCOUNT = "0123499999"
BANK_ACCOUNT = env.text("BANK_ACCOUNT", DEMO_BANK_ACCOUNT)
BANK_ACCOUNT_NAME = env.text("BANK_ACCOUNT_NAME", "NONG SAN BINH PHUOC")
SEPAY_SECRET = env.text("SEPAY_SECRET", "sepay-demo-secret")
PAYOS_CHECKSUM_KEY = env.text("PAYOS_CHECKSUM_KEY", "payos-demo-checksum-key")
CASSO_SECRET = env.text("CASSO_SECRET", "casso-demo-secret")
#: The only hosts that we ask, and that buyers are sent to, each by https and its exact name.
RAIL_HOSTS = {
    #: the second is the page of real payments, as public projects have it [UNCONFIRMED 2026-11]; add the API's
    "vnpay": env.words("VNPAY_HOSTS", "sandbox.vnpayment.vn,pay.vnpay.vn"),
    "momo": env.words("MOMO_HOSTS", "test-payment.momo.vn,payment.momo.vn"),
    #: the last three are pages, from answers that public projects recorded [UNCONFIRMED 2026-11]
    "zalopay": env.words(
        "ZALOPAY_HOSTS",
        "sb-openapi.zalopay.vn,openapi.zalopay.vn,"
        "qcgateway.zalopay.vn,sbgateway.zalopay.vn,gateway.zalopay.vn",
    ),
    #: a domain of one's own for Stripe's page has to be added (docs.stripe.com/payments/checkout, 2026-11)
    "stripe": env.words("STRIPE_HOSTS", "api.stripe.com,checkout.stripe.com"),
}
#: where pretended rails run, by http and on any port; nowhere in production
SIMULATOR_HOSTS: list[str] = []
#: The rails' sandboxes; limits in đồng that a provider has not confirmed can be set.
VNPAY_PAY_URL = env.text("VNPAY_PAY_URL", "https://sandbox.vnpayment.vn/paymentv2/vpcpay.html")
VNPAY_API_URL = env.text("VNPAY_API_URL", "https://sandbox.vnpayment.vn/merchant_webapi/api/transaction")
VNPAY_TMN_CODE = env.text("VNPAY_TMN_CODE", "NSBPdemo")
VNPAY_SECRET = env.text("VNPAY_SECRET", "vnpay-demo-secret")
#: [UNCONFIRMED 2026-11] the words of VNPAY's own page; no document has them
VNPAY_MINIMUM = env.integer("VNPAY_MINIMUM", 5_000)
VNPAY_MAXIMUM = env.integer("VNPAY_MAXIMUM", 999_999_999)
MOMO_URL = env.text("MOMO_URL", "https://test-payment.momo.vn")
MOMO_PARTNER_CODE = env.text("MOMO_PARTNER_CODE", "MOMOdemo")
MOMO_ACCESS_KEY = env.text("MOMO_ACCESS_KEY", "momo-demo-access-key")
MOMO_SECRET = env.text("MOMO_SECRET", "momo-demo-secret")
ZALOPAY_URL = env.text("ZALOPAY_URL", "https://sb-openapi.zalopay.vn")
ZALOPAY_APP_ID = env.integer("ZALOPAY_APP_ID", 2553)
ZALOPAY_KEY1 = env.text("ZALOPAY_KEY1", "zalopay-demo-key1")
ZALOPAY_KEY2 = env.text("ZALOPAY_KEY2", "zalopay-demo-key2")
#: [UNCONFIRMED 2026-11] ZaloPay publishes no limits; these are an ordinary wallet's
ZALOPAY_MINIMUM = env.integer("ZALOPAY_MINIMUM", 1_000)
ZALOPAY_MAXIMUM = env.integer("ZALOPAY_MAXIMUM", 50_000_000)
STRIPE_API_URL = env.text("STRIPE_API_URL", "https://api.stripe.com")
STRIPE_SECRET_KEY = env.text("STRIPE_SECRET_KEY", "sk_test_demo")
STRIPE_WEBHOOK_SECRET = env.text("STRIPE_WEBHOOK_SECRET", "whsec_demo")
#: [UNCONFIRMED 2026-11] Stripe's least is about 0.50 US$ after conversion
STRIPE_MINIMUM = env.integer("STRIPE_MINIMUM", 20_000)
#: Where the pretended bank listens; 0: there is none. Production refuses it.
BANK_SIMULATOR_PORT = env.integer("BANK_SIMULATOR_PORT", 0)
#: Who is told of money that only a person can settle.
MONEY_DESK_EMAIL = env.text("MONEY_DESK_EMAIL", "ban-tien@localhost")
#: hours that a rail has to make a refund, or to know of it; after that a person decides what becomes of it
REFUND_UNSURE_HOURS = env.integer("REFUND_UNSURE_HOURS", 24)
#: đồng; an order above this cannot be paid at the door. A choice of ours, to be reviewed by the platform.
CASH_ON_DELIVERY_CAP = env.integer("CASH_ON_DELIVERY_CAP", 3_000_000)
#: hours after it was ordered that an unpaid order keeps its goods while a rail looks whether a payment is a fraud
HELD_PAYMENT_HOURS = env.integer("HELD_PAYMENT_HOURS", 24)
#: hours between a seller's change of bank account and its first use; payouts to the seller wait meanwhile
PAYOUT_ACCOUNT_FREEZE_HOURS = env.integer("PAYOUT_ACCOUNT_FREEZE_HOURS", 48)
#: function(pks of parcels, now) -> {pk: until when its money has to wait, None: until a person decides}; claims name
#: theirs here
PAYOUT_WAITS = ["payments.claims.services.waiting"]
