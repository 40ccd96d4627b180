"""Stand-ins for banks and payment companies: separate programs that speak their wire protocol.

They are written from the companies' documents and share no code with ``payments.providers``, so that a
mistake there is not repeated here. Production refuses to start them.
"""
