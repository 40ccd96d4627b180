"""Stand-ins for banks and payment companies: separate programs that speak their wire protocol.

They are written from the companies' documents and share no code with ``payments.providers``, so that a
mistake there is not repeated here. Production refuses to start them.

Shared: deliveries.py and courier.py (notifications and their retry plans, on a clock that can be advanced),
telling.py (how faultily the shop hears of them), giving_back.py (refunds that go wrong), server.py, control.py
and process.py (HTTP, control API, the program), shop.py; gateway/ is what the companies with a page to pay on have in
common.
"""
